/**
 * t-SNE (van der Maaten & Hinton, JMLR 9, 2008) with Barnes–Hut repulsion and scikit-learn's defaults, so that results are
 * comparable. Single-threaded; the same points, options and seed always give the same layout.
 */
import {
  besideWork,
  misuse,
  numberWithin,
  type Progress,
  requireOptions,
  requireWithin,
  seeds,
  silent,
  Turns,
  thingWith,
  type ValueRange,
  wholeNumber,
} from "../../system/index.js";
import { nearestNeighbours } from "./neighbours.js";
import { type Neighbours, type Similarities, similarities } from "./perplexity.js";
import { principalStart } from "./principal.js";
import { QuadTree } from "./quadtree.js";

export interface TsneOptions {
  /** The effective number of neighbours, ≥ 1; default 30, at most a third of the points. */
  readonly perplexity?: number;
  /** Default 1000; the first 250 exaggerate attraction twelvefold. */
  readonly iterations?: number;
  /** Accuracy of the repulsion, 0 (exact) … 1 (rough); default 0.5. */
  readonly theta?: number;
  /** An integer ≥ 0; default 1. */
  readonly seed?: number;
  /** Neighbours, if already known; default: by Euclidean distance. */
  readonly neighbours?: Neighbours;
  /** Reports the number of finished iterations. */
  readonly progress?: Progress;
  /** Aborts the layout. */
  readonly signal?: AbortSignal;
}

export interface TsneResult {
  /** x0, y0, x1, y1, … */
  readonly positions: Float64Array;
  /** Kullback–Leibler divergence of the layout from the points; lower is more faithful. */
  readonly divergence: number;
}

export const tsneRanges: Readonly<Record<keyof TsneOptions, ValueRange>> = {
  perplexity: numberWithin({ least: 1 }),
  iterations: wholeNumber(1),
  theta: numberWithin({ least: 0, most: 1 }),
  seed: seeds,
  neighbours: thingWith("neighbours", "each", "rows", "squared"),
  ...besideWork,
};

const exaggeration = 12;
const exaggerated = 250;

/**
 * Lays high-dimensional points out on a plane, so that near points stay near.
 *
 * @param points n × size, row-major, finite
 * @param size the number of dimensions
 * @throws SegueError (misuse) if there are fewer than 4 points, a number is not finite, or an option is unknown or out of range
 * @throws the signal's reason
 */
export async function tsne(
  points: Float32Array,
  size: number,
  options: TsneOptions = {},
): Promise<TsneResult> {
  requireOptions(options, tsneRanges, "tsne");
  requireWithin(wholeNumber(1), "size", size);
  if (!(points instanceof Float32Array) || points.length % size !== 0 || !points.every(Number.isFinite))
    throw misuse(`points must be a Float32Array of finite numbers, ${size} for each point`);
  const { iterations = 1000, theta = 0.5, seed = 1, progress = silent, signal } = options;
  const n = points.length / size;
  if (n < 4) throw misuse(`a map needs at least 4 points, not ${n}`);
  signal?.throwIfAborted();
  const perplexity = Math.min(options.perplexity ?? 30, (n - 1) / 3);
  const each = Math.min(n - 1, Math.floor(3 * perplexity));
  const neighbours =
    options.neighbours ?? (await nearestNeighbours(points, size, each, { progress, signal }));
  const near = similarities(neighbours, perplexity);
  const positions = principalStart(points, size, seed);
  const rate = Math.max(n / exaggeration / 4, 50);
  const tree = new QuadTree(n);
  const repulsion = new Float64Array(2 * n);
  const velocity = new Float64Array(2 * n);
  const gains = new Float64Array(2 * n).fill(1);
  const turns = new Turns(signal);
  for (let round = 0; round < iterations; round++) {
    const early = round < exaggerated;
    const momentum = early ? 0.5 : 0.8;
    tree.build(positions);
    const z = tree.repulsion(repulsion, theta);
    const pull = early ? exaggeration : 1;
    for (let i = 0; i < n; i++) {
      const [x, y] = [positions[2 * i]!, positions[2 * i + 1]!];
      let [ax, ay] = [0, 0];
      for (let at = near.starts[i]!; at < near.starts[i + 1]!; at++) {
        const j = near.columns[at]!;
        const dx = x - positions[2 * j]!;
        const dy = y - positions[2 * j + 1]!;
        const force = near.values[at]! / (1 + dx * dx + dy * dy);
        ax += force * dx;
        ay += force * dy;
      }
      repulsion[2 * i] = 4 * (pull * ax - repulsion[2 * i]! / z);
      repulsion[2 * i + 1] = 4 * (pull * ay - repulsion[2 * i + 1]! / z);
    }
    for (let i = 0; i < 2 * n; i++) {
      const gradient = repulsion[i]!;
      const gain = velocity[i]! * gradient < 0 ? gains[i]! + 0.2 : Math.max(0.01, gains[i]! * 0.8);
      gains[i] = gain;
      velocity[i] = momentum * velocity[i]! - rate * gain * gradient;
      positions[i]! += velocity[i]!;
    }
    if (round % 20 === 19 || round === iterations - 1)
      progress({ task: "drawing the map", done: round + 1, total: iterations, unit: "rounds" });
    if (turns.due) await turns.take();
  }
  return { positions, divergence: divergenceOf(near, positions, tree, repulsion, theta) };
}

function divergenceOf(
  near: Similarities,
  positions: Float64Array,
  tree: QuadTree,
  scratch: Float64Array,
  theta: number,
): number {
  tree.build(positions);
  const z = tree.repulsion(scratch, theta);
  let sum = 0;
  for (let i = 0; i < near.starts.length - 1; i++)
    for (let at = near.starts[i]!; at < near.starts[i + 1]!; at++) {
      const j = near.columns[at]!;
      const p = near.values[at]!;
      const dx = positions[2 * i]! - positions[2 * j]!;
      const dy = positions[2 * i + 1]! - positions[2 * j + 1]!;
      if (p > 0) sum += p * Math.log(p * z * (1 + dx * dx + dy * dy));
    }
  return sum;
}
