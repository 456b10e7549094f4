/** Extends a playlist by whole lists rather than one track; a single track or just a title is enough to start from. */
import { type Catalogue, twinKey } from "../corpus/index.js";
import {
  numberWithin,
  Random,
  requireOptions,
  requireWithin,
  type ValueRange,
  wholeNumber,
} from "../system/index.js";
import { ArtistMix } from "./artist-mix.js";
import { checkRules, type Rules } from "./check-rules.js";
import { type Context, type FittedRecommender, type Recommender, requireRankings } from "./contract.js";
import { answering } from "./core/asking/answering.js";
import { checkContext } from "./core/asking/check-question.js";
import { TrackNumbers } from "./core/asking/query.js";
import { artistKeys } from "./core/names/artist-keys.js";
import { RuledRecommender } from "./rules.js";

export interface ExtendOptions {
  /** Rules for every added track. */
  readonly rules?: Rules;
  /**
   * In [0, 1]. 0 (the default) always takes the best of the ten choices. Otherwise it is drawn from them, where rank r (from 0) has
   * the weight exp(-r / (5 · variety)).
   */
  readonly variety?: number;
  /** Seed of the draws, an integer from 0 to 2^32 - 1. Default 1. */
  readonly seed?: number;
}

const ranges: Readonly<Record<keyof ExtendOptions, ValueRange>> = {
  // `checkRules` gives better messages.
  rules: { wanted: "rules", holds: () => true },
  variety: numberWithin({ least: 0, most: 1 }),
  seed: wholeNumber(0, 0xffffffff),
};

/** Each added track is a separate recommendation for a growing context, so the time grows with n². */
export const longestExtension = 1_000;

/**
 * Each track is one of this many: the best that are left of the answer to the context. Lists that only followed the growing context
 * drifted away from what it was about (see docs/measured/recommenders.md).
 */
const choices = 10;
/** After this many tracks they join the context that is answered: no answer is good for a thousand. */
const answeredAnew = 100;
/** The choices are ordered by the answer of this length to the growing context. */
const followed = 200;

/**
 * Returns the next n tracks of a playlist. Each is one of the best ten that are left of the recommender's answer to the context: the
 * one that it recommends most for the context and the tracks added before. It never adds a track twice, a track of the context, or
 * another release of one ("- Radio Edit", "- 2001 Remaster").
 *
 * Without `rules.perArtist` and `rules.artists` it mixes artists as real playlists do (see `ArtistMix`). A longer list begins
 * with the shorter one, since no choice looks ahead.
 *
 * @param context what has played; one track or just a title ("rainy sunday") is enough
 * @param n how many tracks to add, an integer from 1 to 1,000
 * @returns n tracks, or fewer if the rules allow no more
 * @throws SegueError if the context, n, an option or a rule is wrong
 */
export function extendPlaylist(
  recommender: FittedRecommender,
  catalogue: Catalogue,
  context: Context,
  n: number,
  options: ExtendOptions = {},
): string[] {
  checkContext(context);
  requireWithin(
    wholeNumber(1, longestExtension),
    "n",
    n,
    `Each track is a recommendation of its own. For a longer list ask again, with the last ${longestExtension} tracks or fewer as the context.`,
  );
  requireOptions(options, ranges, "extendPlaylist");
  const { variety = 0, seed = 1, rules = {} } = options;
  checkRules(rules);
  const random = new Random(seed);
  // Refuses what is no recommender or catalogue, before either is used.
  let answer = new RuledRecommender(recommender, catalogue);
  const numbers = new TrackNumbers(catalogue.tracks);
  const keys = artistKeys(catalogue.artists ?? []);
  const artistOf = (track: string) => keys.of(catalogue.artists?.[numbers.get(track)] ?? "");
  const mix = new ArtistMix(context.tracks.map(artistOf), catalogue.artists ?? []);
  const { perArtist } = rules;
  let capped = (artist: string) =>
    perArtist === undefined
      ? rules.artists === undefined && mix.isFull(artist)
      : artist !== "" && mix.added(artist) >= perArtist;
  const songs = new Set(context.tracks.map(twinKey));
  const added: string[] = [];
  const bestLeft = (growing: Context) =>
    answer.recommend(
      growing,
      choices,
      { ...rules, excludePlayed: true },
      (track, artist) => capped(keys.of(artist)) || songs.has(twinKey(track)),
    ).tracks;
  while (added.length < n) {
    const growing = { ...context, tracks: [...context.tracks, ...added] };
    const isAnew = added.length % answeredAnew === 0;
    if (isAnew) answer = new RuledRecommender(answering(recommender, catalogue, growing), catalogue);
    let tracks = bestLeft(growing);
    if (tracks.length === 0 && perArtist === undefined) {
      // The mix is only a default: drop it rather than stop.
      capped = () => false;
      tracks = bestLeft(growing);
    }
    if (tracks.length === 0) break;
    if (!isAnew && tracks.length > 1) tracks = inOrderOf(recommender, growing, tracks);
    const chosen = tracks[variety === 0 ? 0 : draw(tracks.length, variety, random)]!;
    added.push(chosen);
    songs.add(twinKey(chosen));
    mix.add(artistOf(chosen));
  }
  return added;
}

/** Tracks in the order of the answer to a context; those that are not in it come last, in their own order. */
function inOrderOf(recommender: Recommender, context: Context, tracks: readonly string[]): readonly string[] {
  const rankings = recommender.recommend([context], followed);
  requireRankings(rankings, 1, recommender.name);
  const places = new Map(rankings[0]!.tracks.map((track, place) => [track, place]));
  const placeOf = (track: string) => places.get(track) ?? followed;
  return [...tracks].sort((a, b) => placeOf(a) - placeOf(b));
}

function draw(count: number, variety: number, random: Random): number {
  const weights = Array.from({ length: count }, (_, place) => Math.exp(-place / (5 * variety)));
  let left = random.next() * weights.reduce((sum, weight) => sum + weight, 0);
  for (let place = 0; place < count; place++) if ((left -= weights[place]!) < 0) return place;
  return count - 1;
}
