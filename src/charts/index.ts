/** Renders Vega-Lite specs to SVG and PNG without a browser, and holds the colours that Segue's pictures share. */
export { type ChartSpec, preloadCharts, renderPng, renderSvg } from "./render.js";
export { type ChartColours, type ChartTheme, chartColours } from "./theme.js";
