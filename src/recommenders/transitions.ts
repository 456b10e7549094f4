/**
 * Recommends what followed the last tracks of the context: a first-order Markov chain with skips, weighted by distance
 * ("sequential rules", Ludewig & Jannach 2018, §3.1: weight 1/d).
 */
import { numberWithin, wholeNumber } from "../system/index.js";
import { pairsKind } from "./core/pairs/pairs-kind.js";
import { exponent, repeatsRange, type SettingRanges } from "./core/setting-ranges.js";

export interface TransitionsSettings {
  /** The maximum distance of a transition, in places; 1 is the plain Markov chain. */
  readonly skip: number;
  /** The weight of a transition over d places is d^-fade. */
  readonly fade: number;
  /** How many of the context's last tracks are read. */
  readonly last: number;
  /** The weight of the context's d-th last track is d^-contextFade. */
  readonly contextFade: number;
  /** The age, as a share of all playlists, at which a playlist weighs 1/e; 0: all weigh the same. */
  readonly recency: number;
  /** The maximum number of followers kept per track. */
  readonly keep: number;
  /** Score factor for tracks in the context; 0 leaves them out; "auto" decides by the data. */
  readonly repeats: number | "auto";
}

const defaults: TransitionsSettings = {
  skip: 10,
  fade: 1,
  last: 10,
  contextFade: 1,
  recency: 0,
  keep: 300,
  repeats: "auto",
};

const ranges: SettingRanges<TransitionsSettings> = {
  skip: wholeNumber(1),
  fade: exponent,
  last: wholeNumber(1),
  contextFade: exponent,
  recency: numberWithin({ least: 0 }),
  keep: wholeNumber(1),
  repeats: repeatsRange,
};

export const transitions = pairsKind<TransitionsSettings>({
  name: "transitions",
  summary: "What followed the last tracks elsewhere, near followers counting more.",
  defaults,
  ranges,
  pairsOf: ({ skip, fade, recency }) => ({ ahead: skip, behind: 0, fade, recency }),
  scorerOf:
    ({ offsets, tracks, weights, totals }) =>
    (track, weight, board) => {
      // Smoothing: shares of a small total are unreliable.
      const each = weight / (totals[track]! + 5);
      for (let i = offsets[track]!; i < offsets[track + 1]!; i++) board.add(tracks[i]!, each * weights[i]!);
    },
});
