/** Rules for the answers of any recommender, applied by asking for more tracks until enough of them pass. */
import { type Catalogue, requireCatalogue } from "../corpus/index.js";
import { misuse } from "../system/index.js";
import { checkRules, type Rules } from "./check-rules.js";
import {
  type Context,
  type FittedRecommender,
  type Ranking,
  type Recommender,
  type RecommenderState,
  requireRankings,
  requireRecommender,
} from "./contract.js";
import { artistKeys } from "./core/artist-keys.js";
import { checkContext, checkK } from "./core/check-question.js";
import { TrackNumbers } from "./core/query.js";
import { TitleWords } from "./core/title-words.js";

/** Applies rules to the answers of one recommender. */
export class RuledRecommender {
  readonly #recommender: Recommender;
  readonly #catalogue: Catalogue;
  readonly #titles: TitleWords | undefined;

  /** @throws SegueError (misuse) if the recommender has no `save`, or the catalogue is not one */
  constructor(recommender: FittedRecommender, catalogue: Catalogue) {
    requireRecommender(recommender, "RuledRecommender", "save");
    requireCatalogue(catalogue, "RuledRecommender");
    this.#recommender = recommender;
    this.#catalogue = catalogue;
    const state = findState(recommender.save(), "title-words");
    this.#titles = state && TitleWords.restore(state);
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
    const passes = this.#filter(context, rules, refuses);
    const size = this.#catalogue.tracks.length;
    for (let asked = Math.min(size, 2 * k + 20); ; asked = Math.min(size, asked * 4)) {
      const rankings = this.#recommender.recommend([context], asked);
      requireRankings(rankings, 1, this.#recommender.name);
      const ranking = rankings[0]!;
      const kept = keep(ranking, k, passes());
      if (kept.tracks.length === k || asked >= size || ranking.tracks.length < asked) return kept;
    }
  }

  /** Returns a function that makes a fresh filter, since the cap per artist keeps counts. */
  #filter(
    context: Context,
    rules: Rules,
    refuses: (track: string, artist: string) => boolean,
  ): () => (track: string) => boolean {
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
    const numbers = new TrackNumbers(this.#catalogue.tracks);
    const refused = new Set([...(rules.exclude ?? []), ...(rules.excludePlayed ? context.tracks : [])]);
    const wanted = rules.artists && new Set(rules.artists.flatMap(spellings));
    const carried = rules.words && this.#carried(rules.words);
    const keys = artistKeys(artists ?? []);
    const keyOf = (track: string) => {
      const number = numbers.get(track);
      return number < 0 ? keys.ofId(track) : keys.of(artists?.[number] ?? "");
    };
    const lately = new Set(artistSeparation > 0 ? context.tracks.slice(-artistSeparation).map(keyOf) : []);
    return () => {
      const counts = new Map<string, number>();
      return (track) => {
        if (refused.has(track)) return false;
        const number = numbers.get(track);
        const artist = artists?.[number] ?? "";
        if (wanted !== undefined && !wanted.has(artist.toLowerCase())) return false;
        if (carried !== undefined && !carried.has(number)) return false;
        if (refuses(track, artist)) return false;
        if (artist === "" || (perArtist === undefined && lately.size === 0)) return true;
        const key = keys.of(artist);
        if (lately.has(key)) return false;
        const count = counts.get(key) ?? 0;
        counts.set(key, count + 1);
        return perArtist === undefined || count < perArtist;
      };
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
  return [name.toLowerCase(), name.normalize("NFC").toLowerCase()];
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
