/** Lays out arrays in the memory of a kernel. */
import {
  readKernel,
  remembered,
  SegueError,
  type WasmMemory,
  type WasmModule,
  wasmMemory,
} from "../../system/index.js";

const page = 65_536;
/** wasm32 addresses 4 GiB. */
const mostPages = 65_536;
/** Arrays are aligned to this many bytes; none is at address 0. */
const line = 64;
const modules = new Map<string, WebAssembly.Module>();

type ArrayKind =
  | Uint8ArrayConstructor
  | Uint32ArrayConstructor
  | Int32ArrayConstructor
  | Float32ArrayConstructor
  | Float64ArrayConstructor;

/** The kind and length of each array. */
export type ArrayPlan = Readonly<Record<string, readonly [kind: ArrayKind, length: number]>>;

/** The arrays of a plan; their `byteOffset` is their address in the kernel. */
export type ArraysOf<Plan extends ArrayPlan> = { readonly [name in keyof Plan]: InstanceType<Plan[name][0]> };

/**
 * Allocates the planned arrays and instantiates the kernel assembly/`name`.ts on them. A kernel is compiled once per thread.
 *
 * @param what the subject of the message if the arrays do not fit
 * @param hint what to do then
 * @param shared whether other threads share the memory
 * @throws SegueError if the arrays do not fit in wasm's 4 GiB, code "out-of-memory" if the system refuses them
 */
export function kernelMemory<Plan extends ArrayPlan>(
  name: string,
  plan: Plan,
  what: string,
  hint: string,
  shared = false,
): {
  readonly kernel: unknown;
  readonly arrays: ArraysOf<Plan>;
  /** For an instance in another thread. */
  readonly module: WasmModule;
  readonly memory: WasmMemory;
} {
  let end = line;
  const places = Object.entries(plan).map(([array, [kind, length]]) => {
    const at = end;
    end += Math.ceil((length * kind.BYTES_PER_ELEMENT) / line) * line;
    return { array, kind, length, at };
  });
  const pages = Math.ceil(end / page);
  if (pages > mostPages) {
    throw new SegueError(`${what} need ${(end / 2 ** 30).toFixed(1)} GiB of memory; WebAssembly has 4`, {
      hint,
    });
  }
  const file = `${name}${shared ? "" : "-unshared"}`;
  const module = remembered(modules, file, () => new WebAssembly.Module(readKernel(file)));
  // Address space for the maximum is reserved at once.
  const memory = wasmMemory({ initial: pages, maximum: pages, shared }, what);
  const kernel = new WebAssembly.Instance(module, { env: { memory } }).exports;
  const buffer = memory.buffer as unknown as ArrayBuffer;
  const arrays = Object.fromEntries(
    places.map(({ array, kind, length, at }) => [array, new kind(buffer, at, length)]),
  );
  return { kernel, arrays: arrays as ArraysOf<Plan>, module, memory };
}
