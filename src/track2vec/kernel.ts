/**
 * The kernel (assembly/track2vec.ts): its typed face, and an instance of it for a thread. Imports nothing that runs: what a training
 * thread loads is what its start takes.
 */
import type { Layout } from "./layout.js";
import type { Word2VecOptions } from "./options.js";

export interface Kernel {
  planChunk(
    kept: number,
    windows: number,
    negatives: number,
    playlists: number,
    epoch: number,
    chunk: number,
  ): number;
  trainChunk(
    kept: number,
    windows: number,
    negatives: number,
    count: number,
    alpha: number,
    bit: number,
    copies: number,
    copied: number,
  ): number;
  markPlan(kept: number, negatives: number, count: number, bit: number): void;
  countCopies(copied: number, count: number): void;
  mergeCopies(copies: number, copied: number, count: number, part: number, parts: number): void;
  clearSlots(copied: number, count: number): void;
  initializeRows(from: number, to: number, size: number, seed: bigint): void;
}

type KernelExports = Kernel & {
  setMatrices(...addresses: number[]): void;
  setOptions(...options: (number | bigint)[]): void;
  setScratch(...addresses: number[]): void;
};

/** An instance for one thread. */
export function startKernel(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  layout: Layout,
  options: Word2VecOptions,
  vocabulary: number,
  thread: number,
): Kernel {
  const instance = new WebAssembly.Instance(module, { env: { memory } });
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
    Number(layout.shards.length > 0),
    layout.group,
    layout.shared,
    layout.sharing,
    Number(layout.halfway),
    seedOf(options.seed, 0, 0) - 1n,
  );
  const s = layout.scratches[thread]!;
  kernel.setScratch(
    s.tokens,
    s.ends,
    s.inputAt,
    s.outputAt,
    s.marks,
    s.slots,
    s.wanted,
    s.result,
    s.inRow,
    s.outRow,
    s.gainRow,
    s.outputCopies,
    s.across,
    s.gradients,
    s.weights,
    s.likely,
    s.windowBits,
    s.hits,
    s.signs,
    s.sums,
    s.means,
    s.errors,
    s.dummy,
  );
  return kernel;
}

/** A seed of 64 bits from a few whole numbers; the kernel mixes it further. */
export function seedOf(seed: number, epoch: number, chunk: number): bigint {
  return BigInt.asUintN(
    64,
    BigInt(seed) * 0xd1342543de82ef95n +
      BigInt(epoch) * 0x9e3779b97f4a7c15n * 0x10001n +
      (BigInt(chunk) << 1n) +
      1n,
  );
}
