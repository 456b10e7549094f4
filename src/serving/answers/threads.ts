/**
 * A model in worker threads: they read and check the bundle, restore the recommenders and answer, while the server's thread handles
 * HTTP. When a model is replaced its threads end, so nothing of it stays in memory.
 */
import { MessageChannel, type MessagePort, type Worker } from "node:worker_threads";
import { besideUrl, messageOf, ownThread, SegueError } from "../../system/index.js";
import { cutOff, HttpError } from "../http/http-error.js";
import { type Answer, type Answerer, type Question, threadHolds, weightOf } from "./question.js";
import {
  type Answered,
  type Asked,
  errorOf,
  type FromThread,
  type ThreadData,
  type ToThread,
} from "./thread-messages.js";

export interface ThreadsOptions {
  /** Default 1. They share the bundle's arrays; each restores its own recommenders from them. */
  readonly threads?: number;
  /**
   * How long each thread warms up before it takes questions, in milliseconds; default 0. Without it, a model that replaces another
   * would answer its first requests much more slowly, until its code is compiled and its search index is built.
   */
  readonly warmUp?: number;
  /** Cancels opening. */
  readonly signal?: AbortSignal;
  /** Called with the number of requests that one call of a recommender answered. */
  readonly onBatch?: (size: number) => void;
  /** Called once if a thread ends unexpectedly; the model is no longer `alive` then. */
  readonly onDeath?: (reason: string) => void;
}

/**
 * Opens a bundle in worker threads.
 *
 * @throws SegueError if the bundle cannot be opened
 */
export async function openThreads(
  bundle: Omit<ThreadData, "from" | "warmUp">,
  options: ThreadsOptions = {},
): Promise<Answerer> {
  const { threads = 1, warmUp = 0, signal } = options;
  const lanes: Lane[] = [];
  const closeAll = async () => {
    await Promise.all(lanes.map((lane) => lane.close()));
  };
  const onAbort = () => void closeAll();
  signal?.throwIfAborted();
  signal?.addEventListener("abort", onAbort, { once: true });
  const start = (from?: MessagePort) => {
    const lane = new Lane({ ...bundle, warmUp, from }, options.onBatch);
    lanes.push(lane);
    return lane.opened;
  };
  try {
    const { ready } = await start();
    const first = lanes[0]!;
    await Promise.all(
      Array.from({ length: threads - 1 }, () => {
        const { port1, port2 } = new MessageChannel();
        first.share(port1);
        return start(port2);
      }),
    );
    for (const { died } of lanes) if (died !== undefined) throw endedWhileOpening(died);
    return new ThreadedAnswerer(lanes, ready, options.onDeath);
  } catch (error) {
    await closeAll();
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}

type Opened = Extract<FromThread, { ready: unknown }>;

class ThreadedAnswerer implements Answerer {
  readonly version: string;
  readonly defaultRecommender: string;
  readonly interruptible = true;
  readonly #lanes: readonly Lane[];
  #alive = true;

  constructor(lanes: readonly Lane[], ready: Opened["ready"], onDeath: ThreadsOptions["onDeath"]) {
    this.version = ready.version;
    this.defaultRecommender = ready.defaultRecommender;
    this.#lanes = lanes;
    for (const lane of lanes) {
      lane.onDeath = (reason) => {
        if (!this.#alive) return;
        this.#alive = false;
        onDeath?.(reason);
      };
    }
  }

  get alive(): boolean {
    return this.#alive;
  }

  get holds(): number {
    return threadHolds * this.#lanes.length;
  }

  answer(question: Question): Promise<Answer> {
    let best: Lane | undefined;
    for (const lane of this.#lanes) if (lane.open && !(best && best.load <= lane.load)) best = lane;
    return best === undefined ? Promise.reject(gone()) : best.ask(question);
  }

  async close(): Promise<void> {
    this.#alive = false;
    await Promise.all(this.#lanes.map((lane) => lane.close()));
  }
}

interface Waiting {
  readonly weight: number;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** One thread. Questions of the same turn of the event loop are sent in one message. */
class Lane {
  readonly opened: Promise<Opened>;
  /** Why it ended, if it ended unexpectedly. */
  died: string | undefined;
  onDeath: (reason: string) => void = () => {};
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #onBatch: (size: number) => void;
  #outbox: Asked[] = [];
  #next = 0;
  #load = 0;
  #open = true;

  constructor(data: ThreadData, onBatch: (size: number) => void = () => {}) {
    this.#onBatch = onBatch;
    this.#worker = ownThread(besideUrl(import.meta.url, "./model-thread.js"), {
      workerData: data,
      transferList: data.from === undefined ? [] : [data.from],
    });
    this.opened = new Promise((resolve, reject) => {
      this.#worker.on("message", (message: FromThread) => {
        if ("answers" in message) this.#take(message.answers, message.batches);
        else if ("ready" in message) resolve(message);
        else reject(errorOf(message.failure));
      });
      const end = (reason: string) => {
        reject(endedWhileOpening(reason));
        this.#end(reason);
      };
      this.#worker.on("error", (error) => end(messageOf(error)));
      this.#worker.on("exit", (code) => end(`exit code ${code}`));
    });
    // With several lanes, one may fail before it is awaited: that is not an unhandled rejection.
    this.opened.catch(() => {});
  }

  get open(): boolean {
    return this.#open;
  }

  /** The work it has been given and not yet answered, in units of `weightOf`. */
  get load(): number {
    return this.#load;
  }

  ask(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const id = this.#next++;
      const weight = weightOf(question);
      this.#waiting.set(id, { weight, resolve, reject });
      this.#load += weight;
      if (this.#outbox.push({ id, question }) > 1) return;
      setImmediate(() => {
        this.#worker.postMessage(this.#outbox);
        this.#outbox = [];
      });
    });
  }

  /** Makes it send the contents it has read to another thread. */
  share(port: MessagePort): void {
    this.#worker.postMessage({ share: port } satisfies ToThread, [port]);
  }

  async close(): Promise<void> {
    this.#open = false;
    await this.#worker.terminate();
  }

  #take(answers: readonly Answered[], batches: readonly number[]): void {
    for (const size of batches) this.#onBatch(size);
    for (const one of answers) {
      const waiting = this.#waiting.get(one.id);
      this.#waiting.delete(one.id);
      this.#load -= waiting?.weight ?? 0;
      if ("answer" in one) waiting?.resolve(one.answer);
      else waiting?.reject(errorOf(one.failure));
    }
  }

  #end(reason: string): void {
    const why = this.#open ? gone() : cutOff();
    for (const { reject } of this.#waiting.values()) reject(why);
    this.#waiting.clear();
    if (!this.#open) return;
    this.#open = false;
    this.died = reason;
    this.onDeath(reason);
  }
}

function endedWhileOpening(reason: string): SegueError {
  return new SegueError(`the thread that opens the model ended: ${reason}`);
}

function gone(): HttpError {
  return new HttpError(503, {
    error: "the model is being reopened",
    code: "no-model",
    hint: "try again in a moment",
  });
}
