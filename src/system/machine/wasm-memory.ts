import { SegueError } from "../errors/errors.js";

// The package's declarations must not name WebAssembly, which only TypeScript's DOM library has: these are unknown without it.

/** A `WebAssembly.Memory`. */
export type WasmMemory = typeof globalThis extends {
  WebAssembly: { Memory: new (...args: never) => infer Memory };
}
  ? Memory
  : unknown;

/** A `WebAssembly.Module`. */
export type WasmModule = typeof globalThis extends {
  WebAssembly: { Module: new (...args: never) => infer Module };
}
  ? Module
  : unknown;

/**
 * Allocates the memory of a kernel.
 *
 * @param descriptor as of `WebAssembly.Memory`, sizes in pages of 64 KiB
 * @param what what it is for, for the message: "training"
 * @param hint how to need less: "raise --min-count or lower --vector-size"
 * @throws SegueError code "out-of-memory" if the system refuses it
 */
export function wasmMemory(
  descriptor: { initial: number; maximum: number; shared: boolean },
  what: string,
  hint?: string,
): WasmMemory {
  try {
    return new WebAssembly.Memory(descriptor);
  } catch (cause) {
    throw new SegueError(
      `the system refused ${Math.ceil(descriptor.initial / 16)} MiB of memory in one piece for ${what}`,
      {
        // V8 reserves gigabytes of address space around each memory, to catch accesses beyond its end.
        hint: `free memory${hint === undefined ? "" : `, ${hint}`}; if the address space is limited (ulimit -v), set NODE_OPTIONS=--disable-wasm-trap-handler`,
        code: "out-of-memory",
        cause,
      },
    );
  }
}

/**
 * Grows the memory of a kernel.
 *
 * @param pages how many more pages of 64 KiB
 * @param what what it is for, for the message: "nearest tracks"
 * @returns its size before, in pages
 * @throws SegueError code "out-of-memory" if the system refuses it
 */
export function growMemory(memory: WasmMemory, pages: number, what: string): number {
  try {
    return memory.grow(pages);
  } catch (cause) {
    throw new SegueError(`the system refused ${Math.ceil(pages / 16)} MiB more memory for ${what}`, {
      // What a shared memory may grow to is reserved at once, or, if there is too little address space, only a part.
      hint: "free memory; if the address space is limited (ulimit -v), raise that limit by 4 GiB",
      code: "out-of-memory",
      cause,
    });
  }
}
