/** Entry point of a thread that helps to train the encoder: works on parts of the kernel's jobs until it is stopped. */
import { workerData } from "node:worker_threads";
import type { EncoderHelp } from "./encoder-memory.js";

const { module, memory, control, table } = workerData as EncoderHelp;
const kernel = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as {
  setJobs(control: number): void;
  setAddresses(table: number): void;
  serve(): void;
};
kernel.setJobs(control);
kernel.setAddresses(table);
kernel.serve();
