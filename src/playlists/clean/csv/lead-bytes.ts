/**
 * Finds non-ASCII characters in UTF-8 text, four bytes at a time. This saves looking at each byte of text that has few of them.
 */
import { isAscii } from "node:buffer";

export class LeadBytes {
  readonly #words: Int32Array;
  #found: number;

  constructor(text: Buffer) {
    // Only aligned text can be viewed as words. In other text, and after the last word, every position counts as found.
    const isAligned = text.byteOffset % 4 === 0;
    this.#words = new Int32Array(
      isAligned ? text.buffer : new ArrayBuffer(0),
      isAligned ? text.byteOffset : 0,
      isAligned ? text.length >> 2 : 0,
    );
    this.#found = isAscii(text) ? text.length : this.#find(0);
  }

  /**
   * A position at, or up to three bytes before, the first byte from `from` on that begins a multi-byte character; the length of the
   * text if there is none. Call it with ascending positions.
   */
  next(from: number): number {
    if (this.#found < from) this.#found = this.#find(from);
    return this.#found;
  }

  #find(from: number): number {
    const words = this.#words;
    for (let i = from >> 2; i < words.length; i++) {
      const word = words[i]!;
      // Whether the two highest bits of any byte are set.
      if ((word & (word << 1) & 0x80808080) !== 0) return Math.max(from, i << 2);
    }
    return Math.max(from, words.length << 2);
  }
}
