/**
 * Finds, in text as UTF-8, where characters are that ASCII does not have. A quick look ahead, four bytes at a time, for those who would
 * otherwise look at each byte of much text that has few of them.
 */
import { isAscii } from "node:buffer";

export class LeadBytes {
  readonly #words: Int32Array;
  #found: number;

  constructor(text: Buffer) {
    // Words stand at every fourth byte of memory; where the text does not, and behind the last of them, every place counts as found.
    const isAligned = text.byteOffset % 4 === 0;
    this.#words = new Int32Array(
      isAligned ? text.buffer : new ArrayBuffer(0),
      isAligned ? text.byteOffset : 0,
      isAligned ? text.length >> 2 : 0,
    );
    this.#found = isAscii(text) ? text.length : this.#find(0);
  }

  /**
   * At or up to three bytes before the first byte from `from` on that begins a character of several bytes; the length of the text
   * where there is none. To be asked for places in ascending order.
   */
  next(from: number): number {
    if (this.#found < from) this.#found = this.#find(from);
    return this.#found;
  }

  #find(from: number): number {
    const words = this.#words;
    for (let i = from >> 2; i < words.length; i++) {
      const word = words[i]!;
      // The two highest bits of a byte, both set.
      if ((word & (word << 1) & 0x80808080) !== 0) return Math.max(from, i << 2);
    }
    return Math.max(from, words.length << 2);
  }
}
