/** The compiled kernel (assembly/track2vec.ts), loaded once a process. */
import { readFile } from "node:fs/promises";
import { setFlagsFromString } from "node:v8";
import { distPath } from "../system/index.js";

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
