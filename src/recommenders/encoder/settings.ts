/** The encoder's settings, defaults and ranges. */
import { numberWithin, wholeNumber } from "../../system/index.js";
import { meanLength, type Sessions, sessionCount } from "../core/plays/sessions.js";
import { orWord, repeatsRange, type SettingRanges } from "../core/setting-ranges.js";
import { batchStep, drawnStep, sizeStep } from "./encoder-memory.js";
import type { EncoderTraining } from "./train-encoder.js";

export interface EncoderSettings {
  /** Dimensions of a track's vector; rounded up to a multiple of 16. Default 64. */
  readonly vectorSize: number;
  /** How many of a context's last tracks are read. "auto": half the mean playlist length, 20 to 100. */
  readonly reach: number | "auto";
  /** Passes over all contexts. "auto": enough for three million contexts in total, 1 to 6. */
  readonly epochs: number | "auto";
  /** Contexts per batch; rounded up to a multiple of 64. "auto": a hundredth of all contexts, 64 to 1,024. */
  readonly batch: number | "auto";
  /** Sampled tracks per batch; rounded up to a multiple of 16. Default 1,024. */
  readonly negative: number;
  /** The peak learning rate. Default 0.02. */
  readonly rate: number;
  /** The factor of cosines before the softmax. Default 16. */
  readonly scale: number;
  /** The share of a track's dimensions dropped in training. Default 0.2. */
  readonly dropout: number;
  /** Score factor for tracks in the context; 0 leaves them out; "auto" decides by the data. */
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
  // Above it, softmax probabilities exceed the range of 32-bit floats.
  scale: numberWithin({ above: 0, most: 64 }),
  dropout: numberWithin({ least: 0, below: 1 }),
  repeats: repeatsRange,
};

/** The number of contexts to learn from if `epochs` is "auto". */
const contextsLearned = 3_000_000;
/** With few contexts, more epochs gain almost nothing and would take most of the time of a fit (see docs/measured/recommenders.md). */
const mostEpochs = 6;

const within = (value: number, least: number, most: number) => Math.max(least, Math.min(most, value));
const upTo = (value: number, step: number) => step * Math.ceil(value / step);

/** Resolves "auto" settings for these playlists, and rounds sizes up to what the kernel needs. */
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
