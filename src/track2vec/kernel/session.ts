/** A training in memory: vocabulary, matrices and tables laid out for the kernel. */
import type { Corpus } from "../../corpus/index.js";
import { atOnce, blocks, copySteps, inSlices, type Steps, wasmMemory } from "../../system/index.js";
import type { Word2VecOptions } from "../options/options.js";
import { ofTracks, type Wording } from "../options/wording.js";
import { type Chunks, cutIntoChunks, heaviestFirst, sharedItems, startsOf } from "../threads/chunks.js";
import { planShards } from "../threads/shards.js";
import { type Job, Work } from "../threads/work.js";
import { aliasTableSteps } from "../vocabulary/alias-table.js";
import { huffmanSteps } from "../vocabulary/huffman.js";
import { noiseSteps } from "../vocabulary/noise.js";
import { concentrationOf, keepBarsSteps, NO_ROW, type Vocabulary } from "../vocabulary/vocabulary.js";
import { Control } from "./control.js";
import { seedOf } from "./kernel.js";
import { loadKernel } from "./kernel-module.js";
import { type Layout, layOut } from "./layout.js";
import { Matrices, type Weights } from "./matrices.js";

export interface SessionStart {
  /** Matrices to continue from; missing rows start at random (inputs) or at zero (outputs). */
  readonly start?: Weights;
  readonly firstEpoch: number;
  /** Whether threads may share memory. */
  readonly shared: boolean;
  readonly wording?: Wording;
  readonly signal?: AbortSignal;
}

export class Session {
  readonly control: Control;

  private constructor(
    readonly job: Job,
    readonly vocabulary: Vocabulary,
    readonly matrices: Matrices,
  ) {
    this.control = new Control(job.memory, job.layout.control);
  }

  /**
   * @throws SegueError with code "out-of-memory" if memory does not suffice
   * @throws the signal's reason if it is aborted
   */
  static async open(
    corpus: Corpus,
    vocabulary: Vocabulary,
    options: Word2VecOptions,
    start: SessionStart,
  ): Promise<Session> {
    const module = loadKernel(start.shared);
    return inSlices(Session.#prepare(module, corpus, vocabulary, options, start), start.signal);
  }

  static *#prepare(
    module: WebAssembly.Module,
    corpus: Corpus,
    vocabulary: Vocabulary,
    options: Word2VecOptions,
    { start, firstEpoch, shared, wording = ofTracks }: SessionStart,
  ): Steps<Session> {
    const n = vocabulary.tracks.length;
    const bars = yield* keepBarsSteps(vocabulary.counts, options.sample);
    const plan = planShards(n, concentrationOf(vocabulary.counts, bars), options);
    const chunks = yield* cutIntoChunks(corpus, plan.chunkWords);
    const chunkCount = chunks.firsts.length - 1;
    const threads = shared ? Math.max(1, Math.min(options.threads, plan.mostThreads, chunkCount)) : 1;
    const paths = options.hs ? yield* huffmanSteps(vocabulary.counts) : undefined;
    const layout = layOut(
      {
        vocabulary: n,
        tracks: corpus.tracks.length,
        size: options.vectorSize,
        negative: options.negative,
        hs: options.hs,
        depth: paths?.depth ?? 0,
        pathWords: paths?.nodes.length ?? 0,
        chunks: chunkCount,
        mostWords: chunks.mostWords,
        mostSegments: chunks.mostSegments,
        threads,
        ...plan,
      },
      wording,
    );
    const memory = allocate(layout, shared, wording);
    const words = new Uint32Array(memory.buffer);
    yield* copySteps(words, vocabulary.rowOf, layout.numberOf / 4);
    yield* copySteps(words, bars, layout.keep / 4);
    if (options.negative > 0) {
      const weights = yield* noiseSteps(vocabulary.counts, options.nsExponent);
      yield* copySteps(words, yield* aliasTableSteps(weights), layout.alias / 4);
    }
    if (paths) {
      yield* copySteps(words, paths.starts, layout.pathStart / 4);
      yield* copySteps(words, paths.nodes, layout.pathNodes / 4);
    }
    const { items } = corpus;
    // The time a chunk takes grows with the tokens expected to survive downsampling.
    const cost = (from: number, to: number) => {
      let sum = 0;
      for (let at = from; at < to; at++) {
        const row = vocabulary.rowOf[items[at]!]!;
        if (row !== NO_ROW) sum += bars[row]!;
      }
      return sum;
    };
    yield* copySteps(words, yield* heaviestFirst(chunks, Math.max(1, plan.shards), cost), layout.order / 4);
    yield* copySteps(words, yield* startsOf(chunks), layout.starts / 4);
    const job: Job = {
      module,
      memory,
      layout,
      options,
      vocabulary: n,
      items: shared ? yield* sharedItems(items) : items,
      chunks,
      chunkCount,
      words: chunks.segments.at(-1)! - chunks.segments[0]!,
      threads,
      firstEpoch,
    };
    const matrices = new Matrices(memory, layout, options.vectorSize);
    const session = new Session(job, vocabulary, matrices);
    yield* session.#fill(start);
    return session;
  }

  get chunks(): Chunks {
    return this.job.chunks;
  }

  *#fill(start: Weights | undefined): Steps<void> {
    const { options, layout, vocabulary } = this.job;
    const known = start ? start.inputs.length / options.vectorSize : 0;
    if (start) {
      yield* this.matrices.write(0, start.inputs);
      if (start.outputs && options.negative > 0)
        yield* this.matrices.write(layout.negativeRow, start.outputs);
      if (start.nodes && options.hs) yield* this.matrices.write(layout.nodeRow, start.nodes);
    }
    if (!start && options.negative > 0) yield* this.matrices.clear(layout.negativeRow, vocabulary);
    const { kernel } = new Work(this.job, 0);
    const seed = seedOf(options.seed, 0xffff_ffff, 0);
    for (const [from, to] of blocks(known, vocabulary, Math.ceil(2 ** 18 / options.vectorSize))) {
      kernel.initializeRows(from, to, options.vectorSize, seed);
      yield;
    }
  }

  /** Copies of the current matrices. */
  weights(): Weights {
    return atOnce(this.weightsSteps());
  }

  /** The same in steps. */
  *weightsSteps(): Steps<Weights> {
    const { options, layout, vocabulary } = this.job;
    const { matrices } = this;
    return {
      inputs: yield* matrices.read(0, vocabulary),
      ...(options.negative > 0 ? { outputs: yield* matrices.read(layout.negativeRow, vocabulary) } : {}),
      ...(options.hs ? { nodes: yield* matrices.read(layout.nodeRow, vocabulary) } : {}),
    };
  }

  /** Words of the current epoch in chunks that have been taken. */
  wordsTaken(): number {
    const { segments, firsts } = this.chunks;
    const chunk = Math.min(this.control.nextChunk, firsts.length - 1);
    return segments[firsts[chunk]!]! - segments[0]!;
  }
}

function allocate(layout: Layout, shared: boolean, { option }: Wording): WebAssembly.Memory {
  const pages = Math.ceil(layout.totalBytes / 65_536);
  const less = `raise ${option("minCount")} or lower ${option("vectorSize")}`;
  return wasmMemory({ initial: pages, maximum: pages, shared }, "training", less);
}
