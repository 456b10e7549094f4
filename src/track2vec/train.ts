/** Training track vectors from playlists. */
import type { Corpus } from "../corpus/index.js";
import { type Progress, throttled } from "../system/index.js";
import { resolveOptions, type Word2VecOptions } from "./options.js";
import { Session } from "./session.js";
import { runEpochs } from "./threads.js";
import { TrackVectors } from "./vectors.js";
import { buildVocabulary } from "./vocabulary.js";

/** What is known at the end of an epoch. */
export interface EpochReport {
  /** 1 for the first. */
  readonly epoch: number;
  readonly epochs: number;
  /** Mean negative log-likelihood, in nats: of a pair with its negatives (skip-gram), of a centre (CBOW). */
  readonly loss: number;
  readonly wordsPerSecond: number;
  /** The vectors as they are now, copied. */
  vectors(): TrackVectors;
}

export interface TrainOptions extends Partial<Word2VecOptions> {
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
  /** Called after each epoch, while training waits; `"stop"` ends it there. */
  readonly onEpoch?: (report: EpochReport) => undefined | "stop" | Promise<undefined | "stop">;
}

export interface TrainingResult {
  readonly vectors: TrackVectors;
  readonly options: Word2VecOptions;
  /** Tokens of the corpus, in the vocabulary or not. */
  readonly words: number;
  /** Epochs that were trained. */
  readonly epochs: number;
  /** Threads that worked. */
  readonly threads: number;
  /** Building the vocabulary and training. */
  readonly seconds: number;
  /** Every word of the corpus in every epoch, kept or not, by `seconds`. */
  readonly wordsPerSecond: number;
  readonly lossPerEpoch: readonly number[];
}

/**
 * Learns one vector a track, so that tracks that play near each other lie near each other: word2vec with playlists for
 * sentences (Mikolov et al. 2013), trained as in Ji et al. 2016 (arXiv 1604.04661).
 *
 * @param corpus playlists; a track that occurs less than `minCount` times gets no vector
 * @param options gensim's names and defaults (see `Word2VecOptions`)
 * @throws SegueError when an option is wrong, no track is left, or memory does not suffice
 * @throws the signal's reason, within 100 ms of its abort
 */
export async function trainTrack2Vec(corpus: Corpus, options: TrainOptions = {}): Promise<TrainingResult> {
  const resolved = resolveOptions(options);
  options.signal?.throwIfAborted();
  const began = performance.now();
  const vocabulary = buildVocabulary(corpus, resolved);
  const session = await Session.open(corpus, vocabulary, resolved, {
    firstEpoch: 0,
    shared: typeof SharedArrayBuffer !== "undefined",
  });
  const { words } = session;
  const lossPerEpoch: number[] = [];
  const vectors = () => {
    const { inputs, outputs } = session.weights();
    return new TrackVectors({
      tracks: vocabulary.tracks,
      size: resolved.vectorSize,
      vectors: inputs,
      counts: vocabulary.counts,
      outputs,
    });
  };
  const trainingBegan = performance.now();
  const speed = (done: number) => (done / Math.max(1, performance.now() - trainingBegan)) * 1000;
  const timer = reportWhileTraining(options.progress, () => {
    const done =
      lossPerEpoch.length * words + (lossPerEpoch.length < resolved.epochs ? session.wordsTaken() : 0);
    return { done, total: resolved.epochs * words, speed: speed(done), losses: lossPerEpoch };
  });
  try {
    await runEpochs(
      session,
      async (epoch) => {
        const loss = session.meanLoss();
        lossPerEpoch.push(loss);
        const report = {
          epoch: epoch + 1,
          epochs: resolved.epochs,
          loss,
          wordsPerSecond: speed(lossPerEpoch.length * words),
          vectors,
        };
        return (await options.onEpoch?.(report)) !== "stop";
      },
      options.signal,
    );
  } finally {
    timer.end();
  }
  const trained = vectors();
  const seconds = (performance.now() - began) / 1000;
  return {
    vectors: trained,
    options: resolved,
    words,
    epochs: lossPerEpoch.length,
    threads: session.job.threads,
    seconds,
    wordsPerSecond: (words * lossPerEpoch.length) / seconds,
    lossPerEpoch,
  };
}

interface State {
  readonly done: number;
  readonly total: number;
  readonly speed: number;
  readonly losses: readonly number[];
}

function reportWhileTraining(progress: Progress | undefined, state: () => State): { end(): void } {
  if (!progress) return { end: () => {} };
  const report = throttled(progress);
  const tell = () => {
    const { done, total, speed, losses } = state();
    const left = speed > 0 ? `, ${Math.ceil((total - done) / speed)} s left` : "";
    const loss = losses.length > 0 ? `, loss ${losses.at(-1)!.toFixed(4)}` : "";
    const note = `${(speed / 1e6).toFixed(2)}M words/s${loss}${left}`;
    report({ task: "training", done, total, unit: "words", note });
  };
  const timer = setInterval(tell, 200);
  return {
    end: () => {
      clearInterval(timer);
      tell();
    },
  };
}
