/**
 * A log that goes through a pipe: where its reader takes nothing, lines wait here, and what comes after is lost and counted. The endpoint
 * goes on meanwhile. A write to the pipe itself would wait for the reader, and all clients with it.
 */
import type { Writable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import type { DestinationStream } from "pino";

/** A pipe takes so many bytes whole or not at all, so that the lines of several processes never mix. */
const wholeBytes = 4096;

/** Where lines go, and how many bytes of them may wait. */
export interface PipedLogOptions {
  readonly stream: Writable;
  readonly mostKept: number;
  /** Called with how many lines were lost, once half of the room is free again. */
  readonly onLost: (lines: number) => void;
}

export class PipedLog implements DestinationStream {
  readonly #stream: Writable;
  readonly #mostKept: number;
  readonly #onLost: (lines: number) => void;
  /** Lines that wait, as many together as a pipe takes whole. */
  #batches: string[] = [];
  #lastBytes = 0;
  #kept = 0;
  #lost = 0;

  /** @param options.stream one that never blocks, such as `process.stderr` where it is a pipe */
  constructor({ stream, mostKept, onLost }: PipedLogOptions) {
    this.#stream = stream;
    this.#mostKept = mostKept;
    this.#onLost = onLost;
    // With nobody to hear of it a reader that has gone would end the process.
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
   * @returns whether all lines that were kept have gone
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

  /** Only where there is much room, or each line that fits would bring one about those that did not. */
  #tellLost(): boolean {
    if (this.#kept > this.#mostKept / 2) return false;
    const lines = this.#lost;
    this.#lost = 0;
    this.#onLost(lines);
    return true;
  }
}
