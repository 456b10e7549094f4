/** What the blend can be told, and what it does unless told. */
import type { BoostSettings } from "./boost.js";
import { type HoldingSettings, mostQueries } from "./held-back.js";
import type { SignalSettings } from "./signals.js";

export interface BlendSettings extends SignalSettings, BoostSettings, HoldingSettings {
  readonly vectorSize: number;
  /**
   * Epochs of the track vectors that the ranker compares; 0: no vectors. "auto": none where playlists are long, since what shares a
   * playlist then says as much, and better (see docs/recommenders.md).
   */
  readonly vectorEpochs: number | "auto";
  readonly window: number;
  readonly keep: number;
  /** The first trees rank all candidates, the others only the best `finalists` of these, whatever k: a longer answer only goes on. */
  readonly firstTrees: number;
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
  nominated: 300,
  neighbours: 400,
  perTrack: 3000,
  vectorSize: 48,
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
