/** Says that nobody is there to work, once each time that it comes to be so, and when somebody is there again. */

/** Within it a worker that was ended is started again, and one that lost its connection is back. */
const patience = 5000;

export class Attendance {
  readonly #say: (line: string) => void;
  #lastSeen: number;
  #missed = false;

  /** @param now milliseconds, as of `performance.now()` */
  constructor(say: (line: string) => void, now: number) {
    this.#say = say;
    this.#lastSeen = now;
  }

  /** @param workers how many are alive */
  note(workers: number, now: number): void {
    if (workers > 0) {
      this.#lastSeen = now;
      if (this.#missed) this.#say("a worker is at the queue: the run goes on");
      this.#missed = false;
    } else if (!this.#missed && now - this.#lastSeen >= patience) {
      this.#missed = true;
      this.#say("no worker is at this queue, so the run waits: start one with `segue worker`");
    }
  }
}
