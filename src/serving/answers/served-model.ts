/**
 * The model in memory: recommenders that share one catalogue. `bundle-source.ts` opens one from a bundle; tests and libraries may
 * build their own.
 */
import { type Catalogue, plainName, type TrackIndex, trackIndex } from "../../corpus/index.js";
import {
  type Context,
  Explainer,
  type FittedRecommender,
  findState,
  RuledRecommender,
  type Rules,
} from "../../recommenders/index.js";
import { misuse, normalized, remembered } from "../../system/index.js";
import { defaultInvocationsK } from "../options.js";
import { ArtistNames, sameButForCase } from "../search/artist-names.js";
import { shortTurns } from "../search/short-turns.js";
import { TrackSearch } from "../search/track-search.js";

export interface ServedModel {
  /** Changes with the contents; shown in answers, metrics and logs. */
  readonly version: string;
  readonly catalogue: Catalogue;
  readonly recommenders: Readonly<Record<string, FittedRecommender>>;
  /** The name of the recommender that answers if a request names none. */
  readonly defaultRecommender: string;
  /** How many tracks `/invocations` returns; default 100, the original's `knn_k`. */
  readonly invocationsK?: number;
  /** Frees resources that garbage collection does not. Called once, when no request uses the model any more. */
  close?(): void | Promise<void>;
}

/** One track as answers show it. */
export interface TrackView {
  readonly id: string;
  readonly artist?: string;
  readonly title: string;
}

/** A served model with the lookups that the routes need. */
export class LiveModel {
  readonly model: ServedModel;
  readonly #numbers: TrackIndex;
  readonly #ruled = new Map<FittedRecommender, RuledRecommender>();
  readonly #rulesAlone = new Map<FittedRecommender, RuledRecommender>();
  readonly #explainers = new Map<FittedRecommender, Explainer>();
  #search: Promise<TrackSearch> | undefined;
  #artists: Promise<ArtistNames> | undefined;
  /** How many playlists have each track; empty if the model has no `popularity` recommender. */
  #counts: ArrayLike<number> | undefined;

  constructor(model: ServedModel) {
    if (!Object.hasOwn(model.recommenders, model.defaultRecommender)) {
      throw misuse(
        `the model has no recommender named "${model.defaultRecommender}"`,
        `it has: ${Object.keys(model.recommenders).join(", ")}`,
      );
    }
    this.model = model;
    // Builds the index that the recommenders share, so that the first request need not.
    this.#numbers = trackIndex(model.catalogue.tracks);
  }

  get version(): string {
    return this.model.version;
  }

  /** Whether the catalogue has this id. */
  knows(track: string): boolean {
    return this.#numbers.get(track) !== undefined;
  }

  /**
   * The catalogue's id for a track. If it does not know the id as given, it tries the NFC form, which cleaning produces ("é" may be sent
   * as two code points). Unknown ids are returned unchanged.
   */
  asKnown(track: string): string {
    return this.#known(track) ?? track;
  }

  #known(track: string): string | undefined {
    if (this.knows(track)) return track;
    const joined = normalized(track, "NFC");
    return this.knows(joined) ? joined : undefined;
  }

  /**
   * Resolves each name to an id of the catalogue: by `asKnown`, or by the words of a name as people write it ("nina simone - feeling
   * good"), which may lack guests and release tags or have extra ones. Of several versions by one artist, the one in the most playlists
   * wins. Of names without a match, only the artist is respelled, if the catalogue has it ("beatles-Unknown" → "The Beatles-Unknown").
   */
  async meant(tracks: readonly string[]): Promise<string[]> {
    const unknown: number[] = [];
    const meant = tracks.map((track, i) => {
      const known = this.#known(track);
      if (known === undefined) unknown.push(i);
      return known ?? track;
    });
    if (unknown.length === 0) return meant;
    const search = await this.search();
    const artists = await this.#artistNames();
    const turns = shortTurns();
    for (const i of unknown) {
      meant[i] = this.#named(search, meant[i]!) ?? artists.respelled(meant[i]!) ?? meant[i]!;
      if (turns.due) await turns.take();
    }
    return meant;
  }

  /** The catalogue's spellings of artists. Names that it has in some case, which rules ignore, or not at all, are returned unchanged. */
  async artistsMeant(names: readonly string[]): Promise<string[]> {
    const artists = await this.#artistNames();
    return names.flatMap((name) => {
      const spellings = artists.named(name);
      return spellings.length === 0 || sameButForCase(spellings[0]!, name) ? [name] : spellings;
    });
  }

  #named(search: TrackSearch, written: string): string | undefined {
    const plain = plainName(written);
    const named = this.#mostPlayed(search.named(written)) ?? this.#mostPlayed(search.named(plain));
    if (named !== undefined) return named;
    const versions = search.versionsOf(plain, (id) => this.#plainNameOf(id));
    // "A B-C" and "A-B C" have the same words: by different artists, the name is ambiguous.
    const artists = new Set(versions.map((id) => plainName(this.view(id).artist ?? "")));
    return artists.size === 1 ? this.#mostPlayed(versions) : undefined;
  }

  #plainNameOf(id: string): string {
    const { artist, title } = this.view(id);
    return artist === undefined ? plainName(title) : `${plainName(artist)} ${plainName(title)}`;
  }

  /** The track in the most playlists, the first of equals; undefined for an empty list. */
  #mostPlayed(tracks: readonly string[]): string | undefined {
    if (tracks.length < 2) return tracks[0];
    const counts = this.#playlistCounts();
    const played = (id: string) => counts[this.#numbers.get(id)!] ?? 0;
    return tracks.reduce((most, id) => (played(id) > played(most) ? id : most));
  }

  #playlistCounts(): ArrayLike<number> {
    const popularity = this.recommender("popularity");
    this.#counts ??= (popularity && findState(popularity.save(), "popularity")?.arrays.counts) ?? [];
    return this.#counts;
  }

  /** The recommender with this name, by default the default one; undefined if there is none. */
  recommender(name = this.model.defaultRecommender): FittedRecommender | undefined {
    return Object.hasOwn(this.model.recommenders, name) ? this.model.recommenders[name] : undefined;
  }

  /**
   * Returns `popularity` if it should answer instead: no track of the context is known, and the recommender has no answer. Only `nearest`
   * needs this; the others fall back on artists, title words and popular tracks by themselves.
   */
  standIn(recommender: FittedRecommender, context: Context): FittedRecommender | undefined {
    if (context.tracks.some((track) => this.knows(track))) return undefined;
    if (recommender.recommend([context], 1)[0]!.tracks.length > 0) return undefined;
    return this.recommender("popularity");
  }

  /** The answer of the requested recommender, or of its stand-in if it has none, and which of the two gave it. */
  async answered<Answer>(
    asked: FittedRecommender,
    context: Context,
    ask: (recommender: FittedRecommender) => Answer | Promise<Answer>,
    isEmpty: (answer: Answer) => boolean,
  ): Promise<{ readonly recommender: FittedRecommender; readonly answer: Answer }> {
    const answer = await ask(asked);
    const other = isEmpty(answer) ? this.standIn(asked, context) : undefined;
    return other === undefined
      ? { recommender: asked, answer }
      : { recommender: other, answer: await ask(other) };
  }

  /** The recommender with rules applied; created at the first call. */
  ruled(recommender: FittedRecommender): RuledRecommender {
    return remembered(
      this.#ruled,
      recommender,
      () => new RuledRecommender(recommender, this.model.catalogue),
    );
  }

  /** Whether any track of the catalogue passes the rules, whatever its score. */
  letPass(recommender: FittedRecommender, rules: Rules, context: Context): boolean {
    const ruled = remembered(this.#rulesAlone, recommender, () => {
      const { catalogue } = this.model;
      const all: FittedRecommender = {
        name: recommender.name,
        recommend: (contexts, k) =>
          contexts.map(() => ({ tracks: catalogue.tracks.slice(0, k), scores: new Float32Array(k) })),
        save: () => recommender.save(),
      };
      return new RuledRecommender(all, catalogue);
    });
    return ruled.recommend(context, 1, rules).tracks.length > 0;
  }

  /** The explainer of a recommender's answers; created at the first call. */
  explainer(recommender: FittedRecommender): Explainer {
    return remembered(this.#explainers, recommender, () => new Explainer(recommender, this.model.catalogue));
  }

  /** How many tracks `/invocations` returns. */
  get invocationsK(): number {
    return this.model.invocationsK ?? defaultInvocationsK;
  }

  /** A track as answers show it: its artist, if the catalogue has one, and its title without the artist. */
  view(id: string): TrackView {
    const artist = this.model.catalogue.artists?.[this.#numbers.get(id) ?? -1];
    if (!artist) return { id, title: id };
    return { id, artist, title: id.startsWith(`${artist}-`) ? id.slice(artist.length + 1) : id };
  }

  /** The search index over titles and artists; built at the first call, in short slices, so that other requests are answered. */
  search(): Promise<TrackSearch> {
    this.#search ??= this.#indexNames().catch((error: unknown) => {
      this.#search = undefined;
      throw error;
    });
    return this.#search;
  }

  /** Builds what `meant` needs, so that a server which builds it ahead has all of it. */
  async #indexNames(): Promise<TrackSearch> {
    const search = await TrackSearch.build(this.model.catalogue.tracks, this.#playlistCounts());
    await this.#artistNames();
    return search;
  }

  #artistNames(): Promise<ArtistNames> {
    return (this.#artists ??= ArtistNames.build(this.model.catalogue.artists ?? []));
  }
}
