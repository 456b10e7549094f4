/** The entry point of a thread that helps with boosting: it takes parts of what the kernel does, until it is told to end. */
import { workerData } from "node:worker_threads";
import type { BoostHelp } from "./boost-memory.js";

const { module, memory, control } = workerData as BoostHelp;
const kernel = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as {
  setJobs(control: number): void;
  serve(): void;
};
kernel.setJobs(control);
kernel.serve();
