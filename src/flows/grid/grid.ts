/**
 * The grid of the modeling flow. Each entry in `params.yml` is a recommender with settings, any of which may be a list; every
 * combination becomes a grid point.
 */
import { isDeepStrictEqual } from "node:util";
import { didYouMean, misuse } from "../../system/index.js";

/** The recommenders that train track vectors, which flags such as --epochs apply to. */
export const trained = new Set(["track2vec", "nearest"]);

/** `{ recommender: "track2vec", min_count: [3, 5, 10], epochs: 30 }`. */
export type GridEntry = { readonly recommender: string } & Readonly<Record<string, unknown>>;

/** One task of the foreach: a recommender with one value for each setting. */
export interface GridPoint {
  readonly recommender: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** What tells it from the other points of its recommender: "min_count=3", or "" if there is only one. */
  readonly label: string;
}

const camelCase = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
/** A setting's name as in `params.yml`. */
export const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/**
 * Every combination of the listed values, in the order in which they are listed, once.
 *
 * @param entries the grid as configured; names of settings may be written in snake_case
 * @param only names of recommenders to keep; empty for all
 * @param overrides settings that override those of the track2vec and nearest entries ("--epochs 10")
 * @throws SegueError (misuse) if `only` names a recommender that the grid lacks, or no point is left
 */
export function gridPoints(
  entries: readonly GridEntry[],
  only: readonly string[] = [],
  overrides: Readonly<Record<string, unknown>> = {},
): GridPoint[] {
  const names = [...new Set(entries.map((entry) => entry.recommender))];
  for (const name of only) {
    if (!names.includes(name)) {
      throw misuse(
        `the grid has no recommender "${name}"`,
        didYouMean(name, names, `it has: ${names.join(", ")}; add it to conf/local/params.yml`),
      );
    }
  }
  const points = entries
    .filter((entry) => only.length === 0 || only.includes(entry.recommender))
    .flatMap((entry) => combinations(entry, trained.has(entry.recommender) ? overrides : {}))
    .filter(({ recommender, settings }, i, all) => {
      const isSame = (other: Combination) =>
        other.recommender === recommender && isDeepStrictEqual(other.settings, settings);
      return all.findIndex(isSame) === i;
    });
  if (points.length === 0)
    throw misuse(
      "the grid is empty",
      "list at least one recommender under modeling.grid in conf/local/params.yml",
    );
  const varied = variedSettings(points);
  return points.map((point) => ({ ...point, label: labelOf(point, varied.get(point.recommender)!) }));
}

type Combination = Omit<GridPoint, "label">;

/** For each recommender the names of the settings that differ among its points. */
function variedSettings(points: readonly Combination[]): ReadonlyMap<string, ReadonlySet<string>> {
  const firsts = new Map<string, Combination["settings"]>();
  const varied = new Map<string, Set<string>>();
  for (const { recommender, settings } of points) {
    const first = firsts.get(recommender);
    if (first === undefined) {
      firsts.set(recommender, settings);
      varied.set(recommender, new Set());
      continue;
    }
    for (const name of Object.keys({ ...first, ...settings }))
      if (!isDeepStrictEqual(settings[name], first[name])) varied.get(recommender)!.add(name);
  }
  return varied;
}

function labelOf({ settings }: Combination, varied: ReadonlySet<string>): string {
  return Object.keys(settings)
    .filter((name) => varied.has(name))
    .map((name) => `${snakeCase(name)}=${String(settings[name])}`)
    .join(" ");
}

function combinations(entry: GridEntry, overrides: Readonly<Record<string, unknown>>): Combination[] {
  const { recommender, ...written } = entry;
  const settings = Object.entries({
    ...Object.fromEntries(Object.entries(written).map(([name, value]) => [camelCase(name), value])),
    ...overrides,
  });
  let chosen: Array<Record<string, unknown>> = [{}];
  for (const [name, value] of settings) {
    const values = Array.isArray(value) ? value : [value];
    chosen = chosen.flatMap((before) => values.map((one) => ({ ...before, [name]: one })));
  }
  return chosen.map((values) => ({ recommender, settings: values }));
}

/** "track2vec min_count=3". */
export function pointName(point: GridPoint): string {
  return point.label === "" ? point.recommender : `${point.recommender} ${point.label}`;
}

/** Below this many plays, the blend takes longer to fit than all other points together. */
const fewPlays = 4_000_000;

/**
 * How many threads to fit the grid point number `index` with. Points run in parallel, one per core, so more threads would only
 * compete for cores. There are two exceptions: if fewer points than cores are left at the end, they share all cores; and with few
 * plays the blend, which outlasts all others, gets every core.
 */
export function threadsOf(index: number, points: readonly GridPoint[], cores: number, plays: number): number {
  if (points[index]!.recommender === "blend" && plays < fewPlays) return cores;
  const last = points.length % cores;
  return last === 0 || index < points.length - last ? 1 : Math.floor(cores / last);
}
