/** Trains several models on one corpus in one process. */
import { type Corpus, requireCorpus } from "../../corpus/index.js";
import {
  aSignal,
  besideWork,
  errorAbout,
  inSlices,
  misuse,
  type Progress,
  requireKnown,
  requireOptions,
  requireWithin,
  SegueError,
  usableCores,
  wholeNumber,
} from "../../system/index.js";
import type { TrainOptions } from "../options/train-options.js";
import { sharedItems } from "../threads/chunks.js";
import { type TrainingResult, trainTrack2Vec } from "./train.js";

export interface GridOptions {
  /** How many points train at once, each with its own matrices. Default: one per core, at most the number of points. */
  readonly concurrency?: number;
  /** Called with the progress of each point, as the task "training 2/6". */
  readonly progress?: Progress;
  /** Aborts all of them. */
  readonly signal?: AbortSignal;
}

/**
 * Trains every point of a grid on one corpus. Its plays are held once, as 32-bit numbers, in memory shared by all points and
 * threads. A point without `threads` gets its share of the cores; in deterministic mode its vectors are the same as if it
 * had been trained alone.
 *
 * ```ts
 * const results = await trainGrid(corpus, [3, 5, 10].map((minCount) => ({ sg: true, minCount, epochs: 30 })));
 * ```
 *
 * @param points the options of each training (see `trainTrack2Vec`)
 * @returns one result per point, in the same order
 * @throws SegueError (misuse) if an argument or option is invalid; if a training fails, naming its point, and the others are aborted
 * @throws the signal's reason
 */
export async function trainGrid(
  corpus: Corpus,
  points: readonly TrainOptions[],
  options: GridOptions = {},
): Promise<TrainingResult[]> {
  requireCorpus(corpus, "trainGrid");
  if (!Array.isArray(points))
    throw misuse("trainGrid needs a list of points", "write [{ minCount: 3 }, { minCount: 5 }]");
  for (const [number, point] of points.entries()) requirePoint(point, `${number + 1}/${points.length}`);
  requireOptions(options, { concurrency: wholeNumber(1), ...besideWork }, "trainGrid");
  const { concurrency = usableCores(), progress, signal } = options;
  const lanes = Math.min(concurrency, points.length);
  const threads = Math.max(1, Math.floor(usableCores() / Math.max(1, lanes)));
  const shared: Corpus = { ...corpus, items: await inSlices(sharedItems(corpus.items), signal) };
  const failed = new AbortController();
  const results: TrainingResult[] = [];
  let next = 0;
  const lane = async () => {
    while (next < points.length) {
      const number = next++;
      const point = points[number]!;
      const place = `${number + 1}/${points.length}`;
      const signals = [failed.signal, signal, point.signal].filter((each) => each !== undefined);
      try {
        results[number] = await trainTrack2Vec(shared, {
          threads,
          ...(progress && { progress: (report) => progress({ ...report, task: `${report.task} ${place}` }) }),
          ...point,
          signal: AbortSignal.any(signals),
        });
      } catch (error) {
        // The others end with the same error; it belongs to the first.
        const first = !failed.signal.aborted;
        failed.abort(error);
        if (!first || !(error instanceof SegueError)) throw error;
        throw errorAbout(`grid point ${place}`, error);
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: lanes }, lane));
  const broken = ended.filter((end) => end.status === "rejected").map((end) => end.reason);
  if (broken.length > 0) throw broken.find((reason) => reason.cause === failed.signal.reason) ?? broken[0];
  return results;
}

/** Checks what must hold before the training of the point, which validates the rest. */
function requirePoint(point: TrainOptions, place: string): void {
  requireKnown(point, Object.keys(Object(point)), `grid point ${place}`);
  if (point.signal !== undefined) requireWithin(aSignal, `the signal of grid point ${place}`, point.signal);
}
