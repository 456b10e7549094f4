/** Threads that are asked and answer, one question after the other. */
import { parentPort, type Worker } from "node:worker_threads";
import {
  type ErrorData,
  errorData,
  errorFrom,
  isSegueError,
  ownThread,
  SegueError,
} from "../../system/index.js";

/** What a thread says to a question. A `SegueError` goes over field by field: copied as an error it would lose what to do about it. */
type Said<Answer> =
  | { readonly answer: Answer }
  | { readonly refused: ErrorData }
  | { readonly error: unknown };

/** In the thread that asks. */
export class AskedThread<Question, Answer> {
  readonly #worker: Worker;
  /** Who waits for an answer; answers come in the order of questions. */
  readonly #waiting: Array<{ resolve: (answer: Answer) => void; reject: (error: unknown) => void }> = [];
  /** Why there will be no more answers, once there will be none. */
  #ended: unknown;

  /** @param what the thread does, for the message where it ends before it has answered: "a thread that …" */
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

  /** The promise fails where the question cannot be sent, or the thread ends, or has ended. */
  ask(question: Question): Promise<Answer> {
    try {
      this.#worker.postMessage(question);
    } catch (error) {
      // Nobody may wait for an answer that will not come: the next one would be taken for it.
      return Promise.reject(error);
    }
    return this.next();
  }

  /** The next answer that nobody waits for yet: to a question, or what the thread says unasked when it has started. */
  next(): Promise<Answer> {
    const answer = new Promise<Answer>((resolve, reject) => {
      if (this.#ended === undefined) this.#waiting.push({ resolve, reject });
      else reject(this.#ended);
    });
    // Who asked may be busy with something else when this one fails.
    answer.catch(() => {});
    return answer;
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}

/**
 * In the thread that is asked: says what `compute` returns, or what it throws.
 *
 * @param handed the buffers of an answer that need not be copied, since nobody here uses them again
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
