/**
 * Passes on what a task prints to whoever watches the run. A step that prints without a pause lets nothing be sent meanwhile: what
 * waits would fill the memory. So much waits at most; how many lines were left out is said. The task's log has them all.
 */

/** Characters that may wait to be sent. */
const mostWaiting = 16 * 2 ** 20;
/** What a line costs besides its characters. */
const perLine = 100;

export class LogRelay {
  readonly #send: (stream: "out" | "err", line: string, sent: () => void) => void;
  #waiting = 0;
  #leftOut = 0;

  /** @param send calls `sent` when the line is on its way */
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

  /** Says what was left out last. */
  end(): void {
    this.#tellLeftOut();
  }

  #tellLeftOut(): void {
    if (this.#leftOut === 0) return;
    const lines = `${this.#leftOut.toLocaleString("en-US")} ${this.#leftOut === 1 ? "line" : "lines"}`;
    this.#leftOut = 0;
    this.#send("err", `… ${lines} more: \`segue logs\` has all that the task printed`, () => {});
  }
}
