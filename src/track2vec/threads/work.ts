/** One thread's part of a training: a kernel instance, fed with the corpus chunk by chunk. */
import { Control } from "../kernel/control.js";
import { GOES_ON, HAS_TOTALS, type Kernel, type KernelNeeds, startKernel } from "../kernel/kernel.js";
import type { Chunks } from "./chunks.js";

/** Everything that a thread needs; can be posted to it. */
export interface Job extends KernelNeeds {
  readonly items: Uint32Array;
  readonly chunks: Chunks;
  readonly firstEpoch: number;
}

/** The totals of an epoch. */
export interface EpochTotals {
  readonly epoch: number;
  readonly loss: number;
  /** Pairs of centre and context (skip-gram) or centres (CBOW). */
  readonly pairs: number;
  /** Products of a context (or a mean of them) with a negative. */
  readonly negativeProducts: number;
}

export class Work {
  readonly control: Control;
  readonly kernel: Kernel;
  readonly #result: Float64Array;

  constructor(
    readonly job: Job,
    readonly thread: number,
  ) {
    const { layout, memory, chunks, items } = job;
    const scratch = layout.scratches[thread]!;
    const tokens = new Uint32Array(memory.buffer, scratch.tokens, chunks.mostWords);
    const ends = new Uint32Array(memory.buffer, scratch.ends, chunks.mostSegments);
    const { segments, firsts } = chunks;
    const fetchChunk = (chunk: number) => {
      const first = firsts[chunk]!;
      const count = firsts[chunk + 1]! - first;
      const from = segments[first]!;
      tokens.set(items.subarray(from, segments[first + count]));
      for (let s = 0; s < count; s++) ends[s] = segments[first + s + 1]! - from;
      return count;
    };
    this.control = new Control(memory, layout.control);
    this.kernel = startKernel(job, thread, fetchChunk);
    this.#result = new Float64Array(memory.buffer, scratch.result, 3);
  }

  /** Chunks per round; 0: no rounds. */
  get shards(): number {
    return this.job.layout.shards.count;
  }

  /**
   * Trains one epoch together with the other threads.
   *
   * @returns whether training continues; and the totals, on the thread that finished last
   */
  runEpoch(epoch: number): { goesOn: boolean; totals: EpochTotals | undefined } {
    const ended = this.kernel.runEpoch(epoch);
    return {
      goesOn: (ended & GOES_ON) !== 0,
      totals: (ended & HAS_TOTALS) === 0 ? undefined : this.#totals(epoch),
    };
  }

  /** The sums over all chunks of the epoch that has just ended, added in the order of the chunks. */
  totals(epoch: number): EpochTotals {
    this.kernel.addUp();
    return this.#totals(epoch);
  }

  #totals(epoch: number): EpochTotals {
    const [loss, pairs, negativeProducts] = this.#result;
    return { epoch, loss: loss!, pairs: pairs!, negativeProducts: negativeProducts! };
  }
}
