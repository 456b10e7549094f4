/**
 * Item-to-item neighbours (Item-KNN): tracks that share playlists with the context's tracks, by cosine of their playlist
 * vectors with a damping that keeps rare coincidences down (Hidasi et al. 2016, §4.1).
 */
import type { Catalogue } from "../corpus/index.js";
import { numberWithin, wholeNumber } from "../system/index.js";
import type { RecommenderKind, RecommenderState } from "./contract.js";
import { Fallback } from "./core/fallback.js";
import { countPairs, type Pairs } from "./core/pairs.js";
import type { Query } from "./core/query.js";
import { repeatsFor } from "./core/repeats.js";
import type { ScoreBoard } from "./core/score-board.js";
import { ScoredRecommender } from "./core/scored.js";
import { sessionsOf } from "./core/sessions.js";
import { exponent, repeatsRange, type SettingRanges } from "./core/setting-ranges.js";

export interface ItemToItemSettings {
  /** How many tracks of the context, from the last, are read; 1 is the Item-KNN of the published tables. */
  readonly last: number;
  /** The weight of the context's track d places back is d^-contextFade. */
  readonly contextFade: number;
  /** Playlists of doubt: similarity = shared / (sqrt(n_a · n_b) + damping). */
  readonly damping: number;
  /** Playlists longer than this are looked at in windows of this many places to either side. */
  readonly window: number;
  /** How many similar tracks are kept for a track. */
  readonly keep: number;
  readonly repeats: number | "auto";
}

const defaults: ItemToItemSettings = {
  last: 30,
  contextFade: 0.7,
  damping: 5,
  window: 100,
  keep: 300,
  repeats: "auto",
};

const ranges: SettingRanges<ItemToItemSettings> = {
  last: wholeNumber(1),
  contextFade: exponent,
  damping: numberWithin({ least: 0 }),
  window: wholeNumber(1),
  keep: wholeNumber(1),
  repeats: repeatsRange,
};

function make(
  catalogue: Catalogue,
  pairs: Pairs,
  fallback: Fallback,
  settings: ItemToItemSettings,
  repeats: number,
) {
  const { counts } = fallback;
  const score = (query: Query, board: ScoreBoard) => {
    const reach = Math.min(settings.last, query.tracks.length);
    for (let d = 1; d <= reach; d++) {
      const track = query.tracks[query.tracks.length - d]!;
      const weight = (d + query.unknownAfter) ** -settings.contextFade;
      for (let i = pairs.offsets[track]!; i < pairs.offsets[track + 1]!; i++) {
        const other = pairs.tracks[i]!;
        const length = Math.sqrt(counts[track]! * counts[other]!) + settings.damping;
        board.add(other, (weight * pairs.weights[i]!) / length);
      }
    }
  };
  const state = (): RecommenderState => ({
    kind: "item-to-item",
    version: 1,
    settings: { ...settings, repeats },
    arrays: { ...pairs },
    parts: { fallback: fallback.save() },
  });
  return new ScoredRecommender({
    name: "item-to-item",
    catalogue,
    scorer: { score },
    repeats,
    filler: fallback,
    state,
  });
}

export const itemToItem: RecommenderKind<ItemToItemSettings> = {
  name: "item-to-item",
  summary: "Tracks that share playlists with the last tracks (Item-KNN, damped cosine).",
  defaults,
  ranges,
  async fit(corpus, given, options = {}) {
    const settings = { ...defaults, ...given };
    const sessions = sessionsOf(corpus);
    const { window, keep } = settings;
    const pairs = await countPairs(sessions, {
      ahead: window,
      behind: window,
      fade: 0,
      recency: 0,
      keep,
      signal: options.signal,
    });
    return make(corpus, pairs, Fallback.fit(corpus), settings, repeatsFor(settings.repeats, sessions));
  },
  restore(state, catalogue) {
    const settings = state.settings as unknown as ItemToItemSettings;
    const fallback = Fallback.restore(state.parts!.fallback!, catalogue);
    return make(catalogue, state.arrays as unknown as Pairs, fallback, settings, settings.repeats as number);
  },
};
