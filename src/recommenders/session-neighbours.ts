/** The session-neighbour recommenders: V-SKNN and VSTAN on one engine. */
import type { Catalogue } from "../corpus/index.js";
import { numberWithin, wholeNumber } from "../system/index.js";
import type { RecommenderKind } from "./contract.js";
import { ScoredRecommender } from "./core/asking/scored.js";
import { Fallback } from "./core/fallback/fallback.js";
import { NeighbourVotes } from "./core/neighbours/neighbour-votes.js";
import { NeighbourFinder, type NeighbourSettings } from "./core/neighbours/neighbours.js";
import { repeatsFor } from "./core/plays/repeats.js";
import { meanLength, type Sessions, sessionsIn, sessionsOf } from "./core/plays/sessions.js";
import { exponent, factor, orWord, repeatsRange, type SettingRanges } from "./core/setting-ranges.js";

export interface SessionNeighboursSettings extends Required<Omit<NeighbourSettings, "match">> {
  /** Score factor for tracks in the context; 0 leaves them out; "auto" decides by the data. */
  readonly repeats: number | "auto";
  /** How much more votes for tracks by the context's artists count (see `ArtistIndex.favour`); 0: no more. */
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
  matchVote: factor,
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
  // Models saved by earlier versions lack this setting and `matchVote`.
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
      // Longer playlists stay with one mood for longer. About the best on two data sets, with 7 and 97 plays per playlist on average.
      const near = meanLength(sessions) ** 0.75;
      const fitted = name === "vstan" ? { contextDecay: near / 2, near } : {};
      const settings = { ...defaults, ...fitted, ...given };
      const repeats = repeatsFor(settings.repeats, sessions);
      return make(name, corpus, sessions, Fallback.fit(corpus), { ...settings, repeats });
    },
    restore(state, catalogue) {
      const sessions = sessionsIn(state, catalogue);
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
  matchVote: 0.1,
  idfMatch: 1,
  idfVote: 1,
  repeats: "auto",
  artists: 0,
});

/** VSTAN: V-SKNN with exponential weights over the context, the age of neighbours and the distance from the match. */
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
    matchVote: 0.1,
    idfMatch: 1,
    idfVote: 0.5,
    repeats: "auto",
    artists: 3,
  },
);
