/** Whole lists rather than one next track: a playlist made longer, or made from one track, or from a title alone. */
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
import type { Context, FittedRecommender } from "./contract.js";
import { checkContext } from "./core/check-question.js";
import { TrackNumbers } from "./core/query.js";
import { RuledRecommender } from "./rules.js";

export interface ExtendOptions {
  /** What every track that is added must keep. */
  readonly rules?: Rules;
  /**
   * 0 (default): always the best track. Above: a track is drawn from the best 10 that the rules let pass, the one in place r with a weight of
   * exp(-r / (5 · variety)). In [0, 1].
   */
  readonly variety?: number;
  /** Of the draws: a whole number from 0 to 2^32 - 1. Default 1. */
  readonly seed?: number;
}

const ranges: Readonly<Record<keyof ExtendOptions, ValueRange>> = {
  // checkRules says more of them.
  rules: { wanted: "rules", holds: () => true },
  variety: numberWithin({ least: 0, most: 1 }),
  seed: wholeNumber(0, 0xffffffff),
};

/** Each track that is added is a recommendation of its own, for a context that grows: the whole takes n² time. */
export const longestExtension = 1_000;

/**
 * The next n tracks of a playlist, one after the other: each is recommended for the context and all that was added before
 * it. Nothing is added twice, nor what the context holds, nor another release of either ("- Radio Edit", "- 2001 Remaster").
 *
 * Without `rules.perArtist` and `rules.artists` it keeps to the mix of real playlists (see `ArtistMix`). A longer list begins as a
 * shorter one does.
 *
 * @param context what has played; one track is enough, and so is a title without any ("rainy sunday")
 * @param n how many tracks to add, a whole number from 1 to 1,000
 * @returns n tracks, fewer where the rules let no more pass
 * @throws SegueError where the context, n, an option or a rule is wrong
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
  const ruled = new RuledRecommender(recommender, catalogue);
  const numbers = TrackNumbers.of(catalogue);
  const artistOf = (track: string) => catalogue.artists?.[numbers.get(track)] ?? "";
  const mix = new ArtistMix(context.tracks.map(artistOf), new Set(catalogue.artists).size);
  const { perArtist } = rules;
  let capped = (artist: string) =>
    perArtist === undefined
      ? rules.artists === undefined && mix.isFull(artist)
      : mix.added(artist) >= perArtist;
  const songs = new Set(context.tracks.map(twinKey));
  const added: string[] = [];
  const ask = () =>
    ruled.recommend(
      { ...context, tracks: [...context.tracks, ...added] },
      variety === 0 ? 1 : 10,
      { ...rules, excludePlayed: true },
      (track, artist) => capped(artist) || songs.has(twinKey(track)),
    ).tracks;
  while (added.length < n) {
    let tracks = ask();
    if (tracks.length === 0 && perArtist === undefined) {
      // A mix that nobody asked for is no reason to end.
      capped = () => false;
      tracks = ask();
    }
    if (tracks.length === 0) break;
    const chosen = tracks[variety === 0 ? 0 : draw(tracks.length, variety, random)]!;
    added.push(chosen);
    songs.add(twinKey(chosen));
    mix.add(artistOf(chosen));
  }
  return added;
}

function draw(count: number, variety: number, random: Random): number {
  const weights = Array.from({ length: count }, (_, place) => Math.exp(-place / (5 * variety)));
  let left = random.next() * weights.reduce((sum, weight) => sum + weight, 0);
  for (let place = 0; place < count; place++) if ((left -= weights[place]!) < 0) return place;
  return count - 1;
}
