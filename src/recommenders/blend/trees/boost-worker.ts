/** Entry point of a thread that helps with boosting: works on parts of the kernel's jobs until it is stopped. */
import { workerData } from "node:worker_threads";
import type { BoostHelp } from "./boost-memory.js";

const { module, memory, control } = workerData as BoostHelp;
const kernel = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as {
  setJobs(control: number): void;
  serve(): void;
};
kernel.setJobs(control);
kernel.serve();
