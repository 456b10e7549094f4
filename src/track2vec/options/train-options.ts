/** Training options beyond gensim's, and the report after each epoch. */
import {
  aFunction,
  aPath,
  besideWork,
  type Progress,
  thingWith,
  trueOrFalse,
  type ValueRange,
} from "../../system/index.js";
import type { Validation } from "../training/validation.js";
import type { TrackVectors } from "../vectors/vectors.js";
import type { Word2VecOptions } from "./options.js";
import type { Wording } from "./wording.js";

/** The state of a training at the end of an epoch. */
export interface EpochReport {
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Mean negative log-likelihood in nats: per pair with its negatives (skip-gram), or per centre (CBOW). */
  readonly loss: number;
  /** All words of the epochs trained by this call, divided by the time since training began. */
  readonly wordsPerSecond: number;
  /** Until the last epoch ends, at this speed. */
  readonly secondsLeft: number;
  /** On the validation's queries, if there is a validation. */
  readonly hitRatio?: number;
  /** A copy of the current vectors. */
  vectors(): TrackVectors;
}

/** `Partial`, by which `exactOptionalPropertyTypes` would refuse undefined. */
type Given = { readonly [Name in keyof Word2VecOptions]?: Word2VecOptions[Name] | undefined };

/** gensim's options (see `Word2VecOptions`), and Segue's own. */
export interface TrainOptions extends Given {
  /** Called five times a second with the number of words done over all epochs; the note has words/s, loss and time left. */
  readonly progress?: Progress;
  /**
   * Ends the training and its threads within 100 ms, whatever the size of the corpus. The checkpoint stays intact, either that of the
   * last saved epoch or the one being saved.
   */
  readonly signal?: AbortSignal;
  /** Called after each epoch, while training waits; `"stop"` ends the training. */
  readonly onEpoch?: (report: EpochReport) => undefined | "stop" | Promise<undefined | "stop">;
  /** Evaluates each epoch: the vectors of the best are returned, and training stops early when the hit ratio no longer improves. */
  readonly validation?: Validation;
  /** A file written atomically after each epoch, for `resume`. */
  readonly checkpoint?: string;
  /**
   * A checkpoint to continue from, with the same playlists, options, validation and `from` (`threads` and `patience` may differ). In
   * deterministic mode the result is bit-identical to an uninterrupted training.
   */
  readonly resume?: string;
  /**
   * Vectors to continue training with new playlists: their tracks keep their rows, counts add up, and new tracks that occur
   * at least `minCount` times are added. Best with vectors that have `outputs` and `counts`, as Segue's safetensors do: without
   * counts, known tracks are not drawn as negatives until they are played again; without outputs, the output matrix starts at
   * zero. `vectorSize` defaults to theirs and must equal it.
   */
  readonly from?: TrackVectors;
  /** Whether threads may share memory; default: if SharedArrayBuffer exists. Otherwise only the calling thread trains. */
  readonly shared?: boolean;
  /** How messages name options and items; default: options as in code, tracks in playlists. */
  readonly wording?: Partial<Wording>;
}

const checkedApart: ValueRange = { wanted: "", holds: () => true };

/** The valid values of each option beyond gensim's. */
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
