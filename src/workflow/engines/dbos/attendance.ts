/** Reports what a run waits for, the database or a worker, and when it continues. */

/** Milliseconds to wait before reporting, so that a worker can be restarted or reconnect. */
const patience = 5000;

type Missing = "database" | "worker";

const back: Readonly<Record<Missing, string>> = {
  database: "the database answers again: the run continues",
  worker: "a worker has joined the queue: the run continues",
};

export class Attendance {
  readonly #say: (line: string) => void;
  readonly #database: string;
  #missing: Missing | undefined;
  #since: number;
  #said: Missing | undefined;

  /**
   * @param database its URL, as it may be shown
   * @param now milliseconds, from `performance.now()`
   */
  constructor(say: (line: string) => void, database: string, now: number) {
    this.#say = say;
    this.#database = database;
    this.#since = now;
  }

  /** @param workers how many are alive, at time `now`; undefined if the database does not answer */
  note(workers: number | undefined, now: number): void {
    const missing = workers === undefined ? "database" : workers === 0 ? "worker" : undefined;
    const changed = this.#missing !== undefined && this.#missing !== missing;
    if (missing === undefined || changed) this.#since = now;
    this.#missing = missing;
    if (missing === undefined) {
      if (this.#said !== undefined) this.#say(back[this.#said]);
      this.#said = undefined;
    } else if (this.#said !== missing && now - this.#since >= patience) {
      this.#said = missing;
      this.#say(
        missing === "worker"
          ? "no worker serves this queue, so the run waits: start one with `segue worker`"
          : `the database at ${this.#database} does not answer, so the run waits for it`,
      );
    }
  }
}
