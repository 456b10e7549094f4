/** Vega-Lite specifications as SVG, without a browser. Vega is loaded only where a card has a chart. */

/**
 * @param spec a Vega-Lite specification with its data inline
 * @throws Error saying what is wrong with the specification
 */
export async function drawChart(spec: object): Promise<string> {
  const [{ compile }, vega] = await Promise.all([import("vega-lite"), import("vega")]);
  const compiled = compile(spec as Parameters<typeof compile>[0], { logger: quiet(vega) });
  // A specification may not fetch anything: data must be inline.
  const loader = vega.loader();
  loader.load = async (uri: string) => {
    throw new Error(`it wants to load ${uri}; put the data into the specification`);
  };
  const view = new vega.View(vega.parse(compiled.spec), { renderer: "none", loader, logger: quiet(vega) });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

/** Loads Vega ahead. */
export async function preloadCharts(): Promise<void> {
  await Promise.all([import("vega-lite"), import("vega")]);
}

function quiet(vega: typeof import("vega")) {
  return vega.logger(vega.Error);
}
