/** Turns the options of `segue evaluate` into a task, without the recommender. */
import { misuse, standardInput } from "../../system/index.js";
import { ofOption } from "../options/of-option.js";
import { pathsOf } from "../options/paths-of.js";
import { type RawFileOptions, rawFileOptions } from "../playlists/raw-files.js";
import type { MeasureTask } from "./load-and-measure.js";

export interface EvaluateOptions extends RawFileOptions {
  readonly train: readonly string[];
  readonly queries?: readonly string[];
  readonly holdOut?: number;
  readonly everyPosition?: boolean;
  readonly minTracks?: number;
  readonly recommender?: readonly string[];
  readonly k: readonly number[];
  readonly set: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly threads?: number;
  readonly leaderboard?: boolean;
  readonly html?: string;
  readonly json?: boolean;
}

/** The part of the task common to all recommenders. @throws SegueError if a file is missing or options contradict each other */
export async function taskOf(
  options: EvaluateOptions,
  take: { readonly pipes: boolean },
): Promise<Omit<MeasureTask, "recommender" | "settings">> {
  const { train, queries, holdOut, everyPosition, minTracks, k, seed, threads } = options;
  if (queries !== undefined && (holdOut !== undefined || everyPosition))
    throw misuse(
      `${everyPosition ? "--every-position" : "--hold-out"} is for evaluations without --queries`,
      "leave out one of them",
    );
  const trained = await ofOption("--train", () => pathsOf(train, take));
  const asked = queries === undefined ? [] : await ofOption("--queries", () => pathsOf(queries, take));
  const twice = asked.find((path) => trained.includes(path));
  if (twice !== undefined)
    throw misuse(
      `--train and --queries both read ${twice === standardInput ? "standard input" : twice}`,
      "give each its own file; to ask about some of the playlists of --train, leave out --queries",
    );
  return {
    train: trained,
    raw: { ...rawFileOptions(options), minTracks },
    asked:
      queries === undefined
        ? { share: holdOut ?? 0.2, positions: everyPosition ? "every" : "last" }
        : { queries: asked },
    ks: k,
    seed,
    threads,
  };
}
