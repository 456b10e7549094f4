/** The matrices in the kernel's memory: rows padded to whole vectors there, packed where others see them. */
import { blocks, type Steps } from "../system/index.js";
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

  /** Copies of so many rows, packed; in steps. */
  *read(firstRow: number, count: number): Steps<Float32Array> {
    const packed = new Float32Array(count * this.size);
    for (const [from, to] of this.#pieces(count)) {
      this.#pack(firstRow + from, packed.subarray(from * this.size, to * this.size));
      yield;
    }
    return packed;
  }

  /** Writes packed rows to where they belong; in steps. */
  *write(firstRow: number, packed: Float32Array): Steps<void> {
    for (const [from, to] of this.#pieces(packed.length / this.size)) {
      this.#unpack(packed.subarray(from * this.size, to * this.size), firstRow + from);
      yield;
    }
  }

  /**
   * Writes zeros to rows that are zero already, in steps: memory that is read before it is first written is mapped twice, the second time
   * while every thread that uses it waits.
   */
  *clear(firstRow: number, count: number): Steps<void> {
    const start = this.layout.rows / 4 + firstRow * this.#stride;
    for (const [from, to] of this.#pieces(count)) {
      this.#floats.fill(0, start + from * this.#stride, start + to * this.#stride);
      yield;
    }
  }

  /** Pieces of rows with at most about a million values. */
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
