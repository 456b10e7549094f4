/**
 * What follows what: a Markov chain of the first order, widened by skips whose weight fades with the distance
 * ("sequential rules", Ludewig & Jannach 2018, §3.1: weight 1/d), read from the last few tracks of the context.
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

function make(
  catalogue: Catalogue,
  pairs: Pairs,
  fallback: Fallback,
  settings: TransitionsSettings,
  repeats: number,
) {
  const { last, contextFade } = settings;
  const score = (query: Query, board: ScoreBoard) => {
    const reach = Math.min(last, query.tracks.length);
    for (let d = 1; d <= reach; d++) {
      const track = query.tracks[query.tracks.length - d]!;
      const total = pairs.totals[track]!;
      if (total === 0) continue;
      // A track that is seldom followed says less than its share claims: 5 playlists of doubt.
      const weight = (d + query.unknownAfter) ** -contextFade / (total + 5);
      for (let i = pairs.offsets[track]!; i < pairs.offsets[track + 1]!; i++) {
        board.add(pairs.tracks[i]!, weight * pairs.weights[i]!);
      }
    }
  };
  const state = (): RecommenderState => ({
    kind: "transitions",
    version: 1,
    settings: { ...settings, repeats },
    arrays: { ...pairs },
    parts: { fallback: fallback.save() },
  });
  return new ScoredRecommender({
    name: "transitions",
    catalogue,
    scorer: { score },
    repeats,
    filler: fallback,
    state,
  });
}

export const transitions: RecommenderKind<TransitionsSettings> = {
  name: "transitions",
  summary: "What followed the last tracks elsewhere, near followers counting more.",
  defaults,
  ranges,
  async fit(corpus, given, options = {}) {
    const settings = { ...defaults, ...given };
    const sessions = sessionsOf(corpus);
    const { fade, recency, keep } = settings;
    const pairs = await countPairs(sessions, {
      ahead: settings.skip,
      behind: 0,
      fade,
      recency,
      keep,
      signal: options.signal,
    });
    return make(corpus, pairs, Fallback.fit(corpus), settings, repeatsFor(settings.repeats, sessions));
  },
  restore(state, catalogue) {
    const settings = state.settings as unknown as TransitionsSettings;
    const fallback = Fallback.restore(state.parts!.fallback!, catalogue);
    return make(catalogue, state.arrays as unknown as Pairs, fallback, settings, settings.repeats as number);
  },
};
