/** Charts of hit ratios as Vega-Lite specifications: horizontal bars, with another layer on top. */
import type { TrainedPoint } from "../grid/ranking.js";
import type { TestFigures } from "../model/test-model.js";

const y = {
  field: "name",
  type: "nominal",
  sort: null,
  title: null,
  axis: { ticks: false, domain: false, labelLimit: 280 },
};
const x = { field: "hitRatio", type: "quantitative", title: "hit ratio", axis: { tickCount: 5 } };

/**
 * @param values each with `name` and `hitRatio`
 * @param onTop the other layer
 * @param bar what is added to the mark and the encoding of the bars
 */
function bars(
  values: readonly object[],
  onTop: object,
  bar: { readonly mark?: object; readonly encoding?: object },
): object {
  return {
    width: 420,
    height: { step: 20 },
    data: { values },
    layer: [
      {
        mark: { type: "bar", height: 13, cornerRadiusEnd: 2, ...bar.mark },
        encoding: { x, y, ...bar.encoding },
      },
      onTop,
    ],
  };
}

/** @param figure such as "Hit ratio" */
export const gridCaption = (figure: string) =>
  `${figure} with its 95 % interval (the line). All are asked about the same playlists, so a difference can be significant even if lines overlap`;

/** Hit ratio with its interval, one bar per grid point that has one. */
export function gridChart(ranking: readonly TrainedPoint[]): object {
  const values = ranking
    .filter(({ diverged }) => diverged === undefined)
    .map(({ name, hitRatio, interval: [low, high] }) => ({ name, hitRatio, low, high }));
  const line = {
    mark: { type: "rule", strokeWidth: 2 },
    encoding: { x: { ...x, field: "low" }, x2: { field: "high" }, y },
  };
  // On a bar in full colour, the line's lower half cannot be told from it.
  return bars(values, line, { mark: { opacity: 0.4 } });
}

/** Hit ratio by slice, one bar each, coloured by the kind of slice. */
export function slicesChart({ slices }: TestFigures): object {
  const values = slices.map((row) => {
    const name = String(row.slice);
    const hitRatio = Number(row["hit ratio"]);
    const said = `${(100 * hitRatio).toFixed(0)} of 100, ${Number(row.queries).toLocaleString("en")} asked`;
    return { name, of: name.split(":")[0], hitRatio, said };
  });
  return bars(
    values,
    {
      mark: { type: "text", align: "left", dx: 5 },
      encoding: { x, y, text: { field: "said", type: "nominal" } },
    },
    { encoding: { color: { field: "of", type: "nominal", sort: null, legend: null } } },
  );
}
