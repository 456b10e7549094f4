/**
 * Renders Vega-Lite specs to SVG and PNG without a browser. Vega is loaded on first use, so importing this room is cheap.
 * The same spec gives the same bytes: no clock, no random ids, and text is measured with the packaged font.
 */
import type { TopLevelSpec } from "vega-lite";
import { distPath, loadNative, messageOf, SegueError } from "../system/index.js";
import { type ChartTheme, chartConfig } from "./theme.js";

/**
 * A Vega-Lite spec with its data inside. Vega-Lite's own type would come with the package's declarations, and compiles neither without
 * the DOM library nor with `exactOptionalPropertyTypes`.
 */
export interface ChartSpec {
  readonly config?: object;
  readonly [part: string]: unknown;
}

/** Preloads the modules for rendering. */
export async function preloadCharts(): Promise<void> {
  await Promise.all([
    import("vega"),
    import("vega-lite"),
    import("./measure-text.js").then(({ measureText }) => measureText()),
  ]);
}

/**
 * Renders a Vega-Lite spec.
 *
 * @param spec a spec with its data inside (`data: { values }`); its own colours and fonts override the theme
 * @param options.theme light (default) or dark
 * @returns a complete SVG document
 * @throws SegueError if the spec is not valid Vega-Lite, or loads external data
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
    const compiled = vegaLite.compile({ ...spec, config: { ...theme, ...spec.config } } as TopLevelSpec, {
      logger: logger as never,
    });
    vega.resetSVGDefIds();
    // A spec may not load files or URLs, since specs also come from users' flows.
    const loader = vega.loader();
    loader.load = async (uri: string) => {
      // Vega itself would only warn and draw an empty chart.
      warnings.push(`it loads ${uri}; put the data into the spec`);
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
  // Vega truncates long labels anywhere, even within an emoji. Names may hold control characters, which XML does not allow.
  return svg.replace(/[\ud800-\udbff](?=…)/g, "").replace(notXml, "\ufffd");
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these make an SVG invalid.
const notXml = /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g;

/** Inter has Latin, Greek, Cyrillic, punctuation, arrows and maths. */
const notInInter = /[\u0530-\u1dff\u2300-\u{10ffff}]/u;

/**
 * Rasterises an SVG (from `renderSvg` or elsewhere). Text is drawn with the packaged Inter; the system's fonts are loaded only if
 * the text has characters that Inter lacks (Chinese, Arabic, emoji).
 *
 * @param options.scale pixels per SVG unit, default 2 (sharp on high-density screens)
 * @returns a PNG file
 */
export async function renderPng(svg: string, options: { scale?: number } = {}): Promise<Uint8Array> {
  const { Resvg } = await loadNative("resvg", () => import("@resvg/resvg-js"));
  const image = new Resvg(withOwnFonts(svg), {
    fitTo: { mode: "zoom", value: options.scale ?? 2 },
    font: {
      fontFiles: [distPath("fonts/Inter-Regular.ttf"), distPath("fonts/Inter-SemiBold.ttf")],
      loadSystemFonts: notInInter.test(svg),
      defaultFontFamily: "Inter",
      sansSerifFamily: "Inter",
    },
  });
  return image.render().asPng();
}

/**
 * Names a font for texts that Inter cannot draw. Without that, the first font that can draws them, in its own weight: names in Hebrew, and
 * the Latin words beside them, were bold.
 */
function withOwnFonts(svg: string): string {
  return svg.replace(/<(?:[^">]|"[^"]*")*>|[^<]+/g, (tagOrText) =>
    tagOrText.startsWith("<") || !notInInter.test(tagOrText)
      ? tagOrText
      : `<tspan font-family="DejaVu Sans, Arial">${tagOrText}</tspan>`,
  );
}
