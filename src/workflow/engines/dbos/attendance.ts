/** Reports when no worker is left at the queue, and when one is back. */

/** Milliseconds to wait before reporting, so that a worker can be restarted or reconnect. */
const patience = 5000;

export class Attendance {
  readonly #say: (line: string) => void;
  #lastSeen: number;
  #missed = false;

  /** @param now milliseconds, from `performance.now()` */
  constructor(say: (line: string) => void, now: number) {
    this.#say = say;
    this.#lastSeen = now;
  }

  /** @param workers how many are alive, at time `now` */
  note(workers: number, now: number): void {
    if (workers > 0) {
      this.#lastSeen = now;
      if (this.#missed) this.#say("a worker has joined the queue: the run continues");
      this.#missed = false;
    } else if (!this.#missed && now - this.#lastSeen >= patience) {
      this.#missed = true;
      this.#say("no worker serves this queue, so the run waits: start one with `segue worker`");
    }
  }
}
