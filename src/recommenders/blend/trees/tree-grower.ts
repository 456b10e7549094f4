/** Grows trees leaf by leaf, each fitted to the derivatives of the loss after the trees before it. */
import type { Random } from "../../../system/index.js";
import { binValues } from "./bins.js";
import { type BoostMemory, cellsPerFeature, numbersPerNode } from "./boost-memory.js";
import type { ForestArrays } from "./forest.js";
import type { RankingData } from "./ranking-data.js";

export interface BoostSettings {
  /** The number of trees. */
  readonly trees: number;
  /** The maximum number of leaves per tree. */
  readonly leaves: number;
  /** The learning rate: a factor of all leaf values. */
  readonly rate: number;
  /** The minimum sum of second derivatives in a leaf. */
  readonly leastHessian: number;
  /** L2 penalty on leaf values. */
  readonly lambda: number;
  /** The share of queries sampled for each tree. */
  readonly querySample: number;
  /** The share of features sampled for each tree. */
  readonly featureSample: number;
}

interface Leaf {
  /** Its rows are order[start … end). */
  start: number;
  end: number;
  gradient: number;
  hessian: number;
  histogram: Float64Array;
  gain: number;
  /** The best split, and the sums of its left side. */
  feature: number;
  bin: number;
  leftGradient: number;
  leftHessian: number;
  /** The parent node (-1 for the root), and on which side of it this leaf is. */
  parent: number;
  side: 0 | 1;
}

export class TreeGrower {
  readonly #features: number[] = [];
  readonly #thresholds: number[] = [];
  readonly #lefts: number[] = [];
  readonly #rights: number[] = [];
  readonly #leafValues: number[] = [];
  readonly #roots: number[] = [];
  readonly #rows: number;
  readonly #borders: readonly Float32Array[];
  readonly #free: Float64Array[];

  constructor(
    readonly data: RankingData,
    readonly settings: BoostSettings,
    readonly random: Random,
    readonly memory: BoostMemory,
  ) {
    const { width, values, start } = data;
    this.#rows = values.length / width;
    this.#borders = binValues(values, width, random, memory);
    this.#free = [...memory.histograms];
    memory.offsets.set(data.offsets);
    memory.weights.set(data.weights);
    memory.relevance.set(data.relevance);
    const { scores } = memory;
    for (let r = 0; r < this.#rows; r++) scores[r] = values[r * width + start]!;
  }

  /** Grows one tree; returns the mean loss before it. */
  grow(): number {
    const { data, settings, random } = this;
    const { order, chosen } = this.memory;
    const queries = data.offsets.length - 1;
    const loss = this.#derive();
    let count = 0;
    for (let q = 0; q < queries; q++) {
      if (settings.querySample < 1 && random.next() >= settings.querySample) continue;
      for (let r = data.offsets[q]!; r < data.offsets[q + 1]!; r++) order[count++] = r;
    }
    const wanted = Math.max(1, Math.round(data.width * settings.featureSample));
    const drawn = random.shuffle(Uint32Array.from({ length: data.width }, (_, f) => f)).slice(0, wanted);
    chosen.set(drawn.sort());
    this.#growTree(count, chosen.subarray(0, wanted));
    return loss / Math.max(1, queries);
  }

  /** Computes the first and second derivatives of the softmax loss at the current scores; returns the loss. */
  #derive(): number {
    const { kernel, offsets, weights, relevance, scores, derivatives, losses } = this.memory;
    kernel.derive(
      offsets.length - 1,
      offsets.byteOffset,
      weights.byteOffset,
      relevance.byteOffset,
      scores.byteOffset,
      derivatives.byteOffset,
      losses.byteOffset,
    );
    let loss = 0;
    for (let at = 0; at < losses.length; at += 3)
      loss += losses[at + 1]! * Math.log(losses[at]!) + losses[at + 2]!;
    return loss;
  }

  #growTree(count: number, chosen: Uint32Array): void {
    const { kernel } = this.memory;
    const root = leafAt(0, count, -1, 0);
    this.#count(root, chosen);
    this.#sum(root, chosen[0]!);
    this.#findSplit(root, chosen);
    const leaves: Leaf[] = [root];
    const firstNode = this.#features.length;
    const firstLeaf = this.#leafValues.length;
    while (leaves.length < this.settings.leaves) {
      let best = -1;
      for (let i = 0; i < leaves.length; i++) {
        if (leaves[i]!.gain > 1e-9 && (best < 0 || leaves[i]!.gain > leaves[best]!.gain)) best = i;
      }
      if (best < 0) break;
      const leaf = leaves[best]!;
      const [left, right] = this.#split(leaf, firstNode);
      leaves[best] = left;
      leaves.push(right);
      const [small, large] = left.end - left.start <= right.end - right.start ? [left, right] : [right, left];
      this.#count(small, chosen);
      // The larger child's histogram is the parent's minus the smaller child's.
      large.histogram = leaf.histogram;
      kernel.subtract(
        large.histogram.byteOffset,
        small.histogram.byteOffset,
        chosen.byteOffset,
        chosen.length,
      );
      this.#findSplit(small, chosen);
      this.#findSplit(large, chosen);
    }
    for (const leaf of leaves) {
      const value = (-leaf.gradient / (leaf.hessian + this.settings.lambda)) * this.settings.rate;
      const number = ~this.#leafValues.length;
      this.#leafValues.push(value);
      if (leaf.parent >= 0) (leaf.side === 0 ? this.#lefts : this.#rights)[leaf.parent] = number;
      else this.#roots.push(number);
      this.#free.push(leaf.histogram);
    }
    if (leaves.length > 1) this.#roots.push(firstNode);
    this.#addTree(firstNode, firstLeaf);
  }

  /** Fills the histogram of a leaf: sums of both derivatives by feature and bin. */
  #count(leaf: Leaf, chosen: Uint32Array): void {
    const { kernel, bins, derivatives, order } = this.memory;
    leaf.histogram = this.#free.pop()!;
    kernel.countRows(
      bins.byteOffset,
      this.#rows,
      this.data.width,
      derivatives.byteOffset,
      order.byteOffset + 4 * leaf.start,
      leaf.end - leaf.start,
      chosen.byteOffset,
      chosen.length,
      leaf.histogram.byteOffset,
    );
  }

  /** Computes a leaf's sums from the histogram of any feature. */
  #sum(leaf: Leaf, feature: number): void {
    const base = feature * cellsPerFeature * 2;
    for (let b = 0; b < cellsPerFeature; b++) {
      leaf.gradient += leaf.histogram[base + 2 * b]!;
      leaf.hessian += leaf.histogram[base + 2 * b + 1]!;
    }
  }

  #findSplit(leaf: Leaf, chosen: Uint32Array): void {
    const { lambda, leastHessian } = this.settings;
    const { gradient, hessian, histogram } = leaf;
    const whole = (gradient * gradient) / (hessian + lambda);
    leaf.gain = 0;
    if (hessian < 2 * leastHessian) return;
    for (const f of chosen) {
      const base = f * cellsPerFeature * 2;
      const bins = this.#borders[f]!.length;
      let g = 0;
      let h = 0;
      for (let b = 0; b < bins - 1; b++) {
        g += histogram[base + 2 * b]!;
        h += histogram[base + 2 * b + 1]!;
        if (h < leastHessian) continue;
        const rest = hessian - h;
        if (rest < leastHessian) break;
        const gain = (g * g) / (h + lambda) + (gradient - g) ** 2 / (rest + lambda) - whole;
        if (gain > leaf.gain) {
          leaf.gain = gain;
          leaf.feature = f;
          leaf.bin = b;
          leaf.leftGradient = g;
          leaf.leftHessian = h;
        }
      }
    }
  }

  /** Turns a leaf into a node with two leaves; the rows of the left one come first. */
  #split(leaf: Leaf, firstNode: number): [Leaf, Leaf] {
    const { kernel, bins, order, scratch, nodes } = this.memory;
    const size = leaf.end - leaf.start;
    const left = kernel.partition(
      bins.byteOffset,
      this.#rows,
      this.data.width,
      leaf.feature,
      leaf.bin,
      order.byteOffset + 4 * leaf.start,
      size,
      scratch.byteOffset,
    );
    const node = this.#features.length;
    this.#features.push(leaf.feature);
    this.#thresholds.push(this.#borders[leaf.feature]![leaf.bin]!);
    this.#lefts.push(0);
    this.#rights.push(0);
    nodes[(node - firstNode) * numbersPerNode] = leaf.feature;
    nodes[(node - firstNode) * numbersPerNode + 1] = leaf.bin;
    if (leaf.parent >= 0) (leaf.side === 0 ? this.#lefts : this.#rights)[leaf.parent] = node;
    const middle = leaf.start + left;
    return [
      { ...leafAt(leaf.start, middle, node, 0), gradient: leaf.leftGradient, hessian: leaf.leftHessian },
      {
        ...leafAt(middle, leaf.end, node, 1),
        gradient: leaf.gradient - leaf.leftGradient,
        hessian: leaf.hessian - leaf.leftHessian,
      },
    ];
  }

  /** Adds the new tree to the scores of all rows, including those it was not fitted on. */
  #addTree(firstNode: number, firstLeaf: number): void {
    const { kernel, bins, nodes, leafValues, scores } = this.memory;
    const local = (child: number) => (child >= 0 ? child - firstNode : ~(~child - firstLeaf));
    for (let n = firstNode; n < this.#features.length; n++) {
      nodes[(n - firstNode) * numbersPerNode + 2] = local(this.#lefts[n]!);
      nodes[(n - firstNode) * numbersPerNode + 3] = local(this.#rights[n]!);
    }
    leafValues.set(this.#leafValues.slice(firstLeaf));
    kernel.addTree(
      bins.byteOffset,
      this.data.width,
      this.#rows,
      nodes.byteOffset,
      local(this.#roots[this.#roots.length - 1]!),
      leafValues.byteOffset,
      scores.byteOffset,
    );
  }

  forest(): ForestArrays {
    return {
      features: Uint16Array.from(this.#features),
      thresholds: Float32Array.from(this.#thresholds),
      lefts: Int32Array.from(this.#lefts),
      rights: Int32Array.from(this.#rights),
      leaves: Float32Array.from(this.#leafValues),
      roots: Int32Array.from(this.#roots),
    };
  }
}

function leafAt(start: number, end: number, parent: number, side: 0 | 1): Leaf {
  return {
    start,
    end,
    parent,
    side,
    gradient: 0,
    hessian: 0,
    histogram: noHistogram,
    gain: 0,
    feature: -1,
    bin: -1,
    leftGradient: 0,
    leftHessian: 0,
  };
}

const noHistogram = new Float64Array(0);
