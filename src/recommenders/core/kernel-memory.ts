/** Lays arrays out in the memory of a kernel, in one piece. */
import { readKernel, SegueError } from "../../system/index.js";

const page = 65_536;
/** wasm32 addresses 4 GiB. */
const mostPages = 65_536;
/** Where an array begins is a multiple of so many bytes, and nothing lies at 0. */
const line = 64;
const modules = new Map<string, WebAssembly.Module>();

type ArrayKind =
  | Uint8ArrayConstructor
  | Uint32ArrayConstructor
  | Int32ArrayConstructor
  | Float32ArrayConstructor
  | Float64ArrayConstructor;

/** What arrays there are: of which kind, and how long. */
export type ArrayPlan = Readonly<Record<string, readonly [kind: ArrayKind, length: number]>>;

/** The arrays of a plan; their `byteOffset` is their address for the kernel. */
export type ArraysOf<Plan extends ArrayPlan> = { readonly [name in keyof Plan]: InstanceType<Plan[name][0]> };

/**
 * Makes the memory of the planned arrays, and the kernel assembly/`name`.ts on top of it; a kernel is compiled once a thread.
 *
 * @param what of which kind the work is, and `hint`, what to do: for the message where 4 GiB do not hold it
 * @param shared whether other threads see the memory
 * @throws SegueError where wasm's 4 GiB do not hold the arrays
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
  /** What an instance for another thread is made of. */
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
} {
  let end = line;
  const places = Object.entries(plan).map(([array, [kind, length]]) => {
    const at = end;
    end += Math.ceil((length * kind.BYTES_PER_ELEMENT) / line) * line;
    return { array, kind, length, at };
  });
  const pages = Math.ceil(end / page);
  if (pages > mostPages) {
    throw new SegueError(`${what} need ${(end / 2 ** 30).toFixed(1)} GiB; there are 4`, { hint });
  }
  const file = `${name}${shared ? "" : "-unshared"}`;
  let module = modules.get(file);
  if (module === undefined) {
    module = new WebAssembly.Module(readKernel(file));
    modules.set(file, module);
  }
  // Memory that threads share is set aside up to its maximum.
  const maximum = shared ? pages : mostPages;
  const memory = new WebAssembly.Memory({ initial: pages, maximum, shared });
  const kernel = new WebAssembly.Instance(module, { env: { memory } }).exports;
  const buffer = memory.buffer as unknown as ArrayBuffer;
  const arrays = Object.fromEntries(
    places.map(({ array, kind, length, at }) => [array, new kind(buffer, at, length)]),
  );
  return { kernel, arrays: arrays as ArraysOf<Plan>, module, memory };
}
