/** The matrices in the kernel's memory, whose rows are padded to whole vectors, and their packed form outside. */
import { blocks, type Steps } from "../../system/index.js";
import type { Layout } from "./layout.js";

/** The matrices outside the kernel: n×size, row-major, packed. */
export interface Weights {
  /** One row per track (gensim's wv.vectors). */
  readonly inputs: Float32Array;
  /** One row per track (gensim's syn1neg); only with negative sampling. */
  readonly outputs?: Float32Array;
  /** One row per inner node of the Huffman tree (gensim's syn1); only with hierarchical softmax. */
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

  /** A packed copy of `count` rows. Runs in steps. */
  *read(firstRow: number, count: number): Steps<Float32Array> {
    const packed = new Float32Array(count * this.size);
    for (const [from, to] of this.#pieces(count)) {
      this.#pack(firstRow + from, packed.subarray(from * this.size, to * this.size));
      yield;
    }
    return packed;
  }

  /** Writes packed rows. Runs in steps. */
  *write(firstRow: number, packed: Float32Array): Steps<void> {
    for (const [from, to] of this.#pieces(packed.length / this.size)) {
      this.#unpack(packed.subarray(from * this.size, to * this.size), firstRow + from);
      yield;
    }
  }

  /**
   * Writes zeros to rows that are zero already, in steps: pages that are read before the first write are mapped twice, the second time
   * while every thread that uses them waits.
   */
  *clear(firstRow: number, count: number): Steps<void> {
    const start = this.layout.rows / 4 + firstRow * this.#stride;
    for (const [from, to] of this.#pieces(count)) {
      this.#floats.fill(0, start + from * this.#stride, start + to * this.#stride);
      yield;
    }
  }

  /** Ranges of rows with at most about a million values. */
  #pieces(rows: number): Iterable<readonly [number, number]> {
    return blocks(0, rows, Math.max(1, Math.floor(2 ** 20 / this.size)));
  }

  #pack(firstRow: number, packed: Float32Array): void {
    let at = this.layout.rows / 4 + firstRow * this.#stride;
    if (this.size === this.#stride) {
      packed.set(this.#floats.subarray(at, at + packed.length));
      return;
    }
    for (let to = 0; to < packed.length; to += this.size, at += this.#stride) {
      packed.set(this.#floats.subarray(at, at + this.size), to);
    }
  }

  #unpack(packed: Float32Array, firstRow: number): void {
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
