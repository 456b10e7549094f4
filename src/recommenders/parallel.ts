/** Runs one fitted recommender in several worker threads, each of which restores it from its state. */
import type { Catalogue } from "../corpus/index.js";
import { besideUrl, usableCores } from "../system/index.js";
import type {
  Context,
  FittedRecommender,
  InNumbers,
  NumberedContext,
  NumberedRanking,
  Ranking,
} from "./contract.js";
import { AskedThread } from "./core/asking/asked-thread.js";
import { checkQuestion } from "./core/asking/check-question.js";
import { TrackNumbers } from "./core/asking/query.js";
import { inIds } from "./core/asking/two-doors.js";

export interface ParallelRecommender {
  readonly name: string;
  /** How many calls of `recommend` run at the same time. */
  readonly lanes: number;
  /** Like `Recommender.recommend`, with the same answers. */
  recommend(contexts: readonly Context[], k: number): Promise<Ranking[]>;
  readonly inNumbers: InNumbers<Promise<NumberedRanking[]>>;
  /** Stops the threads; pending calls fail. */
  close(): Promise<void>;
}

/** A question to a thread. */
export interface ParallelQuestion {
  readonly contexts: readonly NumberedContext[];
  readonly k: number;
}

/**
 * Starts the threads and waits until each has restored the recommender.
 *
 * @param recommender only its name and saved state are used
 * @param catalogue the one it was fitted on
 * @param threads default: one per usable core
 */
export async function parallelRecommender(
  recommender: Pick<FittedRecommender, "name" | "save">,
  { tracks, artists }: Catalogue,
  threads = usableCores(),
): Promise<ParallelRecommender> {
  const workerData = { state: recommender.save(), catalogue: { tracks, artists } };
  const url = besideUrl(import.meta.url, "./parallel-worker.js");
  const lanes = Array.from(
    { length: threads },
    () => new AskedThread<ParallelQuestion, NumberedRanking[]>(url, workerData, "recommends"),
  );
  const close = async () => {
    await Promise.all(lanes.map((lane) => lane.end()));
  };
  try {
    // The first message of each thread says that it is ready.
    await Promise.all(lanes.map((lane) => lane.next()));
  } catch (error) {
    await close();
    throw error;
  }
  let next = 0;
  // Threads get track numbers, which are sent faster than ids.
  const ask = (contexts: readonly NumberedContext[], k: number) =>
    lanes[next++ % threads]!.ask({ contexts, k });
  const numbers = new TrackNumbers(tracks);
  const recommend = async (contexts: readonly Context[], k: number) => {
    checkQuestion(contexts, k);
    const numbered = contexts.map((context) => numbers.numbered(context));
    return (await ask(numbered, k)).map((ranking) => inIds(ranking, tracks));
  };
  return {
    name: recommender.name,
    lanes: threads,
    recommend,
    inNumbers: { tracks, insteadOf: recommend, recommend: ask },
    close,
  };
}
