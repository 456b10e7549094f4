/**
 * Rules for the answers of any recommender, applied by asking for more tracks until enough of them pass, or, if only some artists or words
 * may, by ranking the tracks that do.
 */
import { artistNumbers, type Catalogue, requireCatalogue } from "../corpus/index.js";
import { misuse, normalized } from "../system/index.js";
import { checkRules, type Rules } from "./check-rules.js";
import {
  type Context,
  type FittedRecommender,
  inNumbersOf,
  type Passes,
  type Ranking,
  type Recommender,
  type RecommenderState,
  requireRankings,
  requireRecommender,
} from "./contract.js";
import { checkContext, checkK } from "./core/asking/check-question.js";
import { TrackNumbers } from "./core/asking/query.js";
import { inIds } from "./core/asking/two-doors.js";
import { artistKeys } from "./core/names/artist-keys.js";
import { TitleWords } from "./core/names/title-words.js";

/** Whether a track may be in the answer, by id and number (-1 if it is not in the catalogue). */
type Allows = (track: string, number: number) => boolean;

/** Applies rules to the answers of one recommender. */
export class RuledRecommender {
  readonly #recommender: Recommender;
  readonly #catalogue: Catalogue;
  readonly #titles: TitleWords | undefined;
  readonly #numbers: TrackNumbers;

  /** @throws SegueError (misuse) if the recommender has no `save`, or the catalogue is not one */
  constructor(recommender: FittedRecommender, catalogue: Catalogue) {
    requireRecommender(recommender, "RuledRecommender", "save");
    requireCatalogue(catalogue, "RuledRecommender");
    this.#recommender = recommender;
    this.#catalogue = catalogue;
    const state = findState(recommender.save(), "title-words");
    this.#titles = state && TitleWords.restore(state);
    this.#numbers = new TrackNumbers(catalogue.tracks);
  }

  /**
   * The best k tracks that the rules allow, best first; fewer if there are no more.
   *
   * @param refuses leaves out further tracks, by id and artist as spelled in the data ("" if unknown)
   * @throws SegueError if k, the context or a rule is wrong, or a rule needs artists or titles that the data does not have
   */
  recommend(
    context: Context,
    k: number,
    rules: Rules = {},
    refuses: (track: string, artist: string) => boolean = () => false,
  ): Ranking {
    checkK(k);
    checkContext(context);
    checkRules(rules);
    const { allows, passes } = this.#filter(context, rules, refuses);
    const size = this.#catalogue.tracks.length;
    for (let asked = Math.min(size, 2 * k + 20); ; asked = Math.min(size, asked * 4)) {
      const rankings = this.#recommender.recommend([context], asked);
      requireRankings(rankings, 1, this.#recommender.name);
      const ranking = rankings[0]!;
      const kept = keep(ranking, k, passes());
      if (kept.tracks.length === k || asked >= size || ranking.tracks.length < asked) return kept;
      if (rules.artists === undefined && rules.words === undefined) continue;
      const among = this.#among(context, rules.perArtist === undefined ? k : size, allows);
      if (among !== undefined) return keep(among, k, passes());
    }
  }

  /** The best k of the tracks that are allowed; undefined if the recommender can only rank all. */
  #among(context: Context, k: number, allows: Allows): Ranking | undefined {
    const { tracks } = this.#catalogue;
    const passes = (number: number) => allows(tracks[number]!, number);
    const ranking = inNumbersOf(this.#recommender, tracks)?.among?.(
      this.#numbers.numbered(context),
      k,
      passes,
    );
    return ranking && inIds(ranking, tracks);
  }

  /**
   * `allows` tells whether a track may be in the answer, whatever else is. `passes` makes a fresh filter of a ranking, which also applies
   * the cap per artist: it keeps counts.
   */
  #filter(
    context: Context,
    rules: Rules,
    refuses: (track: string, artist: string) => boolean,
  ): { readonly allows: Allows; readonly passes: () => (track: string) => boolean } {
    const { perArtist, artistSeparation = 0 } = rules;
    const { artists } = this.#catalogue;
    if (
      artists === undefined &&
      (perArtist !== undefined || artistSeparation > 0 || rules.artists !== undefined)
    ) {
      throw misuse(
        "a rule needs artists, but the data has none",
        "Train on playlists that come with artists.",
      );
    }
    const refused = new Set([...(rules.exclude ?? []), ...(rules.excludePlayed ? context.tracks : [])]);
    const wanted = rules.artists && this.#tracksBy(rules.artists);
    const carried = rules.words && this.#carried(rules.words);
    const keys = artistKeys(artists ?? []);
    const keyOf = (track: string) => {
      const number = this.#numbers.get(track);
      return number < 0 ? keys.ofId(track) : keys.of(artists?.[number] ?? "");
    };
    const lately = new Set(artistSeparation > 0 ? context.tracks.slice(-artistSeparation).map(keyOf) : []);
    const allows = (track: string, number: number) => {
      if (wanted?.(number) === false || carried?.has(number) === false || refused.has(track)) return false;
      const artist = artists?.[number] ?? "";
      return !refuses(track, artist) && (lately.size === 0 || artist === "" || !lately.has(keys.of(artist)));
    };
    const passes = () => {
      const counts = new Map<string, number>();
      return (track: string) => {
        const number = this.#numbers.get(track);
        if (!allows(track, number)) return false;
        const artist = artists?.[number] ?? "";
        if (perArtist === undefined || artist === "") return true;
        const key = keys.of(artist);
        const count = counts.get(key) ?? 0;
        counts.set(key, count + 1);
        return count < perArtist;
      };
    };
    return { allows, passes };
  }

  /** Tells whether a track is by one of these artists, in any case. */
  #tracksBy(artists: readonly string[]): Passes {
    const { names, of } = artistNumbers(this.#catalogue.artists!);
    const wanted = new Set(artists.flatMap(spellings));
    /** By artist: 0 until it is asked for, then 1 if it is wanted and 2 if not. */
    const known = new Uint8Array(names.length);
    return (track) => {
      const artist = of[track];
      if (artist === undefined) return false;
      return (known[artist] ||= wanted.has(names[artist]!.toLowerCase()) ? 1 : 2) === 1;
    };
  }

  #carried(words: readonly string[]): Set<number> {
    const titles = this.#titles;
    if (titles === undefined) {
      throw misuse(
        `a rule asks for title words, but ${this.#recommender.name} has learnt none`,
        "Ask a recommender that reads titles (vstan, say), trained on playlists that come with titles.",
      );
    }
    const tracks = new Set<number>();
    for (const word of words.flatMap((word) => [...titles.known(word).keys()])) {
      for (let i = titles.offsets[word]!; i < titles.offsets[word + 1]!; i++) tracks.add(titles.tracks[i]!);
    }
    return tracks;
  }
}

/** The name in lower case: as given, and in NFC, which cleaning uses. */
function spellings(name: string): string[] {
  return [name.toLowerCase(), normalized(name, "NFC").toLowerCase()];
}

function keep(ranking: Ranking, k: number, passes: (track: string) => boolean): Ranking {
  const places: number[] = [];
  for (let i = 0; i < ranking.tracks.length && places.length < k; i++) {
    if (passes(ranking.tracks[i]!)) places.push(i);
  }
  return {
    tracks: places.map((i) => ranking.tracks[i]!),
    scores: Float32Array.from(places, (i) => ranking.scores[i]!),
  };
}

/** Finds the first state of a kind in a state and its parts, recursively. */
export function findState(state: RecommenderState, kind: string): RecommenderState | undefined {
  if (state.kind === kind) return state;
  for (const part of Object.values(state.parts ?? {})) {
    const found = findState(part, kind);
    if (found !== undefined) return found;
  }
  return undefined;
}
