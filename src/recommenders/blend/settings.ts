/** What the blend can be told, what it does unless told, and what it cannot be told. */
import { numberWithin, wholeNumber } from "../../system/index.js";
import { word2vecRanges } from "../../track2vec/index.js";
import type { SettingsConflict } from "../contract.js";
import { orWord, type SettingRanges } from "../core/setting-ranges.js";
import { encoderDefaults, encoderRanges } from "../encoder/settings.js";
import { mostLeaves } from "./forest.js";
import { type HoldingSettings, leastTail, mostQueries } from "./held-back.js";
import type { SignalSettings } from "./signals.js";
import type { BoostSettings } from "./tree-grower.js";

export interface BlendSettings extends SignalSettings, BoostSettings, HoldingSettings {
  /** Dimensions of the encoder whose codes name tracks and are compared. */
  readonly vectorSize: number;
  /**
   * Epochs of that encoder; 0: no encoder. "auto": none where playlists are long, since what shares a playlist then says as much, and better
   * (see docs/measured/recommenders.md); else as many as the encoder by itself.
   */
  readonly vectorEpochs: number | "auto";
  /** How far links between tracks reach within a playlist, in places. */
  readonly window: number;
  /** How many links of a sort a track keeps, at most. */
  readonly keep: number;
  /** How many trees rank all candidates; the others rank only the best `finalists`, whatever k: a longer answer only goes on. */
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
  // A leaf's value is its gradient by its second derivative and this: 0 by 0 is no number.
  lambda: numberWithin({ above: 0 }),
  querySample: share,
  featureSample: share,
  firstTrees: wholeNumber(0),
  finalists: wholeNumber(1),
};

/** Parts of a tail's size are held back one after the other: together they are no more than all playlists. */
export function blendConflict({ tail, folds }: Readonly<BlendSettings>): SettingsConflict | undefined {
  if (folds * tail <= 1) return undefined;
  return {
    what: `"folds" (${folds}) parts of "tail" (${tail}) of the playlists are more than all of them`,
    hint: `With this tail there may be ${Math.floor(1 / tail)} folds at most.`,
  };
}
