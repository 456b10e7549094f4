/**
 * What follows what: a Markov chain of the first order, widened by skips whose weight fades with the distance
 * ("sequential rules", Ludewig & Jannach 2018, §3.1: weight 1/d), read from the last few tracks of the context.
 */
import { numberWithin, wholeNumber } from "../system/index.js";
import { pairsKind } from "./core/pairs-kind.js";
import { exponent, repeatsRange, type SettingRanges } from "./core/setting-ranges.js";

export interface TransitionsSettings {
  /** How many places ahead a transition may reach; 1 is the plain Markov chain. */
  readonly skip: number;
  /** The weight of a transition over d places is d^-fade. */
  readonly fade: number;
  /** How many tracks of the context, from the last, are read. */
  readonly last: number;
  /** The weight of the context's track d places back is d^-contextFade. */
  readonly contextFade: number;
  /** Age, as a share of all playlists, at which a playlist weighs 1/e; 0: all alike. */
  readonly recency: number;
  /** How many followers of a track are kept. */
  readonly keep: number;
  /** Factor for tracks that the context holds; 0 leaves them out; "auto" asks the data. */
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
      const total = totals[track]!;
      if (total === 0) return;
      // A track that is seldom followed says less than its share claims: 5 playlists of doubt.
      const each = weight / (total + 5);
      for (let i = offsets[track]!; i < offsets[track + 1]!; i++) board.add(tracks[i]!, each * weights[i]!);
    },
});
