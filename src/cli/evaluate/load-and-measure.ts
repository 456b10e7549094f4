/** `segue evaluate` for one recommender: reads the files, fits, measures. */
import { type Corpus, playlistCount, readQueries } from "../../corpus/index.js";
import {
  type HoldOut,
  type HoldOutOptions,
  holdOut,
  type Measured,
  measureRecommender,
  type QuestionOptions,
} from "../../evaluation/index.js";
import { type FittedRecommender, fitRecommender, parallelRecommender } from "../../recommenders/index.js";
import { misuse, type Progress, SegueError, throttled, usableCores } from "../../system/index.js";
import type { RawFileOptions } from "../playlists/raw-files.js";
import { readPlaylists } from "../playlists/read-playlists.js";
import type { ReadOptions } from "../playlists/read-raw-playlists.js";
import { interruptible } from "../terminal/interruptible.js";

/** The source of the queries: files, or a share of the playlists. */
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

/** @param tell called with what is left out of raw files, and how many playlists were held out */
export function loadAndMeasure(
  task: MeasureTask,
  progress: Progress,
  tell: (line: string) => void,
): Promise<Measured> {
  return interruptible((signal) => measured(task, throttled(progress), tell, signal));
}

async function measured(
  task: MeasureTask,
  progress: Progress,
  tell: (line: string) => void,
  signal: AbortSignal,
): Promise<Measured> {
  const { recommender, settings, ks, seed, threads } = task;
  const { train: corpus, questions } = await load(task, progress, tell, signal);
  // Threads only pay off for many queries.
  const lanes = Math.min(threads ?? usableCores(), Math.ceil(questions.length / 1000));
  let close = async () => {};
  const fitOn = () => fitRecommender(recommender, corpus, settings, { seed, threads, progress, signal });
  const inThreads = async (fitted: FittedRecommender) => {
    const parallel = await parallelRecommender(fitted, corpus, lanes);
    close = parallel.close;
    return parallel;
  };
  try {
    return await measureRecommender(fitOn, corpus, questions, {
      ks,
      progress,
      signal,
      ...(lanes > 1 && { inThreads }),
    });
  } finally {
    await close();
  }
}

/** @param advice the hint if there are too few playlists because the plays look like an unsplit log */
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
    // Before the playlists, which take longer, so that errors in the queries show at once.
    const questions = await readQueries(asked.queries, { progress, signal });
    return { train: await readPlaylists(train, reading), questions };
  }
  const { share, positions } = asked;
  let advice: string | undefined;
  const onUnpartedLog = (said: string) => {
    advice = said;
  };
  const playlists = await readPlaylists(train, { ...reading, onUnpartedLog });
  const split = splitOf(playlists, { share, positions, seed }, advice);
  tell(
    `held out ${split.heldOut.toLocaleString("en")} of ${playlistCount(playlists).toLocaleString("en")} playlists, ` +
      `and asked about ${positions === "last" ? "the last track of each" : "every track after the first of each"}`,
  );
  return split;
}
