/** The compiled kernel (assembly/track2vec.ts): loading it and its typed face. */
import { readFile } from "node:fs/promises";
import { setFlagsFromString } from "node:v8";
import { distPath } from "../system/index.js";
import type { Layout } from "./layout.js";
import type { Word2VecOptions } from "./options.js";

export interface Kernel {
  trainChunk(
    playlists: number,
    epoch: number,
    chunk: number,
    alpha: number,
    copies: number,
    touched: number,
  ): void;
  finishChunk(): number;
  mergeShard(copies: number, touched: number, count: number, part: number, parts: number): void;
  initializeRows(from: number, to: number, size: number, seed: bigint): void;
}

type KernelExports = Kernel & {
  setMatrices(...addresses: number[]): void;
  setOptions(...options: (number | bigint)[]): void;
  setScratch(...addresses: number[]): void;
};

const modules = new Map<boolean, Promise<WebAssembly.Module>>();

/** Compiles the kernel, once a process. `shared`: for memory that threads share. */
export function loadKernel(shared: boolean): Promise<WebAssembly.Module> {
  let module = modules.get(shared);
  if (!module) {
    module = compileKernel(shared, process.env.SEGUE_RELAXED_SIMD !== "0");
    modules.set(shared, module);
  }
  return module;
}

/** @param fused whether multiply-adds may be fused (relaxed SIMD), where the engine knows them */
async function compileKernel(shared: boolean, fused: boolean): Promise<WebAssembly.Module> {
  const bytesOf = (variant: string) =>
    readFile(distPath(`assembly/track2vec${shared ? "" : "-unshared"}${variant}.wasm`));
  if (fused) {
    const bytes = await bytesOf("-relaxed");
    const module = tryCompile(bytes);
    if (module) return module;
    // Node 22 and newer know relaxed SIMD; 20 does when told so first.
    setFlagsFromString("--experimental-wasm-relaxed-simd");
    const told = tryCompile(bytes);
    if (told) return told;
  }
  return new WebAssembly.Module(await bytesOf(""));
}

function tryCompile(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module | undefined {
  try {
    return new WebAssembly.Module(bytes);
  } catch {
    return undefined;
  }
}

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
    seedOf(options.seed, 0, 0) - 1n,
  );
  const s = layout.scratches[thread]!;
  kernel.setScratch(
    s.tokens,
    s.ends,
    s.kept,
    s.inputAt,
    s.outputAt,
    s.windows,
    s.negatives,
    s.slots,
    s.result,
    s.x,
    s.y,
    s.inRow,
    s.outRow,
    s.gradients,
    s.ranges,
    s.weights,
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
