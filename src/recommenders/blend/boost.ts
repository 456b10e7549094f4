/**
 * Gradient-boosted trees for ranking, leaf by leaf over histograms (after Ke et al. 2017, LightGBM), with a softmax over
 * the candidates of each query as the objective (ListNet, Cao et al. 2007): the loss is minus the log probability of the
 * track that did play next, and in part of those that played later.
 */
import { Random } from "../../system/index.js";
import { type Binned, binColumns } from "./bins.js";
import { Forest } from "./forest.js";

export interface BoostSettings {
  readonly trees: number;
  readonly leaves: number;
  readonly rate: number;
  /** The least sum of second derivatives in a leaf. */
  readonly leastHessian: number;
  /** L2 penalty on leaf values. */
  readonly lambda: number;
  /** The share of queries that each tree sees. */
  readonly querySample: number;
  /** The share of features that each tree sees. */
  readonly featureSample: number;
}

export interface RankingData {
  readonly width: number;
  /** Row-major feature values. */
  readonly values: Float32Array;
  /** Query q has the rows [offsets[q], offsets[q + 1]). */
  readonly offsets: Uint32Array;
  /** How much each row is an answer: 1 for what played next, a part of 1 for what played later, 0 for all others. */
  readonly relevance: Float32Array;
  /** How many candidates each row stands for (those left out of the training data are carried by their like). */
  readonly weights: Float32Array;
  /** The feature from whose values boosting starts: a guess that is already a ranking. */
  readonly start: number;
}

export interface BoostOptions {
  readonly seed: number;
  readonly onTree?: (tree: number, loss: number) => void;
}

interface Leaf {
  start: number;
  end: number;
  depth: number;
  gradient: number;
  hessian: number;
  histogram: Float64Array;
  gain: number;
  feature: number;
  bin: number;
  /** The node that this leaf hangs from, and on which side. */
  parent: number;
  side: 0 | 1;
}

export function boost(data: RankingData, settings: BoostSettings, options: BoostOptions): Forest {
  const random = new Random(options.seed);
  const binned = binColumns(data.values, data.width, random);
  const grower = new Grower(data, binned, settings, random);
  for (let tree = 0; tree < settings.trees; tree++) {
    const loss = grower.grow();
    options.onTree?.(tree, loss);
  }
  return grower.forest();
}

class Grower {
  readonly #features: number[] = [];
  readonly #thresholds: number[] = [];
  readonly #lefts: number[] = [];
  readonly #rights: number[] = [];
  readonly #leafValues: number[] = [];
  readonly #roots: number[] = [];
  readonly #bins: number[] = [];
  readonly #scores: Float64Array;
  readonly #gradients: Float32Array;
  readonly #hessians: Float32Array;
  readonly #order: Uint32Array;
  readonly #scratch: Uint32Array;
  readonly #leafGradients: Float32Array;
  readonly #leafHessians: Float32Array;
  readonly #pool: Float64Array[] = [];

  constructor(
    readonly data: RankingData,
    readonly binned: Binned,
    readonly settings: BoostSettings,
    readonly random: Random,
  ) {
    const { rows } = binned;
    this.#scores = Float64Array.from({ length: rows }, (_, r) => data.values[r * data.width + data.start]!);
    this.#gradients = new Float32Array(rows);
    this.#hessians = new Float32Array(rows);
    this.#order = new Uint32Array(rows);
    this.#scratch = new Uint32Array(rows);
    this.#leafGradients = new Float32Array(rows);
    this.#leafHessians = new Float32Array(rows);
  }

  /** Grows one tree; returns the mean loss before it. */
  grow(): number {
    const { data, settings, random } = this;
    const queries = data.offsets.length - 1;
    const loss = this.#derive();
    let count = 0;
    for (let q = 0; q < queries; q++) {
      if (settings.querySample < 1 && random.next() >= settings.querySample) continue;
      for (let r = data.offsets[q]!; r < data.offsets[q + 1]!; r++) this.#order[count++] = r;
    }
    const wanted = Math.max(1, Math.round(data.width * settings.featureSample));
    const chosen = random
      .shuffle(Uint32Array.from({ length: data.width }, (_, f) => f))
      .slice(0, wanted)
      .sort();
    this.#growTree(count, chosen);
    return loss / Math.max(1, queries);
  }

  /** First and second derivatives of the softmax loss at the scores of now; returns the loss. */
  #derive(): number {
    const { offsets, relevance, weights } = this.data;
    const scores = this.#scores;
    let loss = 0;
    for (let q = 0; q < offsets.length - 1; q++) {
      const start = offsets[q]!;
      const end = offsets[q + 1]!;
      let highest = Number.NEGATIVE_INFINITY;
      for (let r = start; r < end; r++) if (scores[r]! > highest) highest = scores[r]!;
      let sum = 0;
      let relevant = 0;
      for (let r = start; r < end; r++) {
        sum += weights[r]! * Math.exp(scores[r]! - highest);
        relevant += relevance[r]!;
      }
      const log = Math.log(sum) + highest;
      for (let r = start; r < end; r++) {
        const p = (weights[r]! * Math.exp(scores[r]! - highest)) / sum;
        if (relevance[r]! > 0) loss += relevance[r]! * (log - scores[r]!);
        this.#gradients[r] = relevant * p - relevance[r]!;
        this.#hessians[r] = Math.max(relevant * p * (1 - p), 1e-7);
      }
    }
    return loss;
  }

  #growTree(count: number, chosen: Uint32Array): void {
    const root: Leaf = this.#leaf(0, count, 0, -1, 0);
    this.#count(root, chosen);
    this.#findSplit(root, chosen);
    const leaves: Leaf[] = [root];
    const firstNode = this.#features.length;
    while (leaves.length < this.settings.leaves) {
      let best = -1;
      for (let i = 0; i < leaves.length; i++) {
        if (leaves[i]!.gain > 1e-9 && (best < 0 || leaves[i]!.gain > leaves[best]!.gain)) best = i;
      }
      if (best < 0) break;
      const leaf = leaves[best]!;
      const [left, right] = this.#split(leaf);
      leaves[best] = left;
      leaves.push(right);
      const [small, large] = left.end - left.start <= right.end - right.start ? [left, right] : [right, left];
      this.#count(small, chosen);
      // The larger child's histogram is the parent's less the smaller child's.
      const histogram = leaf.histogram;
      for (const f of chosen) {
        const base = f * 512;
        const end = base + this.binned.borders[f]!.length * 2;
        for (let i = base; i < end; i++) histogram[i]! -= small.histogram[i]!;
      }
      large.histogram = histogram;
      this.#findSplit(small, chosen);
      this.#findSplit(large, chosen);
    }
    for (const leaf of leaves) {
      const value = (-leaf.gradient / (leaf.hessian + this.settings.lambda)) * this.settings.rate;
      const number = ~this.#leafValues.length;
      this.#leafValues.push(value);
      if (leaf.parent >= 0) (leaf.side === 0 ? this.#lefts : this.#rights)[leaf.parent] = number;
      else this.#roots.push(number);
      if (leaf.histogram.length > 0) this.#pool.push(leaf.histogram);
    }
    if (leaves.length > 1) this.#roots.push(firstNode);
    this.#addTree();
  }

  #leaf(start: number, end: number, depth: number, parent: number, side: 0 | 1): Leaf {
    let gradient = 0;
    let hessian = 0;
    for (let i = start; i < end; i++) {
      gradient += this.#gradients[this.#order[i]!]!;
      hessian += this.#hessians[this.#order[i]!]!;
    }
    const histogram = new Float64Array(0);
    return { start, end, depth, gradient, hessian, histogram, gain: 0, feature: -1, bin: -1, parent, side };
  }

  /** Fills the histogram of a leaf: sums of both derivatives by feature and bin. */
  #count(leaf: Leaf, chosen: Uint32Array): void {
    const { rows, bins } = this.binned;
    const histogram = this.#pool.pop() ?? new Float64Array(this.data.width * 512);
    histogram.fill(0);
    leaf.histogram = histogram;
    const size = leaf.end - leaf.start;
    const order = this.#order.subarray(leaf.start, leaf.end);
    const gradients = this.#leafGradients;
    const hessians = this.#leafHessians;
    for (let i = 0; i < size; i++) {
      gradients[i] = this.#gradients[order[i]!]!;
      hessians[i] = this.#hessians[order[i]!]!;
    }
    for (const f of chosen) {
      const sums = histogram.subarray(f * 512, f * 512 + 512);
      countColumn(bins.subarray(f * rows, (f + 1) * rows), order, size, gradients, hessians, sums);
    }
  }

  #findSplit(leaf: Leaf, chosen: Uint32Array): void {
    const { lambda, leastHessian } = this.settings;
    const { gradient, hessian, histogram } = leaf;
    const whole = (gradient * gradient) / (hessian + lambda);
    leaf.gain = 0;
    if (hessian < 2 * leastHessian) return;
    for (const f of chosen) {
      const base = f * 512;
      const bins = this.binned.borders[f]!.length;
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
        }
      }
    }
  }

  /** Turns a leaf into a node with two leaves; the rows of the left one come first. */
  #split(leaf: Leaf): [Leaf, Leaf] {
    const { rows, bins, borders } = this.binned;
    const column = bins.subarray(leaf.feature * rows, (leaf.feature + 1) * rows);
    const order = this.#order;
    let left = leaf.start;
    let right = 0;
    for (let i = leaf.start; i < leaf.end; i++) {
      const row = order[i]!;
      if (column[row]! <= leaf.bin) order[left++] = row;
      else this.#scratch[right++] = row;
    }
    order.set(this.#scratch.subarray(0, right), left);
    const node = this.#features.length;
    this.#features.push(leaf.feature);
    this.#bins.push(leaf.bin);
    this.#thresholds.push(borders[leaf.feature]![leaf.bin]!);
    this.#lefts.push(0);
    this.#rights.push(0);
    if (leaf.parent >= 0) (leaf.side === 0 ? this.#lefts : this.#rights)[leaf.parent] = node;
    return [
      this.#leaf(leaf.start, left, leaf.depth + 1, node, 0),
      this.#leaf(left, leaf.end, leaf.depth + 1, node, 1),
    ];
  }

  /** Adds the tree just grown to the scores of all rows, seen or not. */
  #addTree(): void {
    const { rows, bins } = this.binned;
    const root = this.#roots[this.#roots.length - 1]!;
    const features = this.#features;
    for (let r = 0; r < rows; r++) {
      let node = root;
      while (node >= 0) {
        node =
          bins[features[node]! * rows + r]! <= this.#bins[node]! ? this.#lefts[node]! : this.#rights[node]!;
      }
      this.#scores[r]! += this.#leafValues[~node]!;
    }
  }

  forest(): Forest {
    return new Forest({
      features: Uint16Array.from(this.#features),
      thresholds: Float32Array.from(this.#thresholds),
      lefts: Int32Array.from(this.#lefts),
      rights: Int32Array.from(this.#rights),
      leaves: Float32Array.from(this.#leafValues),
      roots: Int32Array.from(this.#roots),
    });
  }
}

/** The hot loop of the fit, on its own so that it is compiled on its own. */
function countColumn(
  column: Uint8Array,
  order: Uint32Array,
  size: number,
  gradients: Float32Array,
  hessians: Float32Array,
  sums: Float64Array,
): void {
  for (let i = 0; i < size; i++) {
    const at = column[order[i]!]! << 1;
    sums[at] = sums[at]! + gradients[i]!;
    sums[at + 1] = sums[at + 1]! + hessians[i]!;
  }
}
