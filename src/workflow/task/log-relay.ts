/**
 * Relays what a task prints to the run's listener. While a step prints without a pause nothing can be sent, and the queue would
 * fill the memory. So the queue is bounded: further lines are dropped and counted. The task's log has them all.
 */

/** The limit of the queue, in characters. */
const mostWaiting = 16 * 2 ** 20;
/** The overhead of a line, in characters. */
const perLine = 100;

export class LogRelay {
  readonly #send: (stream: "out" | "err", line: string, sent: () => void) => void;
  #waiting = 0;
  #leftOut = 0;

  /** @param send calls `sent` when the line has been sent */
  constructor(send: (stream: "out" | "err", line: string, sent: () => void) => void) {
    this.#send = send;
  }

  pass(stream: "out" | "err", line: string): void {
    if (this.#waiting >= mostWaiting) {
      this.#leftOut++;
      return;
    }
    this.#tellLeftOut();
    const size = line.length + perLine;
    this.#waiting += size;
    this.#send(stream, line, () => {
      this.#waiting -= size;
    });
  }

  /** Reports the lines dropped since the last one sent. */
  end(): void {
    this.#tellLeftOut();
  }

  #tellLeftOut(): void {
    if (this.#leftOut === 0) return;
    const lines = `${this.#leftOut.toLocaleString("en-US")} more ${this.#leftOut === 1 ? "line" : "lines"}`;
    this.#leftOut = 0;
    this.#send("err", `… ${lines}: \`segue logs\` has everything the task printed`, () => {});
  }
}
