/**
 * What the endpoint holds in memory: recommenders that share one catalogue. `bundle-source.ts` makes one of a bundle; tests
 * and libraries may bring their own.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Catalogue, type TrackIndex, trackIndex } from "../../corpus/index.js";
import {
  type Context,
  Explainer,
  type FittedRecommender,
  findState,
  RuledRecommender,
  type Rules,
} from "../../recommenders/index.js";
import { misuse } from "../../system/index.js";
import { plainName } from "../plain-name.js";
import { TrackSearch } from "../track-search.js";

export interface ServedModel {
  /** Changes with the contents; shown in answers, metrics and logs. */
  readonly version: string;
  readonly catalogue: Catalogue;
  readonly recommenders: Readonly<Record<string, FittedRecommender>>;
  /** The name of the one that answers when a request names none. */
  readonly defaultRecommender: string;
  /** How many tracks `/invocations` answers with; default 100, the original's `knn_k`. */
  readonly invocationsK?: number;
  /** Frees what garbage collection does not. Called once, when no request uses the model any more. */
  close?(): void | Promise<void>;
}

/** One track as answers show it. */
export interface TrackView {
  readonly id: string;
  readonly artist?: string;
  readonly title: string;
}

const originalK = 100;

/** So long other requests wait while names are looked up. */
const sliceMs = 5;

/** A served model with the look-ups that the routes need. */
export class LiveModel {
  readonly model: ServedModel;
  readonly #numbers: TrackIndex;
  readonly #ruled = new Map<FittedRecommender, RuledRecommender>();
  readonly #rulesAlone = new Map<FittedRecommender, RuledRecommender>();
  readonly #explainers = new Map<FittedRecommender, Explainer>();
  #search: Promise<TrackSearch> | undefined;
  /** How many playlists have each track; none where popularity is not there to tell. */
  #counts: ArrayLike<number> | undefined;

  constructor(model: ServedModel) {
    if (!Object.hasOwn(model.recommenders, model.defaultRecommender)) {
      throw misuse(
        `the model has no recommender named "${model.defaultRecommender}"`,
        `it has: ${Object.keys(model.recommenders).join(", ")}`,
      );
    }
    this.model = model;
    // The recommenders' own index, made before the first request asks for it.
    this.#numbers = trackIndex(model.catalogue.tracks);
  }

  get version(): string {
    return this.model.version;
  }

  /** Whether the catalogue holds it. */
  knows(track: string): boolean {
    return this.#numbers.get(track) !== undefined;
  }

  /**
   * The id that the catalogue knows it by: where it does not know it, but does with accents and letters as one ("é" may be sent as two
   * signs; cleaning joins them), that; else as it is.
   */
  asKnown(track: string): string {
    return this.#known(track) ?? track;
  }

  #known(track: string): string | undefined {
    if (this.knows(track)) return track;
    const joined = track.normalize("NFC");
    return this.knows(joined) ? joined : undefined;
  }

  /**
   * What is meant by ids that the catalogue may not hold, one each: the id that it knows, by `asKnown` or by the words of a name that a
   * person wrote ("nina simone - feeling good"), in which guests and marks of release may be too many or missing; else as it is. Of
   * several versions by one artist the most played is meant.
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
    let sliceEnd = performance.now() + sliceMs;
    for (const i of unknown) {
      meant[i] = this.#named(search, meant[i]!) ?? meant[i]!;
      if (performance.now() < sliceEnd) continue;
      await nextTurn();
      sliceEnd = performance.now() + sliceMs;
    }
    return meant;
  }

  #named(search: TrackSearch, written: string): string | undefined {
    const plain = plainName(written);
    const named = this.#mostPlayed(search.named(written)) ?? this.#mostPlayed(search.named(plain));
    if (named !== undefined) return named;
    const versions = search.versionsOf(plain, (id) => this.#plainNameOf(id));
    // "A B-C" and "A-B C" have the same words.
    const artists = new Set(versions.map((id) => plainName(this.view(id).artist ?? "")));
    return artists.size === 1 ? this.#mostPlayed(versions) : undefined;
  }

  #plainNameOf(id: string): string {
    const { artist, title } = this.view(id);
    return artist === undefined ? plainName(title) : `${plainName(artist)} ${plainName(title)}`;
  }

  /** The first of those that equally many playlists have; undefined of none. */
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

  /** The recommender of that name (the default one for none), or undefined. */
  recommender(name = this.model.defaultRecommender): FittedRecommender | undefined {
    return Object.hasOwn(this.model.recommenders, name) ? this.model.recommenders[name] : undefined;
  }

  /**
   * Popularity, where it should answer instead: no track of the context is known, and the recommender has no answer. All but
   * `nearest` have one, by their own fall-back on artists, title words and what is popular.
   */
  standIn(recommender: FittedRecommender, context: Context): FittedRecommender | undefined {
    if (context.tracks.some((track) => this.knows(track))) return undefined;
    if (recommender.recommend([context], 1)[0]!.tracks.length > 0) return undefined;
    return this.recommender("popularity");
  }

  /** The answer of the recommender that was asked, or of the one that stands in where it has none; and whose it is. */
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

  /** Rules over a recommender, made at the first call. */
  ruled(recommender: FittedRecommender): RuledRecommender {
    return kept(this.#ruled, recommender, () => new RuledRecommender(recommender, this.model.catalogue));
  }

  /** Whether the rules let any track pass, whatever the recommender thinks of it. */
  letPass(recommender: FittedRecommender, rules: Rules, context: Context): boolean {
    const ruled = kept(this.#rulesAlone, recommender, () => {
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

  /** What explains a recommender's answers, made at the first call. */
  explainer(recommender: FittedRecommender): Explainer {
    return kept(this.#explainers, recommender, () => new Explainer(recommender, this.model.catalogue));
  }

  /** How many tracks `/invocations` answers with. */
  get invocationsK(): number {
    return this.model.invocationsK ?? originalK;
  }

  /** A track as answers show it: its artist where the catalogue tells one, and its title without the artist. */
  view(id: string): TrackView {
    const artist = this.model.catalogue.artists?.[this.#numbers.get(id) ?? -1];
    if (!artist) return { id, title: id };
    return { id, artist, title: id.startsWith(`${artist}-`) ? id.slice(artist.length + 1) : id };
  }

  /** The search index over titles and artists, built at the first call, in slices that let other requests through. */
  search(): Promise<TrackSearch> {
    this.#search ??= TrackSearch.build(this.model.catalogue.tracks, this.#playlistCounts()).catch(
      (error: unknown) => {
        this.#search = undefined;
        throw error;
      },
    );
    return this.#search;
  }
}

function kept<Key, Value>(values: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = values.get(key);
  if (value === undefined) values.set(key, (value = make()));
  return value;
}
