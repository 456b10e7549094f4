/** Lays arrays out in the memory of a kernel: places are reserved first, then the memory is made in one piece. */
import { readFileSync } from "node:fs";
import { distPath, SegueError } from "../../system/index.js";

const page = 65_536;
/** wasm32 addresses 4 GiB. */
const mostPages = 65_536;
const modules = new Map<string, WebAssembly.Module>();

export class MemoryPlan {
  #end = 64;

  /** Reserves bytes; returns their address, a multiple of 64. */
  place(bytes: number): number {
    const at = this.#end;
    this.#end += Math.ceil(bytes / 64) * 64;
    return at;
  }

  get gibibytes(): number {
    return this.#end / 2 ** 30;
  }

  /**
   * Makes the memory and the kernel assembly/`name`.ts on top of it; a kernel is compiled once a thread.
   *
   * @param what of which kind the work is, and `hint`, what to do: for the message where 4 GiB do not hold it
   * @throws SegueError where wasm's 4 GiB do not hold what was reserved
   */
  make<Kernel>(name: string, what: string, hint: string): { kernel: Kernel; buffer: ArrayBuffer } {
    const pages = Math.ceil(this.#end / page);
    if (pages > mostPages) {
      throw new SegueError(`${what} need ${this.gibibytes.toFixed(1)} GiB; there are 4`, { hint });
    }
    let module = modules.get(name);
    if (module === undefined) {
      module = new WebAssembly.Module(readFileSync(distPath(`assembly/${name}-unshared.wasm`)));
      modules.set(name, module);
    }
    const memory = new WebAssembly.Memory({ initial: pages, maximum: mostPages, shared: false });
    const kernel = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernel;
    return { kernel, buffer: memory.buffer as unknown as ArrayBuffer };
  }
}
