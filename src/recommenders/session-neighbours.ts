/** The session-neighbour recommenders: V-SKNN and VSTAN over one engine. */
import type { Catalogue } from "../corpus/index.js";
import { numberWithin, wholeNumber } from "../system/index.js";
import type { RecommenderKind } from "./contract.js";
import { Fallback } from "./core/fallback.js";
import { NeighbourVotes } from "./core/neighbour-votes.js";
import { NeighbourFinder, type NeighbourSettings } from "./core/neighbours.js";
import { repeatsFor } from "./core/repeats.js";
import { ScoredRecommender } from "./core/scored.js";
import { meanLength, type Sessions, sessionsOf } from "./core/sessions.js";
import { exponent, factor, orWord, repeatsRange, type SettingRanges } from "./core/setting-ranges.js";

export interface SessionNeighboursSettings extends Omit<NeighbourSettings, "match"> {
  /** Factor for tracks that the context holds; 0 leaves them out; "auto" asks the data. */
  readonly repeats: number | "auto";
  /** How much more votes for tracks of the context's artists count, where artists are known (see `ArtistIndex.favour`); 0: no more. */
  readonly artists: number;
}

const ranges: SettingRanges<SessionNeighboursSettings> = {
  neighbours: wholeNumber(1),
  perTrack: wholeNumber(1),
  last: wholeNumber(1),
  contextDecay: orWord("linear", numberWithin({ above: 0 })),
  lengthPower: exponent,
  recency: numberWithin({ least: 0 }),
  near: numberWithin({ least: 0 }),
  before: factor,
  idfMatch: exponent,
  idfVote: exponent,
  repeats: repeatsRange,
  artists: factor,
};

function make(
  name: string,
  catalogue: Catalogue,
  sessions: Sessions,
  fallback: Fallback,
  settings: SessionNeighboursSettings,
) {
  const finder = new NeighbourFinder(sessions, settings);
  const votes = new NeighbourVotes(finder, settings.repeats as number);
  const { artists } = fallback;
  // Models of earlier versions have no such setting.
  const power = settings.artists ?? 0;
  return new ScoredRecommender({
    name,
    catalogue,
    repeats: settings.repeats as number,
    filler: fallback,
    scorer: {
      score(query, board, k) {
        finder.find(query.tracks);
        votes.score(
          query.tracks,
          k,
          board,
          artists === undefined || power === 0
            ? undefined
            : (tracks, sums, count) => artists.favour(query, power, tracks, sums, count),
        );
      },
    },
    state: () => ({
      kind: name,
      version: 1,
      settings: { ...settings },
      arrays: { offsets: sessions.offsets, items: sessions.items },
      parts: { fallback: fallback.save() },
    }),
  });
}

function neighbourKind(
  name: string,
  summary: string,
  defaults: SessionNeighboursSettings,
): RecommenderKind<SessionNeighboursSettings> {
  return {
    name,
    summary,
    defaults,
    ranges,
    async fit(corpus, given) {
      const sessions = sessionsOf(corpus);
      // Longer playlists keep to one thing for longer: on two data sets, of 7 and of 97 plays in the mean, this is about best.
      const near = meanLength(sessions) ** 0.75;
      const fitted = name === "vstan" ? { contextDecay: near / 2, near } : {};
      const settings = { ...defaults, ...fitted, ...given };
      const repeats = repeatsFor(settings.repeats, sessions);
      return make(name, corpus, sessions, Fallback.fit(corpus), { ...settings, repeats });
    },
    restore(state, catalogue) {
      const sessions: Sessions = {
        trackCount: catalogue.tracks.length,
        offsets: state.arrays.offsets as Uint32Array,
        items: state.arrays.items as Uint32Array,
      };
      const settings = state.settings as unknown as SessionNeighboursSettings;
      return make(name, catalogue, sessions, Fallback.restore(state.parts!.fallback!, catalogue), settings);
    },
  };
}

/** V-SKNN: linear weights over the context, idf, no ageing. */
export const vsknn = neighbourKind("v-sknn", "What the playlists most like the context hold (V-SKNN).", {
  neighbours: 500,
  perTrack: 5000,
  last: 200,
  contextDecay: "linear",
  lengthPower: 0.5,
  recency: 0,
  near: 0,
  before: 1,
  idfMatch: 1,
  idfVote: 1,
  repeats: "auto",
  artists: 0,
});

/** VSTAN: V-SKNN with exponential weights over the context, the age of neighbours and the places around the match. */
export const vstan = neighbourKind(
  "vstan",
  "What the playlists most like the context hold, late and near plays counting more (VSTAN).",
  {
    neighbours: 1000,
    perTrack: 5000,
    last: 200,
    contextDecay: 2,
    lengthPower: 0.5,
    recency: 1,
    near: 4,
    before: 0.8,
    idfMatch: 1,
    idfVote: 0.5,
    repeats: "auto",
    artists: 3,
  },
);
