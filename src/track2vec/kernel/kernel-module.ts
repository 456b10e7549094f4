/** Compiles kernels, with relaxed SIMD if the engine supports it. */
import { setFlagsFromString } from "node:v8";
import { readKernel, remembered } from "../../system/index.js";

const modules = new Map<boolean, WebAssembly.Module>();

/** The training kernel (assembly/track2vec.ts), compiled once per process. @param shared whether threads share its memory */
export function loadKernel(shared: boolean): WebAssembly.Module {
  return remembered(modules, shared, () => compileRelaxed(`track2vec${shared ? "" : "-unshared"}`));
}

/**
 * The kernel assembly/<name>.ts with relaxed SIMD (fused multiply-adds, products of bytes), or without if the engine lacks it or
 * SEGUE_RELAXED_SIMD is 0.
 */
export function compileRelaxed(name: string): WebAssembly.Module {
  const bytesOf = (variant: string) => readKernel(`${name}${variant}`);
  if (process.env.SEGUE_RELAXED_SIMD !== "0") {
    const bytes = bytesOf("-relaxed");
    const module = tryCompile(bytes);
    if (module) return module;
    // Node 22 and newer enable relaxed SIMD by default; Node 20 needs a flag.
    setFlagsFromString("--experimental-wasm-relaxed-simd");
    const flagged = tryCompile(bytes);
    if (flagged) return flagged;
  }
  return new WebAssembly.Module(bytesOf(""));
}

function tryCompile(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module | undefined {
  try {
    return new WebAssembly.Module(bytes);
  } catch {
    return undefined;
  }
}
