/**
 * The binary Huffman tree of hierarchical softmax (Mikolov et al. 2013; word2vec.c builds it the same way): frequent tokens
 * get short paths. Built from two queues: leaves in order of count, inner nodes in order of creation.
 */
import { blocks, orderByCount, type Steps } from "../../system/index.js";

export interface HuffmanPaths {
  /** The path of token i is `nodes[starts[i]] … nodes[starts[i + 1] - 1]`, from the root down. */
  readonly starts: Uint32Array;
  /** Each entry: inner node number × 2 + code (0: left, 1: right). Inner nodes are numbered 0 … n - 2. */
  readonly nodes: Uint32Array;
  /** The length of the longest path. */
  readonly depth: number;
}

/** The paths of tokens with these counts. */
export function* huffmanSteps(counts: ArrayLike<number>): Steps<HuffmanPaths> {
  const n = counts.length;
  if (n < 2) return { starts: new Uint32Array(n + 1), nodes: new Uint32Array(0), depth: 0 };
  // Leaf i is token order[i]; an extended vocabulary is not in order of count.
  const numbers = new Uint32Array(n);
  for (const [from, to] of blocks(0, n)) {
    for (let i = from; i < to; i++) numbers[i] = i;
    yield;
  }
  const order = yield* orderByCount(numbers, counts);
  const tree = new Tree(n);
  for (const [from, to] of blocks(0, n)) {
    tree.weigh(from, to, order, counts);
    yield;
  }
  for (const [from, to] of blocks(n, 2 * n - 1)) {
    tree.join(from, to);
    yield;
  }
  for (const [from, to] of blocks(0, 2 * n - 2)) {
    tree.measure(2 * n - 2 - from, 2 * n - 2 - to);
    yield;
  }
  const starts = new Uint32Array(n + 1);
  for (const [from, to] of blocks(0, n)) {
    for (let i = from; i < to; i++) starts[order[i]! + 1] = tree.length[i]!;
    yield;
  }
  let depth = 0;
  for (const [from, to] of blocks(0, n)) {
    for (let i = from; i < to; i++) {
      depth = Math.max(depth, starts[i + 1]!);
      starts[i + 1]! += starts[i]!;
    }
    yield;
  }
  const nodes = new Uint32Array(starts[n]!);
  // Smaller blocks: a path has about twenty nodes.
  for (const [from, to] of blocks(0, n, 4096)) {
    for (let leaf = from; leaf < to; leaf++) tree.path(leaf, nodes, starts[order[leaf]! + 1]!);
    yield;
  }
  return { starts, nodes, depth };
}

/** Leaves are 0 … n - 1 by falling count, inner nodes n … 2n - 2 in order of creation; the last is the root. */
class Tree {
  /** The number of edges between each node and the root. */
  readonly length: Uint32Array;
  readonly #n: number;
  readonly #weight: Float64Array;
  readonly #parent: Uint32Array;
  readonly #code: Uint8Array;
  #leaf: number;
  #inner: number;

  constructor(n: number) {
    this.#n = n;
    this.#weight = new Float64Array(2 * n - 1);
    this.#parent = new Uint32Array(2 * n - 1);
    this.#code = new Uint8Array(2 * n - 1);
    this.length = new Uint32Array(2 * n - 1);
    this.#leaf = n - 1;
    this.#inner = n;
  }

  /** Leaf i is token `order[i]`. */
  weigh(from: number, to: number, order: Uint32Array, counts: ArrayLike<number>): void {
    for (let leaf = from; leaf < to; leaf++) this.#weight[leaf] = counts[order[leaf]!]!;
  }

  /** Creates the inner nodes `from` … `to` - 1, each from the two lightest nodes without a parent. */
  join(from: number, to: number): void {
    for (let made = from; made < to; made++) {
      const first = this.#lightest(made);
      const second = this.#lightest(made);
      this.#weight[made] = this.#weight[first]! + this.#weight[second]!;
      this.#parent[first] = made;
      this.#parent[second] = made;
      this.#code[second] = 1;
    }
  }

  /** @param made the number of the first inner node that does not exist yet */
  #lightest(made: number): number {
    const weight = this.#weight;
    const leafFirst =
      this.#leaf >= 0 && (this.#inner === made || weight[this.#leaf]! <= weight[this.#inner]!);
    return leafFirst ? this.#leaf-- : this.#inner++;
  }

  /** Computes `length` from `from` - 1 down to `to`: a parent always has the higher number. */
  measure(from: number, to: number): void {
    for (let node = from - 1; node >= to; node--) this.length[node] = this.length[this.#parent[node]!]! + 1;
  }

  /** Writes the path of a leaf, root first, ending just before `end`. */
  path(leaf: number, nodes: Uint32Array, end: number): void {
    let node = leaf;
    for (let left = this.length[leaf]!; left > 0; left--) {
      const parent = this.#parent[node]!;
      nodes[--end] = (parent - this.#n) * 2 + this.#code[node]!;
      node = parent;
    }
  }
}
