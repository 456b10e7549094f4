/** The encoder's kernel (assembly/encoder.ts), its memory for one training, and its helper threads. */
import { besideUrl } from "../../system/index.js";
import { jobWords, startJobThreads } from "../core/job-threads.js";
import { kernelMemory } from "../core/kernel-memory.js";
import type { Sessions } from "../core/plays/sessions.js";

interface EncoderKernel {
  setJobs(control: number): void;
  setAddresses(table: number): void;
  learnBatch(): void;
}

/** The data that a helper thread starts with (encoder-worker.ts). */
export interface EncoderHelp {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly control: number;
  readonly table: number;
}

/** Work is always cut into this many parts, so that the result does not depend on the number of threads. */
export const parts = 8;
/** Contexts that a part processes at once. */
const tile = 8;
/** The batch size and the number of sampled tracks are multiples of these. */
export const batchStep = parts * tile;
export const drawnStep = 16;
/** Dimensions are a multiple of this. */
export const sizeStep = 16;

export interface EncoderSizes {
  readonly size: number;
  readonly batch: number;
  readonly drawn: number;
  readonly reach: number;
}

/** Indexes into the table, as in assembly/_encoder_layout.ts. */
const addressesAt = 6;
const scaleAt = 27;
const rateAt = 28;
const keepAt = 29;
const seedAt = 30;

/** The kernel and its arrays; see `encoderMemory`. */
export type EncoderMemory = ReturnType<typeof encoderMemory>;

/**
 * @param threads the number of threads if memory can be shared, else one; they start here and stop with `end`
 * @throws SegueError if it does not fit in wasm's 4 GiB
 */
export function encoderMemory(
  { trackCount, items: plays }: Sessions,
  { size, batch, drawn, reach }: EncoderSizes,
  threads: number,
) {
  const shared = typeof SharedArrayBuffer !== "undefined";
  const { kernel, arrays, module, memory } = kernelMemory(
    "encoder",
    // After `items` in the order of assembly/_encoder_layout.ts.
    {
      control: [Int32Array, jobWords],
      table: [Uint32Array, 32],
      items: [Uint32Array, plays.length],
      places: [Uint32Array, batch],
      lengths: [Uint32Array, batch],
      units: [Float32Array, trackCount * size],
      means: [Float32Array, trackCount * size],
      squares: [Float32Array, trackCount * size],
      gradients: [Float32Array, trackCount * size],
      marks: [Uint8Array, trackCount],
      touched: [Uint32Array, parts * (batch * (reach + 1) + drawn)],
      gates: [Float32Array, reach * size],
      gateSums: [Float32Array, parts * reach * size],
      codes: [Float32Array, batch * size],
      inverses: [Float32Array, batch],
      slopes: [Float32Array, batch * size],
      own: [Float32Array, batch],
      // For each context: its softmax sum, and the score of its target.
      losses: [Float32Array, 2 * batch],
      drawnTracks: [Uint32Array, drawn],
      corrections: [Float32Array, drawn],
      rows: [Float32Array, drawn * size],
      panels: [Float32Array, drawn * size],
      drawnSums: [Float32Array, parts * drawn * size],
      scores: [Float32Array, parts * tile * drawn],
    },
    `an encoder of ${trackCount} tracks in ${size} dimensions`,
    "Give it fewer dimensions (the setting vectorSize, such as 32), or leave out rarely played tracks.",
    shared,
  );
  const { control, table, items, ...others } = arrays;
  items.set(plays);
  table.set([size, batch, drawn, reach, parts, items.byteOffset]);
  table.set(
    Object.values(others).map((array) => array.byteOffset),
    addressesAt,
  );
  const floats = new Float32Array(table.buffer, table.byteOffset, table.length);
  const typed = kernel as EncoderKernel;
  typed.setJobs(control.byteOffset);
  typed.setAddresses(table.byteOffset);
  const workerData: EncoderHelp = {
    module,
    memory,
    control: control.byteOffset,
    table: table.byteOffset,
  };
  const entry = besideUrl(import.meta.url, "./encoder-worker.js");
  const end = startJobThreads(entry, workerData, shared ? threads - 1 : 0, control);
  /** @param keep the share of dimensions that dropout keeps, in (0, 1] */
  const setStep = (step: { scale: number; rate: number; keep: number; seed: number }) => {
    floats[scaleAt] = step.scale;
    floats[rateAt] = step.rate;
    table[keepAt] = Math.min(2 ** 31 - 1, Math.round(step.keep * 2 ** 32 - 2 ** 31)) >>> 0;
    table[seedAt] = step.seed;
  };
  return { kernel: typed, ...others, setStep, end };
}
