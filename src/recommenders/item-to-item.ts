/**
 * Item-to-item neighbours (Item-KNN): tracks that share playlists with the context's tracks, by the cosine of their playlist
 * vectors, damped so that rare coincidences count less (Hidasi et al. 2016, §4.1). A track is also a little similar to itself.
 */
import { numberWithin, wholeNumber } from "../system/index.js";
import { pairsKind } from "./core/pairs/pairs-kind.js";
import { exponent, factor, repeatsRange, type SettingRanges } from "./core/setting-ranges.js";

export interface ItemToItemSettings {
  /** How many of the context's last tracks are read; 1 is the Item-KNN of the published tables. */
  readonly last: number;
  /** The weight of the context's d-th last track is d^-contextFade. */
  readonly contextFade: number;
  /** similarity = shared / (sqrt(n_a · n_b) + damping): pairs of plays that share a playlist, and the playlists with each track. */
  readonly damping: number;
  /** The similarity of a track to itself. Only counts where played tracks may be answered; 0: as in the published tables. */
  readonly selfVote: number;
  /** Only tracks at most this many places apart count as sharing a playlist. */
  readonly window: number;
  /** The maximum number of similar tracks kept per track. */
  readonly keep: number;
  /** Score factor for tracks in the context; 0 leaves them out; "auto" decides by the data. */
  readonly repeats: number | "auto";
}

const defaults: ItemToItemSettings = {
  last: 30,
  contextFade: 0.7,
  damping: 5,
  selfVote: 0.1,
  window: 100,
  keep: 300,
  repeats: "auto",
};

const ranges: SettingRanges<ItemToItemSettings> = {
  last: wholeNumber(1),
  contextFade: exponent,
  damping: numberWithin({ least: 0 }),
  selfVote: factor,
  window: wholeNumber(1),
  keep: wholeNumber(1),
  repeats: repeatsRange,
};

export const itemToItem = pairsKind<ItemToItemSettings>({
  name: "item-to-item",
  summary: "Tracks that share playlists with the last tracks (Item-KNN, damped cosine).",
  defaults,
  ranges,
  pairsOf: ({ window }) => ({ ahead: window, behind: window, fade: 0, recency: 0 }),
  // Models saved by earlier versions have no `selfVote`.
  scorerOf:
    ({ offsets, tracks, weights }, counts, { damping, selfVote = 0 }) =>
    (track, weight, board) => {
      if (selfVote > 0) board.add(track, weight * selfVote);
      for (let i = offsets[track]!; i < offsets[track + 1]!; i++) {
        const other = tracks[i]!;
        const length = Math.sqrt(counts[track]! * counts[other]!) + damping;
        board.add(other, (weight * weights[i]!) / length);
      }
    },
});
