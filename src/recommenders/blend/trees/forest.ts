/** The fitted ranker: boosted regression trees in flat typed arrays. */
import { misuse } from "../../../system/index.js";
import { kernelMemory } from "../../core/kernel-memory.js";

export interface ForestArrays {
  /** Node n of a tree splits on `features[n]`: left where value ≤ `thresholds[n]`. */
  readonly features: Uint16Array;
  readonly thresholds: Float32Array;
  /** Children by absolute node number; a leaf is ~(number of its value), that is, negative. */
  readonly lefts: Int32Array;
  readonly rights: Int32Array;
  readonly leaves: Float32Array;
  /** The root of each tree, by the same numbering; length = trees. */
  readonly roots: Int32Array;
}

/** Each leaf is a bit of a 32-bit word. */
export const mostLeaves = 32;
/** Rows that go through a tree side by side. */
const rowsAtOnce = 16;

interface ForestKernel {
  toColumns(
    rows: number,
    width: number,
    picked: number,
    count: number,
    columns: number,
    stride: number,
  ): void;
  addTrees(
    columns: number,
    stride: number,
    count: number,
    nodes: number,
    starts: number,
    leaves: number,
    from: number,
    to: number,
    scores: number,
  ): void;
}

/** A forest, with room for the rows to score (assembly/forest.ts). */
export class Forest {
  readonly arrays: ForestArrays;
  readonly trees: number;
  /** One row of `width` features per candidate. */
  readonly rows: Float32Array;
  /** The row of each score; `add` uses the first `count` of these and of `scores`. */
  readonly picked: Uint32Array;
  readonly scores: Float64Array;
  readonly #width: number;
  readonly #kernel: ForestKernel;
  readonly #columns: number;
  readonly #nodes: number;
  readonly #starts: number;
  readonly #leaves: number;
  /** Bytes from one column to the next. */
  readonly #stride: number;

  /** @param most the maximum number of rows */
  constructor(arrays: ForestArrays, most: number, width: number) {
    this.arrays = arrays;
    this.trees = arrays.roots.length;
    this.#width = width;
    const room = Math.ceil(most / rowsAtOnce) * rowsAtOnce;
    this.#stride = room * 4;
    const { kernel, arrays: own } = kernelMemory(
      "forest",
      {
        columns: [Float32Array, room * Math.ceil(width / 4) * 4],
        nodes: [Uint32Array, arrays.features.length * 4],
        starts: [Uint32Array, this.trees + 1],
        leaves: [Float32Array, this.trees * mostLeaves],
        // Padded, since four features are read at a time, even at the end of the last row.
        rows: [Float32Array, most * width + 4],
        picked: [Uint32Array, most],
        scores: [Float64Array, room],
      },
      `${this.trees} boosted trees and ${most} candidates`,
      "Ask for fewer candidates (the setting candidates, such as 100).",
    );
    this.#kernel = kernel as ForestKernel;
    this.rows = own.rows;
    this.picked = own.picked;
    this.scores = own.scores;
    this.#columns = own.columns.byteOffset;
    this.#nodes = own.nodes.byteOffset;
    this.#starts = own.starts.byteOffset;
    this.#leaves = own.leaves.byteOffset;
    layOut(arrays, own.nodes, own.starts, own.leaves);
  }

  /** Adds the trees [from, to) to `scores[0 … count)`. */
  add(count: number, from: number, to: number): void {
    if (count === 0) return;
    const { rows, picked, scores } = this;
    const kernel = this.#kernel;
    const columns = this.#columns;
    const stride = this.#stride;
    kernel.toColumns(rows.byteOffset, this.#width, picked.byteOffset, count, columns, stride);
    const { byteOffset } = scores;
    kernel.addTrees(columns, stride, count, this.#nodes, this.#starts, this.#leaves, from, to, byteOffset);
  }
}

/** Lays out nodes tree by tree, each with the bits of the leaves of its left subtree; leaves are numbered from left to right. */
function layOut(
  { features, thresholds, lefts, rights, leaves, roots }: ForestArrays,
  nodes: Uint32Array,
  starts: Uint32Array,
  values: Float32Array,
): void {
  const numbers = new Float32Array(nodes.buffer, nodes.byteOffset, nodes.length);
  let count = 0;
  let leaf = 0;
  let tree = 0;
  const visit = (node: number): void => {
    if (node < 0) {
      if (leaf === mostLeaves) throw misuse(`a tree has more than ${mostLeaves} leaves`);
      values[tree * mostLeaves + leaf++] = leaves[~node]!;
      return;
    }
    const at = 4 * count++;
    const first = leaf;
    visit(lefts[node]!);
    const toTheLeft = leaf - first;
    nodes[at] = features[node]!;
    numbers[at + 1] = thresholds[node]!;
    // Never all 32: at least one leaf is to the right.
    nodes[at + 2] = ((1 << toTheLeft) - 1) << first;
    visit(rights[node]!);
  };
  for (; tree < roots.length; tree++) {
    leaf = 0;
    visit(roots[tree]!);
    starts[tree + 1] = count;
  }
}
