/** Training track vectors from playlists. */
import { type Corpus, requireCorpus } from "../../corpus/index.js";
import {
  checkOutput,
  inSlices,
  misuse,
  peakRssMb,
  requireObject,
  requireWithin,
  untilAborted,
} from "../../system/index.js";
import { Session } from "../kernel/session.js";
import { resolveOptions, type Word2VecOptions } from "../options/options.js";
import { ownRanges, type TrainOptions } from "../options/train-options.js";
import { ofTracks } from "../options/wording.js";
import { mostThreads } from "../threads/shards.js";
import { Crew, runOnThisThread } from "../threads/threads.js";
import type { EpochTotals } from "../threads/work.js";
import { requireVectors } from "../vectors/require-vectors.js";
import type { TrackVectors } from "../vectors/vectors.js";
import { vocabularySteps } from "../vocabulary/vocabulary.js";
import { fingerprint, loadCheckpoint } from "./checkpoint.js";
import { Epochs, type Given, type Prepared } from "./epochs.js";
import { guarded, reportTraining } from "./training-progress.js";
import { Judge, requireValidation } from "./validation.js";

export interface TrainingResult {
  readonly vectors: TrackVectors;
  readonly options: Word2VecOptions;
  /** Tokens in the corpus, whether in the vocabulary or not. */
  readonly words: number;
  /** Epochs trained, including those of the checkpoint. */
  readonly epochs: number;
  /** How many of these came from the resumed checkpoint; 0 without one. */
  readonly resumedEpochs: number;
  /** Threads used. */
  readonly threads: number;
  /** Time to build the vocabulary and train. */
  readonly seconds: number;
  /** All words of the corpus in the epochs trained by this call, downsampled or not, divided by `seconds`. */
  readonly wordsPerSecond: number;
  /** Mean negative log-likelihood in nats: per pair with its negatives (skip-gram), or per centre (CBOW). */
  readonly lossPerEpoch: readonly number[];
  /** Centre-context pairs (skip-gram) or centres (CBOW) that this call trained on. */
  readonly pairs: number;
  /** Context-negative products, shared by the contexts of neighbouring centres; 3 × vectorSize multiply-adds each. */
  readonly negativeProducts: number;
  /** The hit ratio after each epoch; empty without a validation. */
  readonly hitRatioPerEpoch: readonly number[];
  /** The epoch that the vectors come from, from 1: the best if there is a validation, else the last. */
  readonly epoch: number;
  /** The kernel's memory in MiB: matrices, tables and scratch space; without the plays (4 bytes each). */
  readonly kernelMb: number;
  /** The process's peak resident memory so far, in MiB, whatever caused it. */
  readonly peakRssMb: number;
}

/**
 * Learns one vector per track, such that tracks played close together get similar vectors: word2vec with playlists as
 * sentences (Mikolov et al. 2013), trained as in Ji et al. 2016 (arXiv 1604.04661).
 *
 * @param corpus playlists; a track that occurs fewer than `minCount` times gets no vector
 * @param options gensim's names and defaults (see `Word2VecOptions`)
 * @throws SegueError (misuse) if an option is invalid, or the checkpoint belongs to other playlists or options; code
 *   "empty-vocabulary" if no track is left; "out-of-memory" if memory does not suffice, with how much is needed and what
 *   would fit; "diverged" after the first epoch with a loss that is not finite or above a million, or if the final vectors are
 *   not finite; "corrupt" if the checkpoint is damaged
 * @throws the signal's reason, within 100 ms of its abort; likewise what `progress` or `onEpoch` throws
 */
export async function trainTrack2Vec(corpus: Corpus, options: TrainOptions = {}): Promise<TrainingResult> {
  // `resolveOptions` checks the names, with hints for gensim's.
  requireObject(options);
  const { from, validation, signal } = options;
  if (from !== undefined) requireVectors(from, "from");
  const wording = { ...ofTracks, ...options.wording };
  const given = {
    ...options,
    vectorSize: options.vectorSize === undefined ? from?.size : options.vectorSize,
  };
  const resolved = resolveOptions(given, Object.keys(ownRanges), wording);
  for (const [name, range] of Object.entries(ownRanges)) {
    const value = options[name as keyof typeof ownRanges];
    if (value !== undefined) requireWithin(range, wording.option(name), value);
  }
  requireCorpus(corpus, "training");
  if (options.checkpoint !== undefined) await checkOutput(options.checkpoint);
  if (validation) requireValidation(validation, wording);
  signal?.throwIfAborted();
  if (from && from.size !== resolved.vectorSize) {
    throw misuse(
      `the vectors to go on from have ${from.size} dimensions, ${wording.option("vectorSize")} is ${resolved.vectorSize}`,
    );
  }
  const shared = options.shared ?? typeof SharedArrayBuffer !== "undefined";
  const crew = shared ? new Crew(mostThreads(corpus.items.length, resolved)) : undefined;
  try {
    return await train(corpus, { ...options, ...guarded(options), wording }, resolved, crew);
  } finally {
    await crew?.end();
  }
}

/** Everything before the first epoch, in slices: on a large corpus it takes seconds. */
async function prepare(
  corpus: Corpus,
  options: Given,
  resolved: Word2VecOptions,
  shared: boolean,
): Promise<Prepared> {
  const { from, validation, signal, wording } = options;
  const words = corpus.offsets.at(-1)!;
  const state = { done: 0, total: resolved.epochs * words, speed: 0, lossPerEpoch: [], preparing: true };
  const timer = reportTraining(options.progress, () => state);
  try {
    const vocabulary = await inSlices(vocabularySteps(corpus, resolved, from, wording), signal);
    const judge = validation && (await inSlices(Judge.open(validation, vocabulary.tracks), signal));
    const print =
      options.checkpoint || options.resume
        ? await inSlices(fingerprint(corpus, vocabulary, resolved, validation, from?.vectors), signal)
        : "";
    const values = vocabulary.tracks.length * resolved.vectorSize;
    const resumed = options.resume
      ? await untilAborted(loadCheckpoint(options.resume, print, values, resolved, wording), signal)
      : undefined;
    const session = await Session.open(corpus, vocabulary, resolved, {
      start: resumed?.weights ?? (from && { inputs: from.vectors, outputs: from.outputs }),
      firstEpoch: resumed?.lossPerEpoch.length ?? 0,
      shared,
      wording,
      signal,
    });
    return { vocabulary, judge, print, resumed, session };
  } finally {
    timer.end();
  }
}

/** @param crew threads that share memory; without them this thread trains alone */
async function train(
  corpus: Corpus,
  options: Given,
  resolved: Word2VecOptions,
  crew: Crew | undefined,
): Promise<TrainingResult> {
  const { signal } = options;
  const began = performance.now();
  const prepared = await prepare(corpus, options, resolved, crew !== undefined);
  const { session } = prepared;
  const epochs = new Epochs(prepared, options, resolved);
  const { lossPerEpoch } = epochs;
  let told = 0;
  const timer = reportTraining(options.progress, () => {
    // Threads may be an epoch ahead of their last message.
    told = Math.max(told, epochs.wordsDone + (epochs.areAllDone ? 0 : session.wordsTaken()));
    return { done: told, total: epochs.wordsInAll, speed: epochs.speed(told), lossPerEpoch };
  });
  try {
    const afterEpoch = (totals: EpochTotals) => epochs.after(totals);
    // If nobody reads the matrices between epochs, the threads need not wait for this one.
    const atOnce = !prepared.judge && !options.checkpoint && !options.onEpoch;
    if (epochs.areOver) await epochs.save();
    else if (crew) await crew.run(session, afterEpoch, atOnce, signal);
    else await runOnThisThread(session, afterEpoch, signal);
  } finally {
    timer.end();
  }
  // The last report may have failed.
  signal?.throwIfAborted();
  const vectors = await epochs.vectors();
  const seconds = (performance.now() - began) / 1000;
  const { words, threads, layout } = session.job;
  return {
    vectors,
    options: resolved,
    words,
    epochs: lossPerEpoch.length,
    resumedEpochs: epochs.resumed,
    threads,
    seconds,
    wordsPerSecond: (words * (lossPerEpoch.length - epochs.resumed)) / seconds,
    lossPerEpoch,
    pairs: epochs.pairs,
    negativeProducts: epochs.negativeProducts,
    hitRatioPerEpoch: epochs.hitRatioPerEpoch,
    epoch: epochs.taken,
    kernelMb: Math.round(layout.totalBytes / 2 ** 20),
    peakRssMb: peakRssMb(),
  };
}
