/** What a training can be told beside gensim's options, and what it tells after each epoch. */
import {
  aFunction,
  aPath,
  besideWork,
  type Progress,
  thingWith,
  trueOrFalse,
  type ValueRange,
} from "../system/index.js";
import type { Word2VecOptions } from "./options.js";
import type { Validation } from "./validation.js";
import type { TrackVectors } from "./vectors.js";
import type { Wording } from "./wording.js";

/** What is known at the end of an epoch. */
export interface EpochReport {
  /** 1 for the first. */
  readonly epoch: number;
  readonly epochs: number;
  /** Mean negative log-likelihood, in nats: of a pair with its negatives (skip-gram), of a centre (CBOW). */
  readonly loss: number;
  /** Every word of the epochs that this call has trained, by the time since training began. */
  readonly wordsPerSecond: number;
  /** Until the last epoch would end, at that speed. */
  readonly secondsLeft: number;
  /** On the validation's queries, where there is one. */
  readonly hitRatio?: number;
  /** The vectors as they are now, copied. */
  vectors(): TrackVectors;
}

/** gensim's options (see `Word2VecOptions`), and what happens beside training. */
export interface TrainOptions extends Partial<Word2VecOptions> {
  /** Told five times a second how many words of all epochs are done; its note has words/s, loss and time left. */
  readonly progress?: Progress;
  /**
   * Ends the training within 100 ms, whatever it is doing and however large the corpus is; its threads are gone then, and a checkpoint
   * is whole: as it was after the last epoch, or after the one that was just being saved.
   */
  readonly signal?: AbortSignal;
  /** Called after each epoch, while training waits; `"stop"` ends it there. */
  readonly onEpoch?: (report: EpochReport) => undefined | "stop" | Promise<undefined | "stop">;
  /** Judges each epoch; the best one's vectors are returned, and training ends when it gets no better. */
  readonly validation?: Validation;
  /** A file that is written after each epoch, atomically, from which `resume` goes on. */
  readonly checkpoint?: string;
  /**
   * A checkpoint to go on from, with the same playlists, options, validation and `from` (`threads` and `patience` may differ); in the
   * deterministic mode the result is the same, bit by bit, as without the break.
   */
  readonly resume?: string;
  /**
   * Vectors to train on with new playlists: their tracks keep their rows, counts add up, new tracks that occur `minCount`
   * times join. Best with vectors that still have their `outputs` and `counts` (Segue's own safetensors do): without counts
   * known tracks are no negatives until they are played again, without outputs the output matrix starts at zero.
   * `vectorSize` is theirs.
   */
  readonly from?: TrackVectors;
  /** Whether threads may share memory; default: where there is SharedArrayBuffer. Without, one thread works: this one. */
  readonly shared?: boolean;
  /** How messages speak of options and of what is learnt; default: of tracks in playlists, of options as in code. */
  readonly wording?: Partial<Wording>;
}

const checkedApart: ValueRange = { wanted: "", holds: () => true };

/** What each of the options beside gensim's may be. */
export const ownRanges: Readonly<Record<Exclude<keyof TrainOptions, keyof Word2VecOptions>, ValueRange>> = {
  ...besideWork,
  onEpoch: aFunction,
  validation: thingWith("an object with queries", "queries"),
  checkpoint: aPath,
  resume: aPath,
  from: checkedApart,
  shared: trueOrFalse,
  wording: checkedApart,
};
