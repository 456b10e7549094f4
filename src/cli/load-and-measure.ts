/** Reads the files, fits, asks: what `segue evaluate` does for one recommender. */
import { type Corpus, playlistCount, readQueries } from "../corpus/index.js";
import {
  type HoldOut,
  type HoldOutOptions,
  holdOut,
  type Measured,
  measureRecommender,
  type QuestionOptions,
} from "../evaluation/index.js";
import { type FittedRecommender, fitRecommender, parallelRecommender } from "../recommenders/index.js";
import { misuse, type Progress, SegueError, throttled, usableCores } from "../system/index.js";
import { interruptible } from "./interruptible.js";
import type { RawFileOptions } from "./raw-files.js";
import { readTrainingPlaylists } from "./read-playlists.js";
import type { ReadOptions } from "./read-raw-playlists.js";

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
  task: MeasureTask,
  progress: Progress,
  tell: (line: string) => void,
): Promise<Measured> {
  const { recommender, settings, ks, seed, threads } = task;
  const told = throttled(progress);
  // Only what is read is in files of its own that have to go; what fits lets no signal be heard, and is best ended by it.
  const { train: corpus, questions } = await interruptible((signal) => load(task, told, tell, signal));
  // Threads pay for themselves when there is much to ask.
  const lanes = Math.min(threads ?? usableCores(), Math.ceil(questions.length / 1000));
  let close = async () => {};
  const fitOn = () => fitRecommender(recommender, corpus, settings, { seed, threads, progress: told });
  const inThreads = async (fitted: FittedRecommender) => {
    const parallel = await parallelRecommender(fitted, corpus, lanes);
    close = parallel.close;
    return parallel;
  };
  try {
    return await measureRecommender(fitOn, corpus, questions, {
      ks,
      progress: told,
      ...(lanes > 1 && { inThreads }),
    });
  } finally {
    await close();
  }
}

/** @param advice what to do where there are too few playlists, of plays that look like a log */
function splitOf(playlists: Corpus, options: HoldOutOptions, advice: string | undefined): HoldOut {
  try {
    return holdOut(playlists, options);
  } catch (error) {
    if (advice === undefined || !(error instanceof SegueError)) throw error;
    throw misuse(error.message, advice);
  }
}

async function load(
  { train, raw, asked, seed }: MeasureTask,
  progress: Progress,
  tell: (line: string) => void,
  signal: AbortSignal,
): Promise<Pick<HoldOut, "train" | "questions">> {
  const reading = { ...raw, progress, tell, signal };
  if ("queries" in asked) {
    // Before the playlists, which take longer: what is wrong with them is known at once.
    const questions = await readQueries(asked.queries, { progress, signal });
    return { train: await readTrainingPlaylists(train, reading), questions };
  }
  const { share, positions } = asked;
  let advice: string | undefined;
  const onUnpartedLog = (said: string) => {
    advice = said;
  };
  const playlists = await readTrainingPlaylists(train, { ...reading, onUnpartedLog });
  const split = splitOf(playlists, { share, positions, seed }, advice);
  tell(
    `held out ${split.heldOut.toLocaleString("en")} of ${playlistCount(playlists).toLocaleString("en")} playlists, ` +
      `and asked about ${positions === "last" ? "the last track of each" : "every track after the first of each"}`,
  );
  return split;
}
