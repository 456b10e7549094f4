/** Adds a dark style to charts, so that they follow the card's theme without being drawn or stored twice. */
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
 * @param svg a chart that `renderSvg` drew in light colours
 * @returns the chart with a dark style, on the page's background; undefined if it has custom colours, which were chosen for a light
 *   background
 */
export function darkByNight(svg: string): string | undefined {
  const used = new Set(Array.from(svg.matchAll(/ (?:fill|stroke|stop-color)="([^"]*)"/g), ([, it]) => it!));
  for (const each of noColour) used.delete(each);
  if ([...used].some((colour) => !darkOf.has(colour))) return undefined;
  const rules = [...used].map((colour) => {
    const night = darkOf.get(colour)!;
    return `[fill="${colour}"]{fill:${night}}[stroke="${colour}"]{stroke:${night}}`;
  });
  // A style overrides attributes. The chart's own background is removed, so that the page's shows.
  const style = `<style>${whenDark}{${rules.join("")}svg>rect[fill]{fill:none}}</style>`;
  return svg.replace(/^<svg [^>]*>/, (root) => root + style);
}
