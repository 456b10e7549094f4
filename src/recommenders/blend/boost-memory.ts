/** The memory of the boosting kernel (assembly/boost.ts), laid out for one fit, and the kernel itself. */
import { MemoryPlan } from "./memory-plan.js";

export interface BoostKernel {
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

/** Every array, and its address for the kernel. */
export interface BoostMemory {
  readonly kernel: BoostKernel;
  readonly bins: Uint8Array;
  /** First and second derivative of each row. */
  readonly derivatives: Float32Array;
  readonly scores: Float64Array;
  readonly order: Uint32Array;
  readonly scratch: Uint32Array;
  readonly chosen: Uint32Array;
  readonly nodes: Int32Array;
  readonly values: Float32Array;
  /** One for each leaf of a growing tree, width × 64 × 2. */
  readonly histograms: readonly Float64Array[];
}

/**
 * @param rows, width of the ranking data
 * @param leaves the most that a tree has
 * @throws SegueError where wasm's 4 GiB do not hold it
 */
export function boostMemory(rows: number, width: number, leaves: number): BoostMemory {
  const plan = new MemoryPlan();
  const place = (bytes: number) => plan.place(bytes);
  const binsAt = place(rows * width);
  const derivativesAt = place(rows * 8);
  const scoresAt = place(rows * 8);
  const orderAt = place(rows * 4);
  const scratchAt = place((rows + 1) * 4);
  const chosenAt = place(width * 4);
  const nodesAt = place(leaves * numbersPerNode * 4);
  const valuesAt = place(leaves * 4);
  const size = width * cellsPerFeature * 2;
  // A split holds two new leaves before the histogram of the old one is free again.
  const histogramsAt = Array.from({ length: leaves + 1 }, () => place(size * 8));
  const { kernel, buffer } = plan.make<BoostKernel>(
    "boost",
    `boosted trees over ${rows} rows of ${width} features`,
    "Learn from fewer queries, or from fewer candidates of each (--set queries=10000).",
  );
  return {
    kernel,
    bins: new Uint8Array(buffer, binsAt, rows * width),
    derivatives: new Float32Array(buffer, derivativesAt, rows * 2),
    scores: new Float64Array(buffer, scoresAt, rows),
    order: new Uint32Array(buffer, orderAt, rows),
    scratch: new Uint32Array(buffer, scratchAt, rows + 1),
    chosen: new Uint32Array(buffer, chosenAt, width),
    nodes: new Int32Array(buffer, nodesAt, leaves * numbersPerNode),
    values: new Float32Array(buffer, valuesAt, leaves),
    histograms: histogramsAt.map((at) => new Float64Array(buffer, at, size)),
  };
}
