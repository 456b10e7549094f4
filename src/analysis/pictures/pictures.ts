/** The pictures of an analysis as Vega-Lite specs: the same ones for SVG, PNG and the studio. */
import { type ChartSpec, type ChartTheme, chartColours } from "../../charts/index.js";
import type { Bin, Distributions, Ranked } from "../distributions.js";
import type { MusicMap } from "../map/music-map.js";
import { agreementText, capital, unknownNextText } from "../wording.js";

const size = { width: 520, height: 300 };
const logAxis = { type: "log", base: 10, nice: false } as const;
const number = (value: number) => value.toLocaleString("en");
/** Ticks of a log axis of counts. By default Vega puts ticks below 1 and at fractions if counts are small. */
function wholeLogTicks(most: number, least = 1): number[] {
  const powers = Array.from({ length: Math.floor(Math.log10(Math.max(1, most))) + 1 }, (_, i) => 10 ** i);
  const fine = powers.flatMap((power) => [power, 2 * power, 5 * power]).filter((tick) => tick <= most);
  const ticks = fine.length <= 9 ? fine : powers;
  // A single bin, such as 4096 to 8192, may hold none.
  return ticks.some((tick) => tick >= least) ? ticks : [least, most];
}

export function histogramSpec(bins: readonly Bin[], what: string): ChartSpec {
  const values = bins.filter((bin) => bin.count > 0).map((bin) => ({ ...bin, end: bin.to + 1 }));
  const largest = (numbers: number[]) => Math.max(1, ...numbers);
  const entries = wholeLogTicks(largest(values.map((bin) => bin.end)), values[0]?.from);
  const counts = wholeLogTicks(largest(values.map((bin) => bin.count)));
  return {
    ...size,
    title: {
      text: `${what} by number of playlist entries`,
      subtitle: "Both axes are logarithmic; bins double in width",
    },
    data: { values },
    mark: { type: "bar", binSpacing: 1.5, cornerRadiusEnd: 2, tooltip: true },
    encoding: {
      x: {
        field: "from",
        type: "quantitative",
        title: "playlist entries",
        scale: logAxis,
        axis: { grid: false, format: "~s", values: entries },
      },
      x2: { field: "end" },
      y: {
        field: "count",
        type: "quantitative",
        title: what.toLowerCase(),
        scale: { ...logAxis, domainMin: 0.8 },
        axis: { format: "~s", values: counts },
      },
      y2: { datum: 0.8 },
    },
  } as ChartSpec;
}

export function topSpec(ranked: readonly Ranked[], what: string): ChartSpec {
  return {
    width: 420,
    height: { step: 20 },
    title: { text: `Most played ${what}` },
    data: { values: ranked.map((each) => ({ ...each })) },
    encoding: {
      y: {
        field: "name",
        type: "nominal",
        sort: null,
        title: null,
        axis: { ticks: false, domain: false, labelLimit: 280 },
      },
      x: {
        field: "plays",
        type: "quantitative",
        title: "playlist entries",
        axis: { format: ",d", tickCount: 5, tickMinStep: 1 },
      },
    },
    layer: [
      { mark: { type: "bar", height: 13, cornerRadiusEnd: 2, tooltip: true } },
      {
        mark: { type: "text", align: "left", dx: 5 },
        encoding: { text: { field: "plays", type: "quantitative", format: "," } },
      },
    ],
  } as ChartSpec;
}

export function lengthsSpec({ lengths, playlists }: Distributions): ChartSpec {
  return {
    ...size,
    title: {
      text: "How long playlists are",
      subtitle: `${number(playlists)} playlists, median ${number(lengths.median)} tracks, mean ${lengths.mean.toFixed(1)}`,
    },
    data: { values: lengths.bins.map((bin) => ({ ...bin, end: bin.to + 1 })) },
    mark: { type: "bar", binSpacing: 1, tooltip: true },
    encoding: {
      x: { field: "from", type: "quantitative", title: "tracks", axis: { grid: false, tickMinStep: 1 } },
      x2: { field: "end" },
      y: { field: "count", type: "quantitative", title: "playlists", axis: { tickCount: 5, tickMinStep: 1 } },
      y2: { datum: 0 },
    },
  } as ChartSpec;
}

export function unknownSpec({ unknownNext }: Distributions): ChartSpec {
  return {
    ...size,
    title: {
      text: unknownNextText.title,
      subtitle: unknownNextText.note,
    },
    data: { values: unknownNext.map((each) => ({ ...each })) },
    encoding: {
      x: { field: "minCount", type: "ordinal", title: "min_count", axis: { labelAngle: 0 } },
      y: {
        field: "share",
        type: "quantitative",
        title: "unknown next tracks",
        scale: { domain: [0, 1] },
        axis: { format: ".0%", tickCount: 5 },
      },
    },
    layer: [
      { mark: { type: "line" } },
      { mark: { type: "point", size: 50, opacity: 1, tooltip: true } },
      {
        mark: { type: "text", dy: -11 },
        encoding: { text: { field: "share", type: "quantitative", format: ".0%" } },
      },
    ],
  } as ChartSpec;
}

export function mapSpec(map: MusicMap, theme: ChartTheme): ChartSpec {
  const colours = chartColours[theme];
  // Unknown first, so that coloured points are drawn on top.
  const values = [...map.points]
    .sort((a, b) => Number(b.genre === "unknown") - Number(a.genre === "unknown"))
    .map((p) => ({ ...p }));
  const most = values.reduce((largest, { plays }) => Math.max(largest, plays), 1);
  return {
    width: 640,
    height: 560,
    title: {
      text: `The map of music: ${number(map.points.length)} tracks`,
      subtitle: capital(agreementText(map)),
    },
    data: { values },
    mark: { type: "circle", opacity: 0.75 },
    encoding: {
      x: { field: "x", type: "quantitative", axis: null, scale: { zero: false } },
      y: { field: "y", type: "quantitative", axis: null, scale: { zero: false } },
      size: {
        field: "plays",
        type: "quantitative",
        title: "playlist entries",
        scale: { rangeMin: 6, rangeMax: 180 },
        // By default the legend begins with 0, which no track has.
        legend: { symbolFillColor: colours.muted, format: ",d", values: wholeLogTicks(most).slice(-4) },
      },
      color: {
        field: "genre",
        type: "nominal",
        title: "word in titles",
        scale: {
          domain: [...map.genres, "unknown"],
          range: [
            ...map.genres.map((_, i) => colours.categories[i % colours.categories.length]!),
            colours.unknown,
          ],
        },
      },
    },
  } as ChartSpec;
}
