/** Boosted regression trees, flat in typed arrays: what the ranker is once it is fitted. */
import { MemoryPlan } from "./memory-plan.js";

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

interface ForestKernel {
  addTrees(
    rows: number,
    width: number,
    picked: number,
    count: number,
    nodes: number,
    leaves: number,
    roots: number,
    depths: number,
    from: number,
    to: number,
    scores: number,
  ): void;
}

/** A forest with room for the rows that it is asked about (assembly/boost.ts, `addTrees`). */
export class Forest {
  readonly arrays: ForestArrays;
  readonly trees: number;
  /** One row of features a candidate, `width` numbers each. */
  readonly rows: Float32Array;
  /** The row of each score, and the scores; of both, the first `count` of `add` count. */
  readonly picked: Uint32Array;
  readonly scores: Float64Array;
  readonly #width: number;
  readonly #kernel: ForestKernel;
  readonly #addresses: readonly [nodes: number, leaves: number, roots: number, depths: number];

  /** @param most how many rows there is room for */
  constructor(arrays: ForestArrays, most: number, width: number) {
    this.arrays = arrays;
    this.trees = arrays.roots.length;
    this.#width = width;
    const count = arrays.features.length + arrays.leaves.length;
    const plan = new MemoryPlan();
    const nodesAt = plan.place(count * 16);
    const leavesAt = plan.place(count * 4);
    const rootsAt = plan.place(this.trees * 4);
    const depthsAt = plan.place(this.trees * 4);
    const rowsAt = plan.place(most * width * 4);
    const pickedAt = plan.place(most * 4);
    const scoresAt = plan.place(most * 8);
    const { kernel, buffer } = plan.make<ForestKernel>(
      "boost",
      `${this.trees} boosted trees and ${most} candidates`,
      "Ask for fewer candidates (--set candidates=200).",
    );
    this.#kernel = kernel;
    this.rows = new Float32Array(buffer, rowsAt, most * width);
    this.picked = new Uint32Array(buffer, pickedAt, most);
    this.scores = new Float64Array(buffer, scoresAt, most);
    this.#addresses = [nodesAt, leavesAt, rootsAt, depthsAt];
    layOut(
      arrays,
      new Uint32Array(buffer, nodesAt, count * 4),
      new Float32Array(buffer, leavesAt, count),
      new Uint32Array(buffer, rootsAt, this.trees),
      new Uint32Array(buffer, depthsAt, this.trees),
    );
  }

  /** Adds the trees [from, to) to `scores[0 … count)`. */
  add(count: number, from: number, to: number): void {
    const { rows, picked, scores } = this;
    this.#kernel.addTrees(
      rows.byteOffset,
      this.#width,
      picked.byteOffset,
      count,
      ...this.#addresses,
      from,
      to,
      scores.byteOffset,
    );
  }
}

/** Inner nodes keep their numbers, leaf l becomes node (inner nodes + l). */
function layOut(
  arrays: ForestArrays,
  nodes: Uint32Array,
  values: Float32Array,
  roots: Uint32Array,
  depths: Uint32Array,
): void {
  const { features, thresholds, lefts, rights, leaves } = arrays;
  const inner = features.length;
  const numbers = new Float32Array(nodes.buffer, nodes.byteOffset, nodes.length);
  const placeOf = (node: number) => (node >= 0 ? node : inner + ~node);
  for (let n = 0; n < inner; n++) {
    nodes[4 * n] = features[n]!;
    numbers[4 * n + 1] = thresholds[n]!;
    nodes[4 * n + 2] = placeOf(lefts[n]!);
    nodes[4 * n + 3] = placeOf(rights[n]!);
  }
  for (let l = 0; l < leaves.length; l++) {
    const n = inner + l;
    nodes[4 * n] = 0;
    numbers[4 * n + 1] = Number.POSITIVE_INFINITY;
    nodes[4 * n + 2] = n;
    nodes[4 * n + 3] = n;
    values[n] = leaves[l]!;
  }
  const depthOf = (node: number): number =>
    node < 0 ? 0 : 1 + Math.max(depthOf(lefts[node]!), depthOf(rights[node]!));
  arrays.roots.forEach((root, tree) => {
    roots[tree] = placeOf(root);
    depths[tree] = depthOf(root);
  });
}
