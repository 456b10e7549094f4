/** The memory of the boosting kernel (assembly/boost.ts), laid out for one fit, and the kernel itself. */
import { kernelMemory } from "../core/kernel-memory.js";

interface BoostKernel {
  countRows(
    bins: number,
    width: number,
    derivatives: number,
    order: number,
    count: number,
    chosen: number,
    features: number,
    histogram: number,
  ): void;
  subtract(histogram: number, less: number, chosen: number, features: number): void;
  partition(
    bins: number,
    width: number,
    feature: number,
    bin: number,
    order: number,
    count: number,
    scratch: number,
  ): number;
  addTree(
    bins: number,
    width: number,
    rows: number,
    nodes: number,
    root: number,
    values: number,
    scores: number,
  ): void;
}

/** Cells of one feature's histogram; each is two doubles. */
export const cellsPerFeature = 64;
/** Numbers of one node: feature, bin, left, right. */
export const numbersPerNode = 4;

/** The kernel and its arrays; see `boostMemory`. */
export type BoostMemory = ReturnType<typeof boostMemory>;

/**
 * @param rows, width of the ranking data
 * @param leaves the most that a tree has
 * @throws SegueError where wasm's 4 GiB do not hold it
 */
export function boostMemory(rows: number, width: number, leaves: number) {
  const size = width * cellsPerFeature * 2;
  const { kernel, arrays } = kernelMemory(
    "boost",
    {
      bins: [Uint8Array, rows * width],
      // First and second derivative of each row.
      derivatives: [Float32Array, rows * 2],
      scores: [Float64Array, rows],
      order: [Uint32Array, rows],
      scratch: [Uint32Array, rows + 1],
      chosen: [Uint32Array, width],
      nodes: [Int32Array, leaves * numbersPerNode],
      values: [Float32Array, leaves],
      // A split holds two new leaves before the histogram of the old one is free again.
      cells: [Float64Array, (leaves + 1) * size],
    },
    `boosted trees over ${rows} rows of ${width} features`,
    "Learn from fewer queries, or from fewer candidates of each (--set queries=10000).",
  );
  const { cells, ...others } = arrays;
  /** One for each leaf of a growing tree, width × 64 × 2. */
  const histograms = Array.from({ length: leaves + 1 }, (_, leaf) =>
    cells.subarray(leaf * size, (leaf + 1) * size),
  );
  return { kernel: kernel as BoostKernel, ...others, histograms };
}
