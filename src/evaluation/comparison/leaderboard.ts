/** Compares recommenders on the same queries: best first, with intervals and the difference from the best. */
import {
  escapeHtml,
  misuse,
  requireOptions,
  requireWithin,
  thingWith,
  wholeNumber,
} from "../../system/index.js";
import type { FiguresAtK } from "../evaluate.js";
import {
  type BootstrapOptions,
  type Difference,
  differenceOf,
  differences,
  type Interval,
  intervalOf,
  requireBootstrap,
  requireColumn,
  resample,
} from "./bootstrap.js";

/** What the leaderboard needs from one recommender's evaluation; plain data, so that it can come from another process. */
export interface Entry {
  readonly recommender: string;
  readonly figures: FiguresAtK;
  /** The hit ratio of each query, in [0, 1]. */
  readonly hits: Float64Array;
  /** The reciprocal rank of each query, in [0, 1]; its mean is MRR. */
  readonly reciprocalRanks: Float64Array;
  /** The NDCG of each query, in [0, 1]. */
  readonly gains: Float64Array;
  readonly fitSeconds: number;
  /** For all queries. */
  readonly recommendSeconds: number;
  /** In MiB. */
  readonly peakRssMb: number;
}

export interface LeaderboardRow {
  readonly recommender: string;
  readonly hitRatio: Interval;
  readonly mrr: Interval;
  readonly ndcg: Interval;
  readonly figures: FiguresAtK;
  /** Hit ratio minus that of the first row, over the same queries; undefined in the first row. */
  readonly behind?: Difference;
  readonly fitSeconds: number;
  readonly queriesPerSecond: number;
  /** In MiB. */
  readonly peakRssMb: number;
}

export interface Leaderboard {
  readonly k: number;
  readonly queries: number;
  /** The level of the intervals, in (0, 1). */
  readonly level: number;
  /** Sorted by hit ratio, best first; ties by MRR. */
  readonly rows: readonly LeaderboardRow[];
}

const anEntry = "see the type Entry of segue/evaluation";

/**
 * Ranks recommenders by hit ratio, with intervals and each one's paired difference from the first.
 *
 * @param entries evaluations over the same queries, in the same order
 * @throws SegueError (misuse) if an element is not an entry, lengths differ, a value is not finite, or an option is out of range
 */
export function leaderboard(entries: readonly Entry[], options: BootstrapOptions = {}): Leaderboard {
  requireBootstrap(options, "leaderboard");
  if (!Array.isArray(entries)) throw misuse("a leaderboard needs a list of entries", anEntry);
  for (const [i, entry] of entries.entries()) {
    if (entry?.figures === undefined)
      throw misuse(`entries[${i}] of the leaderboard is not an entry`, anEntry);
    for (const name of ["hits", "reciprocalRanks", "gains"] as const)
      requireColumn(entry[name], `${name} of entries[${i}]`);
  }
  const sorted = [...entries].sort(
    (a, b) =>
      b.figures.hitRatio - a.figures.hitRatio ||
      b.figures.mrr - a.figures.mrr ||
      (a.recommender < b.recommender ? -1 : 1),
  );
  const [best, ...others] = sorted;
  const { level = 0.95 } = options;
  if (best === undefined) return { k: 0, queries: 0, level, rows: [] };
  const columns = sorted.map(({ hits, reciprocalRanks, gains }) => [hits, reciprocalRanks, gains]);
  const behind = others.map(({ hits }) => [differences(hits, best.hits)]);
  const drawn = resample([...columns, ...behind], options);
  const rows = sorted.map((entry, i): LeaderboardRow => {
    const [hitRatio, mrr, ndcg] = drawn[i]!.map((each) => intervalOf(each, options)) as [
      Interval,
      Interval,
      Interval,
    ];
    return {
      recommender: entry.recommender,
      hitRatio,
      mrr,
      ndcg,
      figures: entry.figures,
      ...(i === 0 ? {} : { behind: differenceOf(drawn[others.length + i]![0]!, options) }),
      fitSeconds: entry.fitSeconds,
      queriesPerSecond: entry.hits.length / Math.max(entry.recommendSeconds, 1e-6),
      peakRssMb: entry.peakRssMb,
    };
  });
  return { k: best.figures.k, queries: best.hits.length, level, rows };
}

/** The leaderboard as plain objects, with the names of `segue evaluate --json`. */
export function leaderboardJson(board: Leaderboard) {
  requireBoard(board);
  const { k, queries, level, rows } = board;
  return {
    k,
    queries,
    level,
    rows: rows.map((row) => ({
      recommender: row.recommender,
      hit_ratio: row.hitRatio,
      mrr: row.mrr,
      ndcg: row.ndcg,
      coverage: row.figures.coverage,
      popularity_lift: row.figures.popularityLift ?? null,
      artist_diversity: row.figures.artistDiversity ?? null,
      novelty: row.figures.novelty ?? null,
      behind: row.behind ?? null,
      fit_seconds: row.fitSeconds,
      queries_per_second: row.queriesPerSecond,
      peak_rss_mb: row.peakRssMb,
    })),
  };
}

const percent = (share: number | undefined, digits = 2) =>
  share === undefined ? "–" : `${(100 * share).toFixed(digits)} %`;
const fixed = (value: number | undefined, digits: number) =>
  value === undefined ? "–" : value.toFixed(digits).replace("-", "−");
const signed = (value: number) => `${value < 0 ? "−" : "+"}${(100 * Math.abs(value)).toFixed(2)}`;

/** Whether the difference is significant at the level of the intervals. */
const isSure = ({ p }: Difference, { level }: Leaderboard) => p < 1 - level - 1e-9;

/** Heading and cell of each column, shared by text and HTML. */
const columns: ReadonlyArray<
  readonly [
    heading: (board: Leaderboard) => string,
    cell: (row: LeaderboardRow, board: Leaderboard) => string,
  ]
> = [
  [() => "recommender", (row) => row.recommender],
  [({ k }) => `hit@${k}`, (row) => percent(row.hitRatio.mean)],
  [
    ({ level }) => `${Number((100 * level).toFixed(2))} % interval`,
    // If all queries hit or none does, the bootstrap has no spread; that does not make the figure certain.
    ({ hitRatio: { low, high } }) =>
      low === high ? "–" : `${(100 * low).toFixed(2)}–${(100 * high).toFixed(2)}`,
  ],
  [
    () => "behind",
    ({ behind }, board) => (behind ? `${signed(behind.mean)}${isSure(behind, board) ? "" : " (even)"}` : ""),
  ],
  [({ k }) => `MRR@${k}`, (row) => percent(row.mrr.mean)],
  [({ k }) => `NDCG@${k}`, (row) => percent(row.ndcg.mean)],
  [() => "coverage", (row) => percent(row.figures.coverage, 1)],
  [() => "pop. lift", (row) => fixed(row.figures.popularityLift, 2)],
  [() => "artists", (row) => fixed(row.figures.artistDiversity, 2)],
  [() => "novelty", (row) => fixed(row.figures.novelty, 1)],
  [() => "fit s", (row) => row.fitSeconds.toFixed(1)],
  [() => "queries/s", (row) => Math.round(row.queriesPerSecond).toLocaleString("en")],
  [() => "MiB", (row) => row.peakRssMb.toLocaleString("en")],
];

/**
 * The leaderboard as a table for a terminal. "behind" is in percentage points of hit ratio, "(even)" if it may be chance.
 *
 * @param options.width columns of the terminal, from 1: what is wider goes on below, in a further table. Default: one table, however wide
 * @throws SegueError (misuse) if the board or an option is none
 */
export function leaderboardText(board: Leaderboard, options: { readonly width?: number } = {}): string {
  requireBoard(board);
  requireOptions(options, { width: wholeNumber(1) }, "leaderboardText");
  const { width = Infinity } = options;
  const table = cells(board);
  const widths = columns.map((_, i) => Math.max(...table.map((row) => row[i]!.length)));
  const tables: number[][] = [];
  let room = 0;
  for (let i = 1; i < columns.length; i++) {
    const needed = 2 + widths[i]!;
    if (tables.length === 0 || needed > room) {
      tables.push([]);
      room = width - widths[0]!;
    }
    tables.at(-1)!.push(i);
    room -= needed;
  }
  const text = tables.map((shown) =>
    table
      .map((row) =>
        [row[0]!.padEnd(widths[0]!), ...shown.map((i) => row[i]!.padStart(widths[i]!))].join("  "),
      )
      .join("\n"),
  );
  return `${counted(board)}\n${text.join("\n\n")}\n`;
}

/** The leaderboard as an HTML fragment: a table that draws hit ratios as bars with their intervals. */
export function leaderboardHtml(board: Leaderboard): string {
  requireBoard(board);
  const [headings, ...rows] = cells(board);
  const longest = Math.max(...board.rows.map(({ hitRatio }) => hitRatio.high), 1e-9);
  const bar = ({ hitRatio: { mean, low, high } }: LeaderboardRow) => {
    const x = (share: number) => ((100 * share) / longest).toFixed(1);
    return (
      `<svg width="104" height="14" aria-hidden="true">` +
      `<rect y="2" width="${x(mean)}" height="10" fill="#4c78a8"/>` +
      `<path d="M${x(low)} 7H${x(high)}" stroke="currentColor" stroke-width="2"/></svg>`
    );
  };
  const head = headings!.map((heading) => `<th>${escapeHtml(heading)}</th>`).join("");
  const body = rows.map((row, i) => {
    const [name, ...others] = row.map(escapeHtml);
    return `<tr><th>${name}</th><td>${bar(board.rows[i]!)}</td>${others.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
  });
  return (
    `<table class="leaderboard"><caption>${counted(board)}</caption>` +
    `<thead><tr>${head.replace("</th>", "</th><td></td>")}</tr></thead><tbody>${body.join("")}</tbody></table>`
  );
}

const counted = ({ queries }: Leaderboard) =>
  queries === 1 ? "1 query" : `${queries.toLocaleString("en")} queries`;

function requireBoard(board: Leaderboard): void {
  requireWithin(thingWith("what leaderboard() returns", "k", "queries", "level", "rows"), "board", board);
}

function cells(board: Leaderboard): string[][] {
  return [
    columns.map(([heading]) => heading(board)),
    ...board.rows.map((row) => columns.map(([, cell]) => cell(row, board))),
  ];
}
