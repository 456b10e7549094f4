/** The picture of a power law: the log-binned density of the data, and the laws fitted to its tail. */
import { type ChartSpec, type ChartTheme, chartColours } from "../../charts/index.js";
import { alternatives } from "../power-law/alternatives.js";
import { type Comparison, hurwitzZeta, type PowerLawFit, type Tally, tailFrom } from "../power-law/index.js";

/** Density in bins of an eighth of a decade; each whole number counts as one unit wide. */
function logBinnedDensity(sample: Tally): Array<{ x: number; density: number; count: number }> {
  const bins: Array<{ x: number; density: number; count: number }> = [];
  const largest = sample.values.at(-1) ?? 0;
  let i = 0;
  for (let edge = 0, from = 1; from <= largest; edge++) {
    const to = Math.max(from + 1, Math.round(10 ** ((edge + 1) / 8)));
    if (to <= from) continue;
    let count = 0;
    for (; i < sample.values.length && sample.values[i]! < to; i++) count += sample.times[i]!;
    if (count > 0)
      bins.push({ x: Math.sqrt(from * (to - 1)), density: count / sample.total / (to - from), count });
    from = to;
  }
  return bins;
}

function curve(xmin: number, largest: number, mass: (x: number) => number) {
  const points: Array<{ x: number; density: number }> = [];
  for (let step = 0; step <= 60; step++) {
    const x = xmin * (largest / xmin) ** (step / 60);
    points.push({ x, density: mass(x) });
  }
  return points;
}

export function powerLawSpec(
  sample: Tally,
  fit: PowerLawFit,
  comparisons: readonly Comparison[],
  options: { theme: ChartTheme; what: string },
): ChartSpec {
  const colours = chartColours[options.theme];
  const share = fit.tail / fit.total;
  const largest = sample.values.at(-1)!;
  const norm = hurwitzZeta(fit.alpha, fit.xmin);
  const tail = tailFrom(sample, fit.xmin);
  const laws = [
    { law: "power law", points: curve(fit.xmin, largest, (x) => (share * x ** -fit.alpha) / norm) },
    ...comparisons.map(({ alternative }) => {
      const { logMass } = alternatives[alternative](tail);
      return {
        law: alternative.replaceAll("_", " "),
        points: curve(fit.xmin, largest, (x) => share * Math.exp(logMass(x))),
      };
    }),
  ];
  const density = logBinnedDensity(sample);
  const floor = Math.min(...density.map((bin) => bin.density)) / 3;
  const lines = laws.flatMap(({ law, points }) =>
    points.filter((point) => point.density >= floor).map((point) => ({ law, ...point })),
  );
  const x = {
    field: "x",
    type: "quantitative",
    title: "playlist entries",
    scale: { type: "log", nice: false },
    axis: { format: "~s", tickCount: 6 },
  };
  const y = {
    field: "density",
    type: "quantitative",
    title: "probability",
    scale: { type: "log" },
    axis: { format: ".0e", tickCount: 6 },
  };
  // The same for both encodings, or Vega does not merge them. Symbols are long enough to show the dashes. Inside the plot the
  // legend could hide a curve.
  const legend = { orient: "bottom", symbolSize: 700, columnPadding: 18 };
  const byLaw = { field: "law", type: "nominal", title: "fitted", sort: null, legend };
  const domain = laws.map(({ law }) => law);
  return {
    width: 520,
    height: 340,
    title: {
      text: `${options.what} by number of playlist entries: is it a power law?`,
      subtitle: `α = ${fit.alpha.toFixed(3)} ± ${fit.alphaError.toFixed(3)} from ${fit.xmin.toLocaleString("en")} ${fit.xmin === 1 ? "entry" : "entries"} on (${(100 * share).toFixed(1)} % of ${fit.total.toLocaleString("en")}), D = ${fit.distance.toFixed(4)}`,
    },
    layer: [
      { data: { values: [{ x: fit.xmin }] }, mark: { type: "rule", strokeDash: [3, 3] }, encoding: { x } },
      {
        data: { values: lines },
        mark: { type: "line", clip: true },
        encoding: {
          x,
          y,
          color: {
            ...byLaw,
            scale: { domain, range: [...colours.categories.slice(1, 1 + laws.length)] },
          },
          strokeDash: {
            ...byLaw,
            scale: {
              domain,
              range: [
                [1, 0],
                [6, 3],
                [2, 2],
                [8, 2, 2, 2],
              ].slice(0, laws.length),
            },
          },
        },
      },
      {
        data: { values: density },
        mark: { type: "point", size: 42, opacity: 1, tooltip: true },
        encoding: { x, y },
      },
    ],
  } as unknown as ChartSpec;
}
