/** One thread's part of a training: taking chunks, running the kernel on them, merging the copies of shards. */
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
  /** By plan (see `Layout`): how many tracks are kept. */
  readonly kept: Uint32Array;
  /** By shard of a round: how many rows it has copied. */
  readonly copied: Uint32Array;
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
    return this.shards > 0 ? this.#runRounds(epoch) : this.#runChunks(epoch);
  }

  #runChunks(epoch: number): boolean {
    const { control } = this;
    while (!control.stopped) {
      const chunk = control.takeChunk();
      if (chunk >= this.chunkCount) break;
      this.runChunk(epoch, chunk);
    }
    return !control.stopped;
  }

  /** Who finds no shard of a round left to train on plans the next: small pieces, so that nobody waits long. */
  #runRounds(epoch: number): boolean {
    const { control, thread, shards } = this;
    const { threads } = this.job;
    for (let first = -shards; first < this.chunkCount; first += shards) {
      const next = first + shards;
      const round = epoch * (this.chunkCount + shards) + next + 1;
      for (;;) {
        const shard = control.claim("train", round, this.#sizeOf(first), thread, threads);
        if (shard < 0) break;
        this.trainShard(epoch, first, shard);
        if (control.stopped) return false;
      }
      for (;;) {
        const shard = control.claim("plan", round, this.#sizeOf(next), thread, threads);
        if (shard < 0) break;
        this.planShard(epoch, next, shard);
      }
      // A thread's own marks are nobody else's business: they are cleared and set while others are still on their way.
      const trained = control.arrive(threads, () => (control.nextChunk = Math.min(next, this.chunkCount)));
      this.clearRound(first);
      if (!control.await(trained)) return false;
      this.mergeRound(first);
      const merged = control.arrive(threads, () => {});
      this.openRound(next);
      if (!control.await(merged)) return false;
    }
    return true;
  }

  /** A round with no other thread beside. */
  runRound(epoch: number, first: number): void {
    const size = this.#sizeOf(first);
    for (let shard = 0; shard < size; shard++) this.planShard(epoch, first, shard);
    this.openRound(first);
    for (let shard = 0; shard < size; shard++) this.trainShard(epoch, first, shard);
    this.mergeRound(first);
    this.clearRound(first);
  }

  /** How many shards the round has that begins with that turn. */
  #sizeOf(first: number): number {
    return first < 0 ? 0 : Math.max(0, Math.min(this.shards, this.chunkCount - first));
  }

  /** Where the plan of a shard is: rounds take turns, since one is planned while another is trained. */
  #planOf(first: number, shard: number): number {
    return ((first / this.shards) % 2) * this.shards + shard;
  }

  planShard(epoch: number, first: number, shard: number): void {
    this.#plan(epoch, this.job.order[first + shard]!, this.#planOf(first, shard));
  }

  /** Once all shards are planned, each thread learns which rows several of them have. */
  openRound(first: number): void {
    this.#markRound(first, (shard) => 1 << shard);
  }

  /** Once this thread has trained its last shard of the round: takes its marks away. */
  clearRound(first: number): void {
    this.#markRound(first, () => 0);
  }

  #markRound(first: number, bitOf: (shard: number) => number): void {
    const { layout, kept } = this.job;
    for (let shard = 0; shard < this.#sizeOf(first); shard++) {
      const number = this.#planOf(first, shard);
      const plan = layout.plans[number]!;
      this.kernel.markPlan(plan.kept, plan.negatives, kept[number]!, bitOf(shard));
    }
  }

  trainShard(epoch: number, first: number, shard: number): void {
    const { copies, copied } = this.job.layout.shards[shard]!;
    const plan = this.#planOf(first, shard);
    this.job.copied[shard] = this.#train(
      epoch,
      this.job.order[first + shard]!,
      plan,
      1 << shard,
      copies,
      copied,
    );
  }

  /** Once all shards are trained: this thread's part of merging their copies, shard by shard, so that sums have one order. */
  mergeRound(first: number): void {
    const { kernel, thread } = this;
    const { layout, copied: counts, threads } = this.job;
    const size = this.#sizeOf(first);
    for (let s = 0; s < size; s++) kernel.countCopies(layout.shards[s]!.copied, counts[s]!);
    for (let s = 0; s < size; s++) {
      const { copies, copied } = layout.shards[s]!;
      kernel.mergeCopies(copies, copied, counts[s]!, thread, threads);
    }
    for (let s = 0; s < size; s++) kernel.clearSlots(layout.shards[s]!.copied, counts[s]!);
  }

  /** Trains on one chunk, on the matrices themselves. */
  runChunk(epoch: number, chunk: number): void {
    this.#plan(epoch, chunk, this.thread);
    this.#train(epoch, chunk, this.thread);
  }

  #plan(epoch: number, chunk: number, number: number): void {
    const { items, chunks, layout, kept } = this.job;
    const { segments, firsts } = chunks;
    const first = firsts[chunk]!;
    const count = firsts[chunk + 1]! - first;
    const from = segments[first]!;
    this.#tokens.set(items.subarray(from, segments[first + count]));
    for (let s = 0; s < count; s++) this.#ends[s] = segments[first + s + 1]! - from;
    const plan = layout.plans[number]!;
    kept[number] = this.kernel.planChunk(plan.kept, plan.windows, plan.negatives, count, epoch, chunk);
  }

  #train(epoch: number, chunk: number, number: number, bit = 0, copies = 0, copied = 0): number {
    const { chunks, options, layout, kept, results } = this.job;
    const { segments, firsts } = chunks;
    const words = segments[segments.length - 1]! - segments[0]!;
    const progress = (epoch + (segments[firsts[chunk]!]! - segments[0]!) / words) / options.epochs;
    const alpha = options.alpha - (options.alpha - options.minAlpha) * progress;
    const plan = layout.plans[number]!;
    const count = kept[number]!;
    const copyCount = this.kernel.trainChunk(
      plan.kept,
      plan.windows,
      plan.negatives,
      count,
      alpha,
      bit,
      copies,
      copied,
    );
    results[3 * chunk] = this.#result.getFloat64(0, true);
    results[3 * chunk + 1] = this.#result.getUint32(8, true);
    results[3 * chunk + 2] = this.#result.getUint32(12, true);
    return copyCount;
  }

  /** The sums over all chunks of the epoch that has just ended, in the order of chunks. */
  totals(epoch: number): EpochTotals {
    const { results } = this.job;
    let loss = 0;
    let pairs = 0;
    let negativeProducts = 0;
    for (let at = 0; at < results.length; at += 3) {
      loss += results[at]!;
      pairs += results[at + 1]!;
      negativeProducts += results[at + 2]!;
    }
    return { epoch, loss, pairs, negativeProducts };
  }
}
