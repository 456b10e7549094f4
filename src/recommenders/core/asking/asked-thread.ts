/** Worker threads that answer questions, one after another. */
import { parentPort, type Worker } from "node:worker_threads";
import {
  type ErrorData,
  errorData,
  errorFrom,
  isSegueError,
  ownThread,
  SegueError,
} from "../../../system/index.js";

/** A thread's reply. A `SegueError` is sent field by field, since cloning it as an error would lose its hint. */
type Said<Answer> =
  | { readonly answer: Answer }
  | { readonly refused: ErrorData }
  | { readonly error: unknown };

/** The asking side. */
export class AskedThread<Question, Answer> {
  readonly #worker: Worker;
  /** Pending promises; answers come in the order of the questions. */
  readonly #waiting: Array<{ resolve: (answer: Answer) => void; reject: (error: unknown) => void }> = [];
  /** The reason, once there will be no more answers. */
  #ended: unknown;

  /** @param what completes "a thread that …" in the message if it ends before it has answered */
  constructor(url: URL, workerData: unknown, what: string) {
    this.#worker = ownThread(url, { workerData });
    this.#worker.on("message", (said: Said<Answer>) => {
      const { resolve, reject } = this.#waiting.shift()!;
      if ("answer" in said) resolve(said.answer);
      else reject("error" in said ? said.error : errorFrom(said.refused));
    });
    const fail = (error: unknown) => {
      this.#ended ??= error;
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    };
    this.#worker.on("error", fail);
    this.#worker.on("exit", () => fail(new SegueError(`a thread that ${what} ended early`)));
  }

  /** Rejects if the question cannot be sent, or the thread ends or has ended. */
  ask(question: Question): Promise<Answer> {
    try {
      this.#worker.postMessage(question);
    } catch (error) {
      // Without adding a pending promise: the next answer would resolve it.
      return Promise.reject(error);
    }
    return this.next();
  }

  /** The next answer that is not awaited yet: to a question, or the unasked message of a thread that is ready. */
  next(): Promise<Answer> {
    const answer = new Promise<Answer>((resolve, reject) => {
      if (this.#ended === undefined) this.#waiting.push({ resolve, reject });
      else reject(this.#ended);
    });
    // No unhandled rejection if this fails before the caller awaits it.
    answer.catch(() => {});
    return answer;
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}

/**
 * The answering side: sends what `compute` returns or throws.
 *
 * @param handed the buffers of an answer to transfer rather than copy; this thread can no longer use them
 */
export function say<Answer>(
  compute: () => Answer,
  handed: (answer: Answer) => ArrayBuffer[] = () => [],
): void {
  const post = (said: Said<Answer>, buffers: ArrayBuffer[] = []) => parentPort!.postMessage(said, buffers);
  try {
    const answer = compute();
    post({ answer }, handed(answer));
  } catch (error) {
    post(isSegueError(error) ? { refused: errorData(error) } : { error });
  }
}
