/** A worker thread that opens a bundle and answers from it: started by `openThreads`, controlled by messages. */
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { type BundleContents, readBundle } from "../../bundle/index.js";
import { bundlePath, isFolder } from "../model/bundle-path.js";
import { servedModelOf } from "../model/bundle-source.js";
import { answer } from "./answer.js";
import { Batcher } from "./batcher.js";
import { LiveModel } from "./served-model.js";
import {
  type Answered,
  type FromThread,
  failureOf,
  type Shared,
  type ThreadData,
  type ToThread,
} from "./thread-messages.js";

/**
 * Milliseconds between the start and building the search index. The server loads its HTTP modules meanwhile, and a short-lived server
 * never needs the index.
 */
const searchAfter = 1_000;

const say = (message: FromThread) => parentPort!.postMessage(message);

async function openModel({ place, recommender, warmUp = 0, from }: ThreadData) {
  let read: BundleContents | string | undefined = from && (await sharedBy(from));
  if (read === undefined) {
    const path = await bundlePath(place);
    // An archive is only unpacked while it is being read, so each thread has to read it.
    read = (await isFolder(path)) ? await readBundle(path) : path;
  }
  const live = new LiveModel(await servedModelOf(read, place, { recommender }));
  if (warmUp > 0) await warm(live, warmUp);
  return { live, contents: typeof read === "string" ? undefined : read };
}

/**
 * Builds the search index, for which the first unknown track would otherwise wait. Then answers contexts of ten tracks, drawn evenly
 * from the catalogue, for this many milliseconds, so that the code is compiled.
 */
async function warm(live: LiveModel, milliseconds: number): Promise<void> {
  await live.search();
  const { catalogue, recommenders, defaultRecommender } = live.model;
  const { tracks } = catalogue;
  if (tracks.length === 0) return;
  const until = performance.now() + milliseconds;
  // Steps of the golden ratio spread the draws evenly.
  for (let place = 0; performance.now() < until; ) {
    const context = Array.from({ length: 10 }, () => {
      place = (place + 0.618_033_988_75) % 1;
      return tracks[Math.floor(place * tracks.length)]!;
    });
    recommenders[defaultRecommender]!.recommend([{ tracks: context }], 20);
  }
}

/** What another thread has read, or undefined if it ended before sending it. */
function sharedBy(port: MessagePort): Promise<BundleContents | undefined> {
  return new Promise((resolve) => {
    port.once("message", ({ contents }: Shared) => {
      port.close();
      resolve(contents);
    });
    port.once("close", () => resolve(undefined));
  });
}

/** Answers incoming questions. Answers of the same turn go back in one message; none waits for later ones. */
function answerAll(live: LiveModel, contents: BundleContents | undefined): void {
  let answers: Answered[] = [];
  let batches: number[] = [];
  const batcher = new Batcher((size) => batches.push(size));
  const give = (answered: Answered) => {
    if (answers.push(answered) > 1) return;
    // Runs after all promises of this turn have settled and before the next turn.
    process.nextTick(() => {
      say({ answers, batches });
      answers = [];
      batches = [];
    });
  };
  parentPort!.on("message", (told: ToThread) => {
    if ("share" in told) {
      told.share.postMessage({ contents } satisfies Shared);
      return;
    }
    for (const { id, question } of told) {
      answer(live, batcher, question).then(
        (given) => give({ id, answer: given }),
        (error: unknown) => give({ id, failure: failureOf(error) }),
      );
    }
  });
}

try {
  const { live, contents } = await openModel(workerData as ThreadData);
  answerAll(live, contents);
  say({ ready: { version: live.version, defaultRecommender: live.model.defaultRecommender } });
  // If it fails, the next request that needs the index retries and reports the error.
  setTimeout(() => void live.search().catch(() => {}), searchAfter);
} catch (error) {
  say({ failure: failureOf(error) });
}
