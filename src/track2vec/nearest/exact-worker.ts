/** A helper thread of an exact scan. It exits after 10 s without work; the next scan starts another. */
import { workerData } from "node:worker_threads";
import { Job } from "./exact-job.js";
import type { NearestKernel } from "./nearest-kernel.js";

export interface HelperData {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly control: Int32Array;
  /** The arguments of the kernel's `setRows`. */
  readonly layout: Parameters<NearestKernel["setRows"]>;
}

const PATIENCE_MS = 10_000;
const { module, memory, control, layout } = workerData as HelperData;
const kernel = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as NearestKernel;
kernel.setRows(...layout);
const job = new Job(control);
job.help(kernel, PATIENCE_MS);
job.countHelper(-1);
