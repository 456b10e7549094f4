/**
 * The most popular tracks: overall, recently, or by the artists of the context. The baseline that everything else must beat.
 */
import { type Catalogue, type Corpus, playlistsOfTracks } from "../corpus/index.js";
import { numberWithin } from "../system/index.js";
import type {
  FittedRecommender,
  NumberedRanking,
  Passes,
  RecommenderKind,
  RecommenderState,
} from "./contract.js";
import type { Query } from "./core/asking/query.js";
import { ScoredRecommender } from "./core/asking/scored.js";
import { TwoDoors } from "./core/asking/two-doors.js";
import { Fallback } from "./core/fallback/fallback.js";
import { PopularityOrder } from "./core/fallback/popularity-order.js";
import { repeatsFor } from "./core/plays/repeats.js";
import { sessionCount, sessionsOf, sliceSessions } from "./core/plays/sessions.js";
import { TopK } from "./core/scores/top-k.js";
import { repeatsRange, type SettingRanges } from "./core/setting-ranges.js";

export interface PopularitySettings {
  /** The share of playlists to count, the latest ones, in (0, 1]: 0.05 is the last twentieth. */
  readonly window: number;
  /** Score factor for tracks in the context; 0 leaves them out; "auto" decides by the data. */
  readonly repeats: number | "auto";
}

export interface ArtistPopularitySettings {
  /** Score factor for tracks in the context; 0 leaves them out; "auto" decides by the data. */
  readonly repeats: number | "auto";
}

class Popularity extends TwoDoors {
  readonly #counts: Float32Array;
  readonly #order: PopularityOrder;
  readonly #repeats: number;
  readonly #top: TopK;

  constructor(name: string, catalogue: Catalogue, counts: Float32Array, repeats: number) {
    super(name, catalogue);
    const { tracks } = catalogue;
    this.#counts = counts;
    this.#repeats = repeats;
    this.#order = new PopularityOrder(tracks, counts);
    this.#top = new TopK((a, b) => tracks[a]! < tracks[b]!);
  }

  protected rank(queries: readonly Query[], k: number, passes: Passes = () => true): NumberedRanking[] {
    const repeats = this.#repeats;
    const top = this.#top;
    return queries.map(({ tracks }) => {
      const played = new Set(repeats === 1 ? [] : tracks);
      const size = Math.min(k, this.#order.length);
      top.start(size);
      for (let i = 0, others = 0; i < this.#order.length && others < size; i++) {
        const track = this.#order.at(i);
        if (played.has(track) || !passes(track)) continue;
        top.push(track, this.#counts[track]!);
        others++;
      }
      if (repeats > 0)
        for (const track of played) if (passes(track)) top.push(track, this.#counts[track]! * repeats);
      return top.take();
    });
  }

  protected state(): RecommenderState {
    return {
      kind: this.name,
      version: 1,
      settings: { repeats: this.#repeats },
      arrays: { counts: this.#counts },
    };
  }
}

const ranges: SettingRanges<PopularitySettings> = {
  window: numberWithin({ above: 0, most: 1 }),
  repeats: repeatsRange,
};

function popularityKind(name: string, summary: string, window: number): RecommenderKind<PopularitySettings> {
  const defaults: PopularitySettings = { window, repeats: "auto" };
  return {
    name,
    summary,
    defaults,
    ranges,
    async fit(corpus: Corpus, settings: Partial<PopularitySettings>) {
      const { window, repeats } = { ...defaults, ...settings };
      const sessions = sessionsOf(corpus);
      const count = sessionCount(sessions);
      const from = Math.max(0, count - Math.max(1, Math.round(count * window)));
      const counts = Float32Array.from(
        playlistsOfTracks(sliceSessions(sessions, from, count), sessions.trackCount),
      );
      return new Popularity(name, corpus, counts, repeatsFor(repeats, sessions));
    },
    restore(state, catalogue) {
      return new Popularity(
        name,
        catalogue,
        state.arrays.counts as Float32Array,
        state.settings.repeats as number,
      );
    },
  };
}

/** POP: the tracks in the most playlists. */
export const popularity = popularityKind("popularity", "The tracks in the most playlists.", 1);

/** The tracks in the most playlists of the last twentieth. */
export const recentPopularity = popularityKind(
  "recent-popularity",
  "The tracks in the most playlists of the last twentieth.",
  0.05,
);

function artistRecommender(catalogue: Catalogue, fallback: Fallback, repeats: number): FittedRecommender {
  return new ScoredRecommender({
    name: "artist",
    catalogue,
    repeats,
    filler: fallback,
    scorer: { score: (query, board) => fallback.artists?.score(query, board, 1) },
    state: () => ({
      kind: "artist",
      version: 1,
      settings: { repeats },
      arrays: {},
      parts: { fallback: fallback.save() },
    }),
  });
}

/** The most popular tracks by the artists in the context; later and more frequent artists count more. */
export const artistPopularity: RecommenderKind<ArtistPopularitySettings> = {
  name: "artist",
  summary: "The most popular tracks by the artists in the context; works for unknown tracks too.",
  defaults: { repeats: "auto" },
  ranges: { repeats: repeatsRange },
  async fit(corpus, settings) {
    const repeats = repeatsFor(settings.repeats ?? "auto", sessionsOf(corpus));
    return artistRecommender(corpus, Fallback.fit(corpus), repeats);
  },
  restore(state, catalogue) {
    const fallback = Fallback.restore(state.parts!.fallback!, catalogue);
    return artistRecommender(catalogue, fallback, state.settings.repeats as number);
  },
};
