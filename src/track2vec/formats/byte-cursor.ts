/** Reads a file of any size front to back, a few megabytes at a time. */
import { closeSync, openSync, readSync, statSync } from "node:fs";

const HELD_BYTES = 4 * 1024 * 1024;

export class ByteCursor {
  readonly size: number;
  readonly #file: number;
  readonly #buffer = Buffer.alloc(HELD_BYTES);
  #at = 0;
  #end = 0;
  #taken = 0;

  constructor(readonly path: string) {
    this.size = statSync(path).size;
    this.#file = openSync(path, "r");
  }

  /** The offset of the next byte. */
  get position(): number {
    return this.#taken;
  }

  /** The number of bytes left. */
  get left(): number {
    return this.size - this.#taken;
  }

  close(): void {
    closeSync(this.#file);
  }

  /** The next byte without consuming it; undefined at the end. */
  peek(): number | undefined {
    if (this.#at === this.#end && !this.#fill()) return undefined;
    return this.#buffer[this.#at];
  }

  skip(bytes: number): void {
    this.#at += bytes;
    this.#taken += bytes;
  }

  /**
   * The bytes before the next `stop`, which is consumed too; undefined if there are more than `most`, or if the file ends first
   * (unless `endStops`: then its end counts as a stop).
   */
  until(stop: number, most: number, endStops = false): Uint8Array | undefined {
    const parts: Buffer[] = [];
    let length = 0;
    for (;;) {
      if (this.#at === this.#end && !this.#fill()) return endStops ? Buffer.concat(parts) : undefined;
      const found = this.#buffer.subarray(this.#at, this.#end).indexOf(stop);
      const to = found < 0 ? this.#end : this.#at + found;
      parts.push(Buffer.from(this.#buffer.subarray(this.#at, to)));
      length += to - this.#at;
      this.skip(to - this.#at);
      if (length > most) return undefined;
      if (found < 0) continue;
      this.skip(1);
      return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
    }
  }

  /** Fills `into`; false if the file ends first. */
  take(into: Uint8Array): boolean {
    for (let done = 0; done < into.length; ) {
      if (this.#at === this.#end && !this.#fill()) return false;
      const bytes = Math.min(into.length - done, this.#end - this.#at);
      into.set(this.#buffer.subarray(this.#at, this.#at + bytes), done);
      this.skip(bytes);
      done += bytes;
    }
    return true;
  }

  #fill(): boolean {
    this.#at = 0;
    this.#end = readSync(this.#file, this.#buffer, 0, HELD_BYTES, null);
    return this.#end > 0;
  }
}
