/** What the encoder can be told, and what it does unless told. */
import { numberWithin, wholeNumber } from "../../system/index.js";
import { meanLength, type Sessions, sessionCount } from "../core/sessions.js";
import { orWord, repeatsRange, type SettingRanges } from "../core/setting-ranges.js";
import { batchStep, drawnStep, sizeStep } from "./encoder-memory.js";
import type { EncoderTraining } from "./train-encoder.js";

export interface EncoderSettings {
  /** Dimensions of a track's vector; rounded up to a multiple of 16. Default 64. */
  readonly vectorSize: number;
  /** How many of a context's tracks are read, from the last. "auto": half as many as a playlist has in the mean, 20 to 100. */
  readonly reach: number | "auto";
  /** How often each context is learned from. "auto": as often as makes three million contexts, 1 to 6 times. */
  readonly epochs: number | "auto";
  /** Contexts that are learned from at once; rounded up to a multiple of 64. "auto": a hundredth of them all, 64 to 1,024. */
  readonly batch: number | "auto";
  /** Tracks that a batch is compared with; rounded up to a multiple of 16. Default 1,024. */
  readonly negative: number;
  /** The highest rate of learning. Default 0.02. */
  readonly rate: number;
  /** What cosines are multiplied by before the softmax. Default 16. */
  readonly scale: number;
  /** The share of a track's dimensions that are left out in training. Default 0.2. */
  readonly dropout: number;
  /** Factor for tracks that the context holds; 0 leaves them out; "auto" asks the data. */
  readonly repeats: number | "auto";
}

export const encoderDefaults: EncoderSettings = {
  vectorSize: 64,
  reach: "auto",
  epochs: "auto",
  batch: "auto",
  negative: 1024,
  rate: 0.02,
  scale: 16,
  dropout: 0.2,
  repeats: "auto",
};

export const encoderRanges: SettingRanges<EncoderSettings> = {
  vectorSize: wholeNumber(1, 1024),
  reach: orWord("auto", wholeNumber(1, 1000)),
  epochs: orWord("auto", wholeNumber(1, 1000)),
  batch: orWord("auto", wholeNumber(1, 65_536)),
  negative: wholeNumber(1, 65_536),
  rate: numberWithin({ above: 0, most: 1 }),
  // With more, shares of the softmax leave what 32-bit floats hold.
  scale: numberWithin({ above: 0, most: 64 }),
  dropout: numberWithin({ least: 0, below: 1 }),
  repeats: repeatsRange,
};

/** Contexts that are learned from unless `epochs` says otherwise. */
const contextsLearned = 3_000_000;
/** More gain next to nothing where there are few contexts, and cost a small fit most of its time (see docs/measured/recommenders.md). */
const mostEpochs = 6;

const within = (value: number, least: number, most: number) => Math.max(least, Math.min(most, value));
const upTo = (value: number, step: number) => step * Math.ceil(value / step);

/** What settings stand for on these playlists. */
export function trainingFor(settings: EncoderSettings, sessions: Sessions): EncoderTraining {
  const contexts = Math.max(1, sessions.items.length - sessionCount(sessions));
  const { reach, epochs, batch, vectorSize, negative, rate, scale, dropout } = settings;
  return {
    size: upTo(vectorSize, sizeStep),
    reach: reach === "auto" ? Math.round(within(meanLength(sessions) / 2, 20, 100)) : reach,
    epochs: epochs === "auto" ? Math.round(within(contextsLearned / contexts, 1, mostEpochs)) : epochs,
    batch: upTo(batch === "auto" ? within(contexts / 100, batchStep, 1024) : batch, batchStep),
    drawn: upTo(negative, drawnStep),
    rate,
    scale,
    dropout,
  };
}
