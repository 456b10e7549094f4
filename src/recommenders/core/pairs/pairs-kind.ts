/** The common part of recommenders that score the tracks paired with each of the context's last tracks. */
import type { Catalogue } from "../../../corpus/index.js";
import type { RecommenderKind, RecommenderState } from "../../contract.js";
import type { Query } from "../asking/query.js";
import { ScoredRecommender } from "../asking/scored.js";
import { Fallback } from "../fallback/fallback.js";
import { repeatsFor } from "../plays/repeats.js";
import { requireRows, sessionsOf } from "../plays/sessions.js";
import type { ScoreBoard } from "../scores/score-board.js";
import { countPairs, type PairOptions, type Pairs } from "./pairs.js";

interface PairsSettings {
  /** How many of the context's last tracks are read. */
  readonly last: number;
  /** The weight of the context's d-th last track is d^-contextFade. */
  readonly contextFade: number;
  /** The maximum number of pairs kept per track. */
  readonly keep: number;
  readonly repeats: number | "auto";
}

interface PairsKind<Settings extends PairsSettings>
  extends Pick<RecommenderKind<Settings>, "name" | "summary" | "defaults" | "ranges"> {
  /** Which pairs to count. */
  readonly pairsOf: (settings: Settings) => Pick<PairOptions, "ahead" | "behind" | "fade" | "recency">;
  /** Scores the tracks paired with `track`; `weight` is that of its place in the context. */
  readonly scorerOf: (
    pairs: Pairs,
    counts: Uint32Array,
    settings: Settings,
  ) => (track: number, weight: number, board: ScoreBoard) => void;
}

export function pairsKind<Settings extends PairsSettings>(
  kind: PairsKind<Settings>,
): RecommenderKind<Settings> {
  const { name, summary, defaults, ranges } = kind;
  const make = (
    catalogue: Catalogue,
    pairs: Pairs,
    fallback: Fallback,
    settings: Settings,
    repeats: number,
  ) => {
    const scoreTrack = kind.scorerOf(pairs, fallback.counts, settings);
    const score = (query: Query, board: ScoreBoard) => {
      const reach = Math.min(settings.last, query.tracks.length);
      for (let d = 1; d <= reach; d++) {
        const weight = (d + query.unknownAfter) ** -settings.contextFade;
        scoreTrack(query.tracks[query.tracks.length - d]!, weight, board);
      }
    };
    const state = (): RecommenderState => ({
      kind: name,
      version: 1,
      settings: { ...(settings as PairsSettings), repeats },
      arrays: { ...pairs },
      parts: { fallback: fallback.save() },
    });
    return new ScoredRecommender({ name, catalogue, scorer: { score }, repeats, filler: fallback, state });
  };
  return {
    ...{ name, summary, defaults, ranges },
    async fit(corpus, given, options = {}) {
      const settings = { ...defaults, ...given };
      const sessions = sessionsOf(corpus);
      const pairs = await countPairs(sessions, {
        ...kind.pairsOf(settings),
        keep: settings.keep,
        signal: options.signal,
      });
      return make(corpus, pairs, Fallback.fit(corpus), settings, repeatsFor(settings.repeats, sessions));
    },
    restore(state, catalogue) {
      const settings = state.settings as unknown as Settings;
      const fallback = Fallback.restore(state.parts!.fallback!, catalogue);
      const pairs = state.arrays as unknown as Pairs;
      requireRows(state, pairs.offsets, pairs.tracks, catalogue.tracks.length);
      return make(catalogue, pairs, fallback, settings, settings.repeats as number);
    },
  };
}
