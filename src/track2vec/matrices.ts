/** The matrices in the kernel's memory: rows padded to whole vectors there, packed where others see them. */
import type { Layout } from "./layout.js";

/** Matrices as they are given in and out: n×size, row-major, packed. */
export interface Weights {
  /** One row a track (gensim's wv.vectors). */
  readonly inputs: Float32Array;
  /** One row a track (gensim's syn1neg); without negative sampling there are none. */
  readonly outputs?: Float32Array;
  /** One row an inner node of the Huffman tree (gensim's syn1); only with hierarchical softmax. */
  readonly nodes?: Float32Array;
}

export class Matrices {
  readonly #floats: Float32Array;
  readonly #stride: number;

  constructor(
    memory: WebAssembly.Memory,
    readonly layout: Layout,
    readonly size: number,
  ) {
    this.#floats = new Float32Array(memory.buffer);
    this.#stride = layout.rowBytes / 4;
  }

  read(firstRow: number, count: number): Float32Array {
    if (this.size === this.#stride) {
      const from = this.layout.rows / 4 + firstRow * this.#stride;
      return Float32Array.from(this.#floats.subarray(from, from + count * this.#stride));
    }
    const packed = new Float32Array(count * this.size);
    let at = this.layout.rows / 4 + firstRow * this.#stride;
    for (let row = 0; row < count; row++, at += this.#stride) {
      packed.set(this.#floats.subarray(at, at + this.size), row * this.size);
    }
    return packed;
  }

  write(firstRow: number, packed: Float32Array): void {
    let at = this.layout.rows / 4 + firstRow * this.#stride;
    if (this.size === this.#stride) {
      this.#floats.set(packed, at);
      return;
    }
    for (let from = 0; from < packed.length; from += this.size, at += this.#stride) {
      this.#floats.set(packed.subarray(from, from + this.size), at);
    }
  }
}
