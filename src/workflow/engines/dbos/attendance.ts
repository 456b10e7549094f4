/** Reports what a run waits for, the database or a worker, and when it continues. */

import type { SegueError } from "../../../system/index.js";

/** Milliseconds to wait before reporting, so that a worker can be restarted or reconnect. */
const patience = 5000;

type Missing = "database" | "worker";

const back: Readonly<Record<Missing, string>> = {
  database: "the database can be used again: the run continues",
  worker: "a worker has joined the queue: the run continues",
};

export class Attendance {
  readonly #say: (line: string) => void;
  #missing: Missing | undefined;
  #since: number;
  /** What there was to say at the last look. */
  #line: string | undefined;
  #said: { readonly missing: Missing; readonly line: string } | undefined;

  /** @param now milliseconds, from `performance.now()` */
  constructor(say: (line: string) => void, now: number) {
    this.#say = say;
    this.#since = now;
  }

  /** @param workers how many are alive, at time `now`; if that is unknown, why the database cannot be used */
  note(workers: number | SegueError, now: number): void {
    const missing = typeof workers !== "number" ? "database" : workers === 0 ? "worker" : undefined;
    const changed = this.#missing !== undefined && this.#missing !== missing;
    if (missing === undefined || changed) this.#since = now;
    this.#missing = missing;
    const line = typeof workers === "number" ? noWorker : `${workers.message}; the run waits until it can`;
    const isLasting = line === this.#line;
    this.#line = line;
    if (missing === undefined) {
      if (this.#said !== undefined) this.#say(back[this.#said.missing]);
      this.#said = undefined;
    } else if (isLasting && this.#said?.line !== line && now - this.#since >= patience) {
      this.#said = { missing, line };
      this.#say(line);
    }
  }
}

const noWorker = "no worker serves this queue, so the run waits: start one with `segue worker`";
