/**
 * The look of Segue's charts: a Vega-Lite config, light and dark. The studio uses the same colours, so that a picture looks the same
 * in a card and in the browser. Category colours have a contrast of at least 3:1 with their background and also differ in lightness,
 * for colour-blind readers.
 */
import type { Config } from "vega-lite";

export type ChartTheme = "light" | "dark";

export interface ChartColours {
  readonly background: string;
  readonly ink: string;
  readonly muted: string;
  readonly grid: string;
  /** The colour of a single series. */
  readonly accent: string;
  /** For unknown genres and filtered-out points. */
  readonly unknown: string;
  readonly categories: readonly string[];
}

export const chartColours: Readonly<Record<ChartTheme, ChartColours>> = {
  light: {
    background: "#ffffff",
    ink: "#1c1c21",
    muted: "#5f5f6b",
    grid: "#e6e6ea",
    accent: "#2a66c8",
    unknown: "#c3c3cb",
    categories: ["#2a66c8", "#d4501a", "#0c8068", "#9440c4", "#c42a6f", "#85690a", "#3c7d22", "#5b6472"],
  },
  dark: {
    background: "#17171b",
    ink: "#ededf2",
    muted: "#a3a3b0",
    grid: "#2e2e36",
    accent: "#78acff",
    unknown: "#54545f",
    categories: ["#78acff", "#ff9460", "#3ec9a3", "#cd96f0", "#f582b4", "#dcbb4c", "#93d16c", "#b0b8c6"],
  },
};

/** PNGs use the packaged Inter; a browser without Inter shows SVGs in its own sans-serif. */
const chartFont = "Inter, system-ui, sans-serif";

/** The Vega-Lite config of a theme. */
export function chartConfig(theme: ChartTheme): object {
  const colours = chartColours[theme];
  const text = { font: chartFont, fontSize: 11 };
  return {
    background: colours.background,
    padding: 12,
    font: chartFont,
    view: { stroke: null },
    title: {
      color: colours.ink,
      subtitleColor: colours.muted,
      anchor: "start",
      frame: "group",
      font: chartFont,
      subtitleFont: chartFont,
      fontSize: 15,
      fontWeight: 600,
      subtitleFontSize: 11.5,
      offset: 12,
      subtitlePadding: 5,
    },
    axis: {
      labelColor: colours.muted,
      titleColor: colours.ink,
      gridColor: colours.grid,
      domainColor: colours.muted,
      tickColor: colours.muted,
      labelFont: text.font,
      labelFontSize: text.fontSize,
      titleFont: text.font,
      titleFontSize: 12,
      titleFontWeight: "normal",
      titlePadding: 8,
    },
    legend: {
      labelColor: colours.ink,
      titleColor: colours.muted,
      labelFont: text.font,
      titleFont: text.font,
      labelFontSize: text.fontSize,
      titleFontSize: text.fontSize,
      titleFontWeight: "normal",
    },
    header: { labelColor: colours.ink, titleColor: colours.muted },
    mark: { color: colours.accent },
    range: { category: [...colours.categories] },
    bar: { color: colours.accent },
    line: { color: colours.accent, strokeWidth: 2 },
    point: { color: colours.accent, filled: true },
    area: { color: colours.accent },
    text: { color: colours.ink, font: chartFont, fontSize: text.fontSize },
    rule: { color: colours.muted },
  } satisfies Config;
}
