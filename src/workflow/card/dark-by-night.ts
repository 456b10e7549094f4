/** Charts that turn dark with the card that they are in, by a style of their own: none is drawn, or stored, twice. */
import { chartColours } from "../../charts/index.js";
import { whenDark } from "../theme.js";

const { light, dark } = chartColours;
const darkOf = new Map<string, string>([
  ...(["background", "ink", "muted", "grid", "accent", "unknown"] as const).map(
    (name) => [light[name], dark[name]] as const,
  ),
  ...light.categories.map((colour, i) => [colour, dark.categories[i]!] as const),
]);
const noColour = new Set(["none", "transparent"]);

/**
 * @param svg a chart as `renderSvg` draws it in light
 * @returns the same by day, and dark, on the ground of its page, where that is dark; undefined where the chart has colours of its
 *   own, which were chosen for a light ground
 */
export function darkByNight(svg: string): string | undefined {
  const used = new Set(Array.from(svg.matchAll(/ (?:fill|stroke|stop-color)="([^"]*)"/g), ([, it]) => it!));
  for (const each of noColour) used.delete(each);
  if ([...used].some((colour) => !darkOf.has(colour))) return undefined;
  const rules = [...used].map((colour) => {
    const night = darkOf.get(colour)!;
    return `[fill="${colour}"]{fill:${night}}[stroke="${colour}"]{stroke:${night}}`;
  });
  // A style wins over attributes; the page's own ground shows where the chart's was.
  const style = `<style>${whenDark}{${rules.join("")}svg>rect[fill]{fill:none}}</style>`;
  return svg.replace(/^<svg [^>]*>/, (root) => root + style);
}
