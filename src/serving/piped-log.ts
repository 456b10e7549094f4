/**
 * A log written to a pipe. If the pipe's reader hangs, lines are buffered here; once the buffer is full, further lines are lost and
 * counted. A blocking write to the pipe would stop the endpoint, and all its clients, until the reader resumes.
 */
import type { Writable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import type { DestinationStream } from "pino";

/** Pipe writes up to this many bytes are atomic (PIPE_BUF), so that the lines of several processes never mix. */
const wholeBytes = 4096;

/** The stream to write to, and the size of the buffer in bytes. */
export interface PipedLogOptions {
  readonly stream: Writable;
  readonly mostKept: number;
  /** Called with the number of lost lines once half of the buffer is free again. */
  readonly onLost: (lines: number) => void;
}

export class PipedLog implements DestinationStream {
  readonly #stream: Writable;
  readonly #mostKept: number;
  readonly #onLost: (lines: number) => void;
  /** Waiting lines, in batches that one atomic write can hold. */
  #batches: string[] = [];
  #lastBytes = 0;
  #kept = 0;
  #lost = 0;

  /** @param options.stream one that never blocks, such as `process.stderr` if it is a pipe */
  constructor({ stream, mostKept, onLost }: PipedLogOptions) {
    this.#stream = stream;
    this.#mostKept = mostKept;
    this.#onLost = onLost;
    // Without a listener, a reader that has gone would end the process.
    stream.on("error", () => {});
  }

  write(line: string): void {
    if (this.#stream.destroyed) return;
    const bytes = Buffer.byteLength(line);
    if (this.#kept + bytes > this.#mostKept || (this.#lost > 0 && !this.#tellLost())) {
      this.#lost++;
      return;
    }
    if (this.#batches.length === 0 && this.#stream.writableLength === 0) this.#send(line);
    else this.#keep(line, bytes);
  }

  /**
   * @param milliseconds how long to wait at most
   * @returns whether all buffered lines have been written
   */
  async written(milliseconds: number): Promise<boolean> {
    for (const until = performance.now() + milliseconds; !this.#isIdle; await wait(10))
      if (performance.now() >= until) return false;
    return true;
  }

  get #isIdle(): boolean {
    return this.#stream.destroyed || (this.#batches.length === 0 && this.#stream.writableLength === 0);
  }

  #keep(line: string, bytes: number): void {
    const last = this.#batches.length - 1;
    if (last >= 0 && this.#lastBytes + bytes <= wholeBytes) {
      this.#batches[last] += line;
      this.#lastBytes += bytes;
    } else {
      this.#batches.push(line);
      this.#lastBytes = bytes;
    }
    this.#kept += bytes;
  }

  #send(lines: string): void {
    this.#stream.write(lines, this.#sendMore);
  }

  readonly #sendMore = (): void => {
    while (this.#batches.length > 0 && this.#stream.writableLength === 0) {
      const lines = this.#batches.shift()!;
      this.#kept -= Buffer.byteLength(lines);
      this.#send(lines);
    }
    if (this.#lost > 0) this.#tellLost();
  };

  /** Waits for half of the buffer to be free, or every line that fits would be followed by a line about lost ones. */
  #tellLost(): boolean {
    if (this.#kept > this.#mostKept / 2) return false;
    const lines = this.#lost;
    this.#lost = 0;
    this.#onLost(lines);
    return true;
  }
}
