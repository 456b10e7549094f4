import { expect, it } from "vitest";
import { type ChartSpec, chartColours, renderSvg } from "../../charts/index.js";
import type { TrainedPoint } from "../grid/ranking.js";
import { gridChart } from "./hit-ratio-charts.js";

type Rgb = readonly number[];
const rgb = (hex: string): Rgb => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
/** The relative luminance of WCAG 2. */
function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}
function contrast(one: Rgb, other: Rgb): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high! + 0.05) / (low! + 0.05);
}

it.each(["light", "dark"] as const)(
  "shows both ends of an interval, the lower one on its bar, %s",
  async (theme) => {
    const point = { name: "blend", hitRatio: 0.5, interval: [0.3, 0.7] } as unknown as TrainedPoint;
    const svg = await renderSvg(gridChart([point]) as ChartSpec, { theme });
    const [, fill, opacity = "1"] =
      /aria-roledescription="bar"[^>]* fill="(#\w+)"(?: opacity="([\d.]+)")?/.exec(svg)!;
    const [, line] = /aria-roledescription="rule mark"[^>]* stroke="(#\w+)"/.exec(svg)!;
    const paper = rgb(chartColours[theme].background);
    const bar = rgb(fill!).map((part, i) => Number(opacity) * part + (1 - Number(opacity)) * paper[i]!);
    for (const behind of [bar, paper]) expect(contrast(rgb(line!), behind)).toBeGreaterThan(3);
  },
);
