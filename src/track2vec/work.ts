/** One thread's part of a training: taking chunks, running the kernel on them, merging what shards have changed. */
import type { Chunks } from "./chunks.js";
import { Control } from "./control.js";
import { type Kernel, startKernel } from "./kernel.js";
import type { Layout } from "./layout.js";
import type { Word2VecOptions } from "./options.js";

/** Everything a thread needs; survives being posted to one. */
export interface Job {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly layout: Layout;
  readonly options: Word2VecOptions;
  readonly vocabulary: number;
  readonly items: Uint32Array;
  readonly chunks: Chunks;
  /** In which order the chunks of a round are taken: turn by turn the number of a chunk. */
  readonly order: Uint32Array;
  readonly control: SharedArrayBuffer | ArrayBuffer;
  /** By chunk of the current epoch: loss, pairs, products of inputs with negatives. */
  readonly results: Float64Array;
  /** By shard: how many rows it has changed. */
  readonly touched: Uint32Array;
  readonly threads: number;
  readonly firstEpoch: number;
}

/** What an epoch came to. */
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
  readonly chunkCount: number;
  readonly shards: number;
  readonly #tokens: Uint32Array;
  readonly #ends: Uint32Array;
  readonly #result: DataView;

  constructor(
    readonly job: Job,
    readonly thread: number,
  ) {
    const { layout, memory, chunks } = job;
    this.control = new Control(job.control);
    this.kernel = startKernel(job.module, memory, layout, job.options, job.vocabulary, thread);
    this.chunkCount = chunks.firsts.length - 1;
    this.shards = layout.shards.length;
    const scratch = layout.scratches[thread]!;
    this.#tokens = new Uint32Array(memory.buffer, scratch.tokens, chunks.mostWords);
    this.#ends = new Uint32Array(memory.buffer, scratch.ends, chunks.mostSegments);
    this.#result = new DataView(memory.buffer, scratch.result, 24);
  }

  /** Works through an epoch together with the other threads; false when the training was stopped. */
  runEpoch(epoch: number): boolean {
    const { control } = this;
    if (this.shards === 0) {
      while (!control.stopped) {
        const chunk = control.takeChunk();
        if (chunk >= this.chunkCount) break;
        this.runChunk(epoch, chunk);
      }
      return !control.stopped;
    }
    for (let first = 0; first < this.chunkCount; first += this.shards) {
      const end = Math.min(first + this.shards, this.chunkCount);
      for (;;) {
        const turn = control.takeChunk();
        if (turn >= end) break;
        this.runChunk(epoch, this.job.order[turn]!);
        if (control.stopped) return false;
      }
      if (!control.meet(this.job.threads, () => (control.nextChunk = end))) return false;
      this.merge(end - first);
      if (!control.meet(this.job.threads, () => {})) return false;
    }
    return true;
  }

  /** Trains on one chunk, on the matrices themselves or on the copies of its shard. */
  runChunk(epoch: number, chunk: number): void {
    const { items, chunks, options, layout } = this.job;
    const { segments, firsts } = chunks;
    const first = firsts[chunk]!;
    const count = firsts[chunk + 1]! - first;
    const from = segments[first]!;
    this.#tokens.set(items.subarray(from, segments[first + count]));
    for (let s = 0; s < count; s++) this.#ends[s] = segments[first + s + 1]! - from;
    const words = segments[segments.length - 1]! - segments[0]!;
    const progress = (epoch + (from - segments[0]!) / words) / options.epochs;
    const alpha = options.alpha - (options.alpha - options.minAlpha) * progress;
    const number = this.shards === 0 ? -1 : chunk % this.shards;
    const shard = layout.shards[number];
    this.kernel.trainChunk(count, epoch, chunk, alpha, shard?.copies ?? 0, shard?.touched ?? 0);
    if (shard) this.job.touched[number] = this.kernel.finishChunk();
    this.job.results[3 * chunk] = this.#result.getFloat64(0, true);
    this.job.results[3 * chunk + 1] = this.#result.getUint32(8, true);
    this.job.results[3 * chunk + 2] = this.#result.getUint32(16, true);
  }

  /** The sums over all chunks of the epoch that has just ended, in the order of chunks. */
  totals(epoch: number): EpochTotals {
    const sums = [0, 0, 0] as [number, number, number];
    for (const [at, value] of this.job.results.entries()) sums[at % 3]! += value;
    const [loss, pairs, negativeProducts] = sums;
    return { epoch, loss, pairs, negativeProducts };
  }

  /** Adds this thread's part of what `shards` shards have changed, shard by shard, so that sums have one order. */
  merge(shards: number): void {
    for (let s = 0; s < shards; s++) {
      const { copies, touched } = this.job.layout.shards[s]!;
      this.kernel.mergeShard(copies, touched, this.job.touched[s]!, this.thread, this.job.threads);
    }
  }
}
