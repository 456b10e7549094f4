/** The blend's settings, defaults, ranges and conflicts. */
import { numberWithin, wholeNumber } from "../../system/index.js";
import { word2vecRanges } from "../../track2vec/index.js";
import type { SettingsConflict } from "../contract.js";
import { orWord, type SettingRanges } from "../core/setting-ranges.js";
import { encoderDefaults, encoderRanges } from "../encoder/settings.js";
import { type HoldingSettings, leastTail, mostQueries } from "./fitting/held-back.js";
import type { SignalSettings } from "./signals.js";
import { mostLeaves } from "./trees/forest.js";
import type { BoostSettings } from "./trees/tree-grower.js";

export interface BlendSettings extends SignalSettings, BoostSettings, HoldingSettings {
  /** Dimensions of the encoder. */
  readonly vectorSize: number;
  /**
   * Epochs of the encoder; 0: no encoder. "auto": none if the mean playlist has 20 tracks or more, since sharing a playlist is then
   * better evidence (see docs/measured/recommenders.md), or if nine tenths of the plays are the only one of their track; else as many as
   * the encoder by itself.
   */
  readonly vectorEpochs: number | "auto";
  /** The minimum reach of links between tracks within a playlist, in places; more if playlists are longer. */
  readonly window: number;
  /** The maximum number of links kept per track. */
  readonly keep: number;
  /** How many trees rank all candidates. The others rank only the `finalists`, regardless of k, so that answers are prefix-stable. */
  readonly firstTrees: number;
  /** How many candidates the other trees rank. */
  readonly finalists: number;
}

export const blendDefaults: BlendSettings = {
  tail: 0.1,
  folds: 4,
  queries: mostQueries,
  candidates: 200,
  hard: 40,
  easy: 30,
  later: "auto",
  nominated: 200,
  neighbours: 400,
  perTrack: 3000,
  vectorSize: encoderDefaults.vectorSize,
  vectorEpochs: "auto",
  window: 10,
  keep: 200,
  trees: 120,
  leaves: 24,
  rate: 0.1,
  leastHessian: 8,
  lambda: 10,
  querySample: 0.6,
  featureSample: 0.6,
  firstTrees: 20,
  finalists: 300,
};

const share = numberWithin({ above: 0, most: 1 });

export const blendRanges: SettingRanges<BlendSettings> = {
  tail: numberWithin({ above: 0, below: 1 }),
  folds: wholeNumber(1, Math.floor(1 / leastTail)),
  queries: wholeNumber(1),
  candidates: wholeNumber(1, 10_000),
  hard: wholeNumber(1, 1000),
  easy: wholeNumber(0, 1000),
  later: orWord("auto", numberWithin({ least: 0, most: 1 })),
  nominated: wholeNumber(1, 10_000),
  neighbours: wholeNumber(1),
  perTrack: wholeNumber(1),
  vectorSize: encoderRanges.vectorSize,
  vectorEpochs: orWord("auto", wholeNumber(0)),
  window: word2vecRanges.window,
  keep: wholeNumber(1, 100_000),
  trees: wholeNumber(1, 10_000),
  leaves: wholeNumber(2, mostLeaves),
  rate: share,
  leastHessian: numberWithin({ least: 0 }),
  // A leaf's value is gradient / (second derivative + lambda), which must not be 0 / 0.
  lambda: numberWithin({ above: 0 }),
  querySample: share,
  featureSample: share,
  firstTrees: wholeNumber(0),
  finalists: wholeNumber(1),
};

/** Folds of the tail's size are held back one after another, so together they cannot exceed all playlists. */
export function blendConflict({ tail, folds }: Readonly<BlendSettings>): SettingsConflict | undefined {
  if (folds * tail <= 1) return undefined;
  return {
    what: `"folds" (${folds}) parts of "tail" (${tail}) of the playlists each are more than all playlists`,
    hint: `With this tail, ${Math.floor(1 / tail)} folds at most.`,
  };
}
