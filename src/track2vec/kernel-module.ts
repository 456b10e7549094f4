/** Compiled kernels: with relaxed SIMD, where the engine knows it. */
import { setFlagsFromString } from "node:v8";
import { readKernel } from "../system/index.js";

const modules = new Map<boolean, WebAssembly.Module>();

/** The training kernel (assembly/track2vec.ts), compiled once a process. `shared`: for memory that threads share. */
export function loadKernel(shared: boolean): WebAssembly.Module {
  let module = modules.get(shared);
  if (!module) {
    module = compileRelaxed(`track2vec${shared ? "" : "-unshared"}`);
    modules.set(shared, module);
  }
  return module;
}

/**
 * The kernel assembly/<name>.ts with relaxed SIMD (fused multiply-adds, products of bytes), or without where the engine lacks it or
 * SEGUE_RELAXED_SIMD is 0.
 */
export function compileRelaxed(name: string): WebAssembly.Module {
  const bytesOf = (variant: string) => readKernel(`${name}${variant}`);
  if (process.env.SEGUE_RELAXED_SIMD !== "0") {
    const bytes = bytesOf("-relaxed");
    const module = tryCompile(bytes);
    if (module) return module;
    // Node 22 and newer know relaxed SIMD; 20 does when told so first.
    setFlagsFromString("--experimental-wasm-relaxed-simd");
    const told = tryCompile(bytes);
    if (told) return told;
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
