/**
 * The typed interface of the kernel (assembly/track2vec.ts), and how to instantiate it for a thread. Imports only types: the more
 * code a training thread loads, the slower it starts.
 */
import type { Word2VecOptions } from "../options/options.js";
import type { Layout } from "./layout.js";

/** The exports of assembly/_schedule.ts. Epochs, chunks and shards are numbered from 0; a round is identified by its first turn. */
export interface Kernel {
  /** Bits: `GOES_ON`, `HAS_TOTALS`. */
  runEpoch(epoch: number): number;
  runChunk(epoch: number, chunk: number): void;
  /** Runs a round on this thread alone; the functions below are its steps. */
  runRound(epoch: number, first: number): void;
  planShard(epoch: number, first: number, shard: number): void;
  openRound(first: number): void;
  trainShard(epoch: number, first: number, shard: number): void;
  mergeRound(first: number): void;
  clearRound(first: number): void;
  /** Writes the totals of an epoch to the thread's `result`. */
  addUp(): void;
  initializeRows(from: number, to: number, size: number, seed: bigint): void;
}

/** Bits of `runEpoch`: training was not stopped; this thread finished the epoch last, and has the totals. */
export const GOES_ON = 1;
export const HAS_TOTALS = 2;

type KernelExports = Kernel & {
  setMatrices(...addresses: number[]): void;
  setOptions(...options: (number | bigint)[]): void;
  setScratch(...addresses: number[]): void;
  setThread(control: number, thread: number, threads: number): void;
  setChunks(...numbers: number[]): void;
  setPlans(...addresses: number[]): void;
  setShards(...addresses: number[]): void;
};

/** The data that an instance needs. */
export interface KernelNeeds {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly layout: Layout;
  readonly options: Word2VecOptions;
  readonly vocabulary: number;
  readonly threads: number;
  readonly chunkCount: number;
  /** Tokens in the corpus. */
  readonly words: number;
}

/**
 * Instantiates the kernel for one thread.
 *
 * @param fetchChunk writes the tokens of a chunk and the ends of its segments to the thread's scratch space; returns the number of segments
 */
export function startKernel(
  { module, memory, layout, options, vocabulary, threads, chunkCount, words }: KernelNeeds,
  thread: number,
  fetchChunk: (chunk: number) => number,
): Kernel {
  const instance = new WebAssembly.Instance(module, { env: { memory, fetchChunk } });
  const kernel = instance.exports as unknown as KernelExports;
  kernel.setMatrices(
    layout.rows,
    layout.rowBytes,
    vocabulary,
    layout.negativeRow,
    layout.nodeRow,
    layout.numberOf,
    layout.keep,
    layout.alias,
    layout.pathStart,
    layout.pathNodes,
  );
  kernel.setOptions(
    Number(options.sg),
    options.window,
    Number(options.shrinkWindows),
    options.negative,
    Number(options.hs),
    Number(options.cbowMean),
    Number(layout.shards.count > 0),
    layout.group,
    layout.shared,
    layout.sharing,
    Number(layout.halfway),
    seedOf(options.seed, 0, 0) - 1n,
  );
  kernel.setScratch(...Object.values(layout.scratches[thread]!));
  const { plans, shards } = layout;
  kernel.setThread(layout.control, thread, threads);
  kernel.setChunks(
    chunkCount,
    layout.order,
    layout.starts,
    layout.results,
    words,
    options.epochs,
    options.alpha,
    options.minAlpha,
  );
  const plan = plans.first;
  kernel.setPlans(plan.keptCount, plan.kept, plan.windows, plan.negatives, plans.bytes);
  const shard = shards.first;
  kernel.setShards(shards.count, shard.copiedCount, shard.copies, shard.copied, shards.bytes);
  return kernel;
}

/** A 64-bit seed from three integers; the kernel mixes it further. */
export function seedOf(seed: number, epoch: number, chunk: number): bigint {
  return BigInt.asUintN(
    64,
    BigInt(seed) * 0xd1342543de82ef95n +
      BigInt(epoch) * 0x9e3779b97f4a7c15n * 0x10001n +
      (BigInt(chunk) << 1n) +
      1n,
  );
}
