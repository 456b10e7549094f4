/** The boosting kernel (assembly/boost.ts), its memory for one fit, and its helper threads. */
import { besideUrl, type WasmMemory, type WasmModule } from "../../../system/index.js";
import { jobWords, startJobThreads } from "../../core/job-threads.js";
import { kernelMemory } from "../../core/kernel-memory.js";

interface BoostKernel {
  countRows(
    bins: number,
    rows: number,
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
    rows: number,
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
  binRows(
    values: number,
    first: number,
    count: number,
    rows: number,
    width: number,
    borders: number,
    bins: number,
  ): void;
  derive(
    queries: number,
    offsets: number,
    weights: number,
    relevance: number,
    scores: number,
    derivatives: number,
    losses: number,
  ): void;
  /** Sets the address of `control`, where threads find jobs. */
  setJobs(control: number): void;
  setThreads(threads: number): void;
}

/** The data that a helper thread starts with (boost-worker.ts). */
export interface BoostHelp {
  readonly module: WasmModule;
  readonly memory: WasmMemory;
  readonly control: number;
}

/** The maximum number of parts of rows, as in assembly/boost.ts. */
const rowParts = 8;
/** Rows binned at once. */
export const rowsAtOnce = 4096;
/** Borders per feature in the kernel: every eighth, then all. */
export const bordersPerFeature = 8 + 64;

/** Cells per feature of a histogram, two doubles each. */
export const cellsPerFeature = 64;
/** Numbers per node: feature, bin, left, right. */
export const numbersPerNode = 4;

/** The kernel and its arrays; see `boostMemory`. */
export type BoostMemory = ReturnType<typeof boostMemory>;

/**
 * @param sizes of the ranking data
 * @param leaves the maximum number per tree
 * @param threads the number of threads if memory can be shared, else one; they start here and stop with `end`
 * @throws SegueError if it does not fit in wasm's 4 GiB
 */
export function boostMemory(
  { rows, width, queries }: { readonly rows: number; readonly width: number; readonly queries: number },
  leaves: number,
  threads = 1,
) {
  const shared = typeof SharedArrayBuffer !== "undefined";
  const workers = shared ? threads : 1;
  const size = width * cellsPerFeature * 2;
  const { kernel, arrays, module, memory } = kernelMemory(
    "boost",
    {
      control: [Int32Array, jobWords],
      // In two planes: see assembly/_bins.ts.
      bins: [Uint8Array, 2 * rows * Math.ceil(width / 2)],
      offsets: [Uint32Array, queries + 1],
      weights: [Float32Array, rows],
      relevance: [Float32Array, rows],
      // Three numbers per query, from which its loss is computed.
      losses: [Float64Array, 3 * queries],
      // First and second derivative of each row.
      derivatives: [Float32Array, rows * 2],
      scores: [Float64Array, rows],
      order: [Uint32Array, rows],
      scratch: [Uint32Array, rows + rowParts],
      values: [Float32Array, Math.min(rows, rowsAtOnce) * width],
      borders: [Float32Array, width * bordersPerFeature],
      chosen: [Uint32Array, width],
      nodes: [Int32Array, leaves * numbersPerNode],
      leafValues: [Float32Array, leaves],
      // One histogram per leaf, and a spare.
      cells: [Float64Array, (leaves + 1) * size],
    },
    `boosted trees over ${rows} rows of ${width} features`,
    "Learn from fewer queries, or from fewer candidates of each (the setting queries, such as 10000).",
    shared,
  );
  const { cells, control, ...others } = arrays;
  const typed = kernel as BoostKernel;
  typed.setJobs(control.byteOffset);
  typed.setThreads(workers);
  const workerData: BoostHelp = { module, memory, control: control.byteOffset };
  const entry = besideUrl(import.meta.url, "./boost-worker.js");
  const end = startJobThreads(entry, workerData, workers - 1, control);
  /** One for each leaf of a growing tree, width × 64 × 2. */
  const histograms = Array.from({ length: leaves + 1 }, (_, leaf) =>
    cells.subarray(leaf * size, (leaf + 1) * size),
  );
  return { kernel: typed, ...others, histograms, end };
}
