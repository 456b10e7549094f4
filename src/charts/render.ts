/**
 * Vega-Lite specs to SVG and PNG without a browser. Vega is loaded on first use, so importing this room costs nothing.
 * The same spec gives the same bytes: no clock, no random ids, and text is measured with the font's own widths.
 */
import type { TopLevelSpec } from "vega-lite";
import { distPath, messageOf, SegueError } from "../system/index.js";
import { type ChartTheme, chartConfig } from "./theme.js";

export type ChartSpec = TopLevelSpec;

/** Loads ahead what drawing takes. */
export async function preloadCharts(): Promise<void> {
  await Promise.all([
    import("vega"),
    import("vega-lite"),
    import("./measure-text.js").then(({ measureText }) => measureText()),
  ]);
}

/**
 * Draws a Vega-Lite spec.
 *
 * @param spec a spec with its data inside (`data: { values }`); what it says of colours and fonts wins over the theme
 * @param options.theme light (default) or dark
 * @returns a complete SVG document
 * @throws SegueError when the spec is not one that Vega-Lite understands, or wants to load its data from elsewhere
 */
export async function renderSvg(spec: ChartSpec, options: { theme?: ChartTheme } = {}): Promise<string> {
  const [vega, vegaLite, { measureText }] = await Promise.all([
    import("vega"),
    import("vega-lite"),
    import("./measure-text.js"),
  ]);
  await measureText();
  const theme = chartConfig(options.theme ?? "light");
  const warnings: string[] = [];
  const logger = {
    level: () => logger,
    error: (...args: unknown[]) => {
      warnings.push(args.map(messageOf).join(" "));
      return logger;
    },
    warn: () => logger,
    info: () => logger,
    debug: () => logger,
  };
  let svg: string;
  try {
    const compiled = vegaLite.compile(
      { ...spec, config: { ...theme, ...spec.config } },
      { logger: logger as never },
    );
    vega.resetSVGDefIds();
    // A spec may not fetch anything, from this machine or another: specs come from people's flows too.
    const loader = vega.loader();
    loader.load = async (uri: string) => {
      // Vega itself would only warn, and draw a chart without data.
      warnings.push(`it wants to load ${uri}; put the data into the spec`);
      return "";
    };
    const view = new vega.View(vega.parse(compiled.spec), {
      renderer: "none",
      loader,
      logger: logger as never,
    });
    svg = await view.toSVG();
    view.finalize();
  } catch (error) {
    throw new SegueError(`this chart cannot be drawn: ${messageOf(error)}`, {
      hint: "check the spec in Vega-Lite's editor: https://vega.github.io/editor",
      code: "chart",
      cause: error,
    });
  }
  if (warnings.length > 0)
    throw new SegueError(`this chart cannot be drawn: ${warnings[0]}`, { code: "chart" });
  // Vega cuts a long label anywhere, also through the middle of an emoji.
  return svg.replace(/[\ud800-\udbff](?=…)/g, "");
}

/**
 * Rasters an SVG (of `renderSvg`, or any other). Text is drawn with the Inter that ships in the package; the system's fonts
 * are asked only where the text has letters that Inter lacks (Chinese, Arabic, emoji).
 *
 * @param options.scale pixels for each unit of the SVG, default 2 (sharp on high-density screens)
 * @returns a PNG file
 */
export async function renderPng(svg: string, options: { scale?: number } = {}): Promise<Uint8Array> {
  const { Resvg } = await import("@resvg/resvg-js");
  // Latin, Greek, Cyrillic, punctuation, arrows and maths are Inter's; beyond, look around on the machine.
  const foreign = /[\u0530-\u1dff\u2300-\u{10ffff}]/u.test(svg);
  const image = new Resvg(svg, {
    fitTo: { mode: "zoom", value: options.scale ?? 2 },
    font: {
      fontFiles: [distPath("fonts/Inter-Regular.ttf"), distPath("fonts/Inter-SemiBold.ttf")],
      loadSystemFonts: foreign,
      defaultFontFamily: "Inter",
      sansSerifFamily: "Inter",
    },
  });
  return image.render().asPng();
}
