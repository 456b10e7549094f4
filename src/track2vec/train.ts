/** Training track vectors from playlists. */
import { type Corpus, requireCorpus } from "../corpus/index.js";
import {
  checkOutput,
  inSlices,
  misuse,
  peakRssMb,
  requireKnown,
  requireWithin,
  untilAborted,
} from "../system/index.js";
import { fingerprint, loadCheckpoint } from "./checkpoint.js";
import { Epochs, type Given, type Prepared } from "./epochs.js";
import { resolveOptions, type Word2VecOptions, word2vecDefaults } from "./options.js";
import { requireVectors } from "./require-vectors.js";
import { Session } from "./session.js";
import { mostThreads } from "./shards.js";
import { Crew, runOnThisThread } from "./threads.js";
import { ownRanges, type TrainOptions } from "./train-options.js";
import { reportTraining } from "./training-progress.js";
import { Judge, requireValidation } from "./validation.js";
import type { TrackVectors } from "./vectors.js";
import { vocabularySteps } from "./vocabulary.js";
import { ofTracks } from "./wording.js";
import type { EpochTotals } from "./work.js";

export interface TrainingResult {
  readonly vectors: TrackVectors;
  readonly options: Word2VecOptions;
  /** Tokens of the corpus, in the vocabulary or not. */
  readonly words: number;
  /** Epochs that were trained, those of the checkpoint included. */
  readonly epochs: number;
  /** Of these, how many the checkpoint had that was resumed; 0 without one. */
  readonly resumedEpochs: number;
  /** Threads that worked. */
  readonly threads: number;
  /** Building the vocabulary and training. */
  readonly seconds: number;
  /** Every word of the corpus in every epoch, kept or not, by `seconds`. */
  readonly wordsPerSecond: number;
  /** Mean negative log-likelihood, in nats: of a pair with its negatives (skip-gram), of a centre (CBOW). */
  readonly lossPerEpoch: readonly number[];
  /** Pairs of centre and context (skip-gram) or centres (CBOW) that this call has trained on. */
  readonly pairs: number;
  /** Products of a context with a negative: contexts of neighbouring centres share them. Each took 3 × vectorSize multiply-adds. */
  readonly negativeProducts: number;
  /** The validation's hit ratio after each epoch; empty without one. */
  readonly hitRatioPerEpoch: readonly number[];
  /** Whose vectors these are: the best epoch with a validation, else the last; 1 for the first. */
  readonly epoch: number;
  /** MiB of the kernel's memory: matrices, tables, and the threads' own room; the plays (4 bytes each) lie beside it. */
  readonly kernelMb: number;
  /** The highest resident memory of this process so far, in MiB, of whatever it did. */
  readonly peakRssMb: number;
}

/**
 * Learns one vector a track, so that tracks that play near each other lie near each other: word2vec with playlists for
 * sentences (Mikolov et al. 2013), trained as in Ji et al. 2016 (arXiv 1604.04661).
 *
 * @param corpus playlists; a track that occurs less than `minCount` times gets no vector
 * @param options gensim's names and defaults (see `Word2VecOptions`)
 * @throws SegueError (misuse) when an option is wrong, or a checkpoint belongs to other playlists or options; code
 *   "empty-vocabulary" when no track is left; "out-of-memory" when memory does not suffice, with how much would and what
 *   would fit; "diverged" after the first epoch whose loss is not finite, or where the vectors are not at the end; "corrupt" when a
 *   checkpoint is damaged
 * @throws the signal's reason, within 100 ms of its abort
 */
export async function trainTrack2Vec(corpus: Corpus, options: TrainOptions = {}): Promise<TrainingResult> {
  requireKnown(options, [...Object.keys(word2vecDefaults), ...Object.keys(ownRanges)]);
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
    return await train(corpus, { ...options, wording }, resolved, crew);
  } finally {
    await crew?.end();
  }
}

/** Everything that comes before the first epoch, in slices: on a large corpus it takes seconds. */
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

/** @param crew threads that share memory; without them this one works alone */
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
    // Threads may be an epoch ahead of what has been heard of it.
    told = Math.max(told, epochs.wordsDone + (epochs.areAllDone ? 0 : session.wordsTaken()));
    return { done: told, total: epochs.wordsInAll, speed: epochs.speed(told), lossPerEpoch };
  });
  try {
    const afterEpoch = (totals: EpochTotals) => epochs.after(totals);
    // Where nobody looks at the matrices between epochs, threads need not wait for this one.
    const atOnce = !prepared.judge && !options.checkpoint && !options.onEpoch;
    if (epochs.areOver) await epochs.save();
    else if (crew) await crew.run(session, afterEpoch, atOnce, signal);
    else await runOnThisThread(session, afterEpoch, signal);
  } finally {
    timer.end();
  }
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
