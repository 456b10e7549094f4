/** Whole lists rather than one next track: a playlist made longer, or made from one track, or from a title alone. */
import type { Catalogue } from "../corpus/index.js";
import { misuse, Random } from "../system/index.js";
import type { Context, FittedRecommender } from "./contract.js";
import { RuledRecommender, type Rules } from "./rules.js";

export interface ExtendOptions {
  readonly rules?: Rules;
  /**
   * 0 (default): always the best track. Above: a track is drawn from the best 10, the one in place r with a weight of
   * exp(-r / (5 · variety)). In [0, 1].
   */
  readonly variety?: number;
  /** Of the draws. Default 1. */
  readonly seed?: number;
}

/**
 * The next n tracks of a playlist, one after the other: each is recommended for the context and all that was added before
 * it. Nothing is added twice, nor what the context holds.
 *
 * @param context what has played; one track is enough, and so is a title without any ("rainy sunday")
 * @returns n tracks, fewer where the rules let no more pass
 */
export function extendPlaylist(
  recommender: FittedRecommender,
  catalogue: Catalogue,
  context: Context,
  n: number,
  options: ExtendOptions = {},
): string[] {
  const { variety = 0, seed = 1, rules = {} } = options;
  if (!Number.isInteger(n) || n < 1) throw misuse(`n must be a whole number of at least 1, not ${n}`);
  if (!(variety >= 0 && variety <= 1)) throw misuse(`variety must lie in 0 … 1, not ${variety}`);
  const random = new Random(seed);
  const ruled = new RuledRecommender(recommender, catalogue);
  const added: string[] = [];
  const artistOf = artistsByTrack(catalogue, rules.perArtist);
  const perArtist = new Map<string, number>();
  while (added.length < n) {
    const full = [...perArtist].filter(([, count]) => count >= (rules.perArtist ?? Number.POSITIVE_INFINITY));
    const { tracks } = ruled.recommend(
      { ...context, tracks: [...context.tracks, ...added] },
      (variety === 0 ? 1 : 10) + (full.length > 0 ? 200 : 0),
      { ...rules, perArtist: undefined, excludePlayed: true },
    );
    const closed = new Set(full.map(([artist]) => artist));
    const open = tracks.filter((track) => !closed.has(artistOf(track)));
    if (open.length === 0) break;
    const chosen = open[variety === 0 ? 0 : draw(Math.min(10, open.length), variety, random)]!;
    added.push(chosen);
    const artist = artistOf(chosen);
    if (artist !== "") perArtist.set(artist, (perArtist.get(artist) ?? 0) + 1);
  }
  return added;
}

function artistsByTrack(catalogue: Catalogue, perArtist: number | undefined): (track: string) => string {
  const { artists } = catalogue;
  if (perArtist === undefined || artists === undefined) return () => "";
  const byTrack = new Map(catalogue.tracks.map((track, i) => [track, artists[i]!]));
  return (track) => byTrack.get(track) ?? "";
}

function draw(count: number, variety: number, random: Random): number {
  const weights = Array.from({ length: count }, (_, place) => Math.exp(-place / (5 * variety)));
  let left = random.next() * weights.reduce((sum, weight) => sum + weight, 0);
  for (let place = 0; place < count; place++) if ((left -= weights[place]!) < 0) return place;
  return count - 1;
}
