/** Reads the files, fits, asks: what `segue evaluate` does for one recommender. */
import { availableParallelism } from "node:os";
import { readQueries } from "../corpus/index.js";
import { holdOut, type Measured, measureRecommender, type QuestionOptions } from "../evaluation/index.js";
import { fitRecommender, parallelRecommender } from "../recommenders/index.js";
import { type Progress, throttled } from "../system/index.js";
import type { RawFileOptions } from "./raw-files.js";
import { type ReadOptions, readTrainingPlaylists } from "./read-playlists.js";

/** What is asked: queries of files, or some of the playlists themselves. */
export type Asked =
  | { readonly queries: readonly string[] }
  | { readonly share: number; readonly positions: NonNullable<QuestionOptions["positions"]> };

export interface MeasureTask {
  readonly train: readonly string[];
  readonly raw: RawFileOptions & Pick<ReadOptions, "minTracks">;
  readonly asked: Asked;
  readonly recommender: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly ks: readonly number[];
  readonly seed: number;
  readonly threads?: number | undefined;
}

/** @param tell hears what is left out of raw files, and how many playlists were held out */
export async function loadAndMeasure(
  { train, raw, asked, recommender, settings, ks, seed, threads }: MeasureTask,
  progress: Progress,
  tell: (line: string) => void,
): Promise<Measured> {
  const told = throttled(progress);
  const reading = { ...raw, progress: told, tell };
  const given = "queries" in asked ? await readQueries(asked.queries, { progress: told }) : undefined;
  const playlists = await readTrainingPlaylists(train, reading);
  const { train: corpus, questions } =
    "queries" in asked ? { train: playlists, questions: given! } : held(asked);
  // Threads pay for themselves when there is much to ask.
  const lanes = Math.min(threads ?? availableParallelism(), Math.ceil(questions.length / 1000));
  let close = async () => {};
  const fitOn = async () => {
    const fitted = await fitRecommender(recommender, corpus, settings, { seed, threads, progress: told });
    if (lanes < 2) return fitted;
    const parallel = await parallelRecommender(fitted, corpus, lanes);
    close = parallel.close;
    return parallel;
  };
  try {
    return await measureRecommender(fitOn, corpus, questions, { ks, progress: told });
  } finally {
    await close();
  }

  function held({ share, positions }: Exclude<Asked, { queries: unknown }>) {
    const split = holdOut(playlists, { share, positions, seed });
    tell(
      `held out ${split.heldOut.toLocaleString("en")} of ${(playlists.offsets.length - 1).toLocaleString("en")} playlists, ` +
        `and asked about ${positions === "last" ? "the last track of each" : "every track after the first of each"}`,
    );
    return split;
  }
}
