/** Explains why a track was recommended, by facts that can be checked: what it followed, what it shares with the context. */
import { type Catalogue, playlistsOfTracks, requireCatalogue } from "../corpus/index.js";
import { countsOf, misuse, requireWithin, someText } from "../system/index.js";
import {
  type Context,
  type FittedRecommender,
  type NumericArray,
  type RecommenderState,
  requireRecommender,
} from "./contract.js";
import { checkContext } from "./core/asking/check-question.js";
import { TrackNumbers } from "./core/asking/query.js";
import { ArtistIndex } from "./core/names/artists.js";
import { TitleWords } from "./core/names/title-words.js";
import { invert, playIndex } from "./core/plays/play-index.js";
import type { Rows, Sessions } from "./core/plays/sessions.js";
import { findState } from "./rules.js";

export type Reason =
  /** In this many playlists it played one to three places after a track of the context. */
  | { readonly kind: "after"; readonly track: string; readonly playlists: number }
  /** It shares this many playlists with a track of the context. */
  | { readonly kind: "together"; readonly track: string; readonly playlists: number }
  /** The cosine of its vector and that of a track of the context. */
  | { readonly kind: "near"; readonly track: string; readonly cosine: number }
  | { readonly kind: "artist"; readonly artist: string }
  /** A word of the title, and the smoothed share of its playlists with the track: playlists with both / (playlists with the word + 3). */
  | { readonly kind: "title"; readonly word: string; readonly share: number }
  | { readonly kind: "played"; readonly times: number }
  | { readonly kind: "popular"; readonly playlists: number };

/** Limits: the last tracks of the context, the latest playlists of the track, and how many places before it count as "after". */
const lookedAt = { context: 50, playlists: 3000, places: 3 };

/** What the reasons for every track of an answer need of the context. */
interface ReadContext {
  /** A copy: the caller may change its own. */
  readonly tracks: readonly string[];
  /** The numbers of the last ones, each once. */
  readonly last: ReadonlySet<number>;
  /** How often each known track has played. */
  readonly times: ReadonlyMap<number, number>;
  /** The numbers of the artists of the last ones. */
  readonly artists: ReadonlySet<number>;
}

/** Explains a recommender's answers: similar playlists, near tracks, the same artist, the title, popularity. */
export class Explainer {
  readonly #catalogue: Catalogue;
  readonly #numbers: TrackNumbers;
  readonly #sessions: Sessions | undefined;
  readonly #inverted: Rows | undefined;
  readonly #counts: Uint32Array | undefined;
  readonly #titles: TitleWords | undefined;
  readonly #vectors: TrackVectorRows | undefined;
  readonly #artists: ArtistIndex | undefined;
  #context: ReadContext | undefined;

  /**
   * Reads what the recommender's own state has: playlists (session neighbours, blend), vectors, title words, counts.
   *
   * @throws SegueError (misuse) if the recommender has no `save`, or the catalogue is not one
   */
  constructor(recommender: FittedRecommender, catalogue: Catalogue) {
    requireRecommender(recommender, "Explainer", "save");
    requireCatalogue(catalogue, "Explainer");
    const state = recommender.save();
    this.#catalogue = catalogue;
    this.#numbers = new TrackNumbers(catalogue.tracks);
    const { offsets, items } = state.arrays;
    if (offsets !== undefined && items !== undefined) {
      this.#sessions = {
        trackCount: catalogue.tracks.length,
        offsets: offsets as Uint32Array,
        items: items as Uint32Array,
      };
      const inverted = invert(playIndex(this.#sessions), "first");
      this.#inverted = { offsets: inverted.offsets, values: inverted.values };
    }
    const titles = findState(state, "title-words");
    this.#titles = titles && TitleWords.restore(titles);
    this.#vectors = vectorRows(state, catalogue.tracks.length);
    this.#counts =
      countsIn(state) ?? (this.#sessions && playlistsOfTracks(this.#sessions, catalogue.tracks.length));
    this.#artists =
      catalogue.artists &&
      new ArtistIndex(catalogue.artists, this.#counts ?? new Uint32Array(catalogue.tracks.length));
  }

  /**
   * The reasons for one track, strongest kind first; empty if the track is unknown.
   *
   * @throws SegueError (misuse) if the context has no list of tracks, or the track is not a string
   */
  explain(context: Context, track: string): Reason[] {
    checkContext(context);
    requireWithin(someText, "track", track);
    const number = this.#numbers.get(track);
    if (number < 0) return [];
    const { last, times, artists } = this.#read(context.tracks);
    const reasons: Reason[] = [];
    const played = times.get(number);
    if (played !== undefined) reasons.push({ kind: "played", times: played });
    reasons.push(...this.#shared(last, number));
    const near = this.#near(last, number);
    if (near !== undefined) reasons.push(near);
    const artist = this.#artists?.artistOf[number] ?? 0;
    if (artist !== 0 && artists.has(artist))
      reasons.push({ kind: "artist", artist: this.#artists!.names[artist]! });
    reasons.push(...this.#titled(context.title, number));
    if (reasons.length === 0 && this.#counts !== undefined) {
      reasons.push({ kind: "popular", playlists: this.#counts[number]! });
    }
    return reasons;
  }

  /** Reads a context once for all tracks of an answer. The artist of an unknown track is read from its id. */
  #read(tracks: readonly string[]): ReadContext {
    const before = this.#context;
    if (before?.tracks.length === tracks.length && before.tracks.every((track, i) => track === tracks[i]))
      return before;
    const last = this.#numbers.query({ tracks: tracks.slice(-lookedAt.context) });
    // The whole context, not only its last tracks: earlier plays count too.
    const times = countsOf(this.#numbers.query({ tracks }).tracks);
    const index = this.#artists;
    const artists = new Set<number>();
    if (index !== undefined) {
      for (const track of last.tracks) artists.add(index.artistOf[track]!);
      for (const id of last.unknown) artists.add(index.guess(id));
    }
    return (this.#context = { tracks: [...tracks], last: new Set(last.tracks), times, artists });
  }

  /** The track of the context that it followed most often, and the one it shares the most playlists with. */
  #shared(context: ReadonlySet<number>, number: number): Reason[] {
    const sessions = this.#sessions;
    const inverted = this.#inverted;
    if (sessions === undefined || inverted === undefined) return [];
    const after = new Map<number, number>();
    const together = new Map<number, number>();
    const end = inverted.offsets[number + 1]!;
    for (let p = Math.max(inverted.offsets[number]!, end - lookedAt.playlists); p < end; p++) {
      const session = inverted.values[p]!;
      const items = sessions.items.subarray(sessions.offsets[session]!, sessions.offsets[session + 1]!);
      const followed = new Set<number>();
      const present = new Set<number>();
      for (let i = 0; i < items.length; i++) {
        if (items[i] !== number) {
          if (context.has(items[i]!)) present.add(items[i]!);
          continue;
        }
        for (let j = Math.max(0, i - lookedAt.places); j < i; j++) {
          if (items[j] !== number && context.has(items[j]!)) followed.add(items[j]!);
        }
      }
      for (const other of followed) after.set(other, (after.get(other) ?? 0) + 1);
      for (const other of present) together.set(other, (together.get(other) ?? 0) + 1);
    }
    const reasons: Reason[] = [];
    for (const [kind, counts] of [
      ["after", after],
      ["together", together],
    ] as const) {
      const most = largestOf(counts);
      if (most !== undefined) {
        reasons.push({ kind, track: this.#catalogue.tracks[most[0]]!, playlists: most[1] });
      }
    }
    return reasons;
  }

  #near(context: ReadonlySet<number>, number: number): Reason | undefined {
    const vectors = this.#vectors;
    const own = vectors?.(number);
    if (vectors === undefined || own === undefined) return undefined;
    let best = { track: -1, cosine: 0.3 };
    for (const track of context) {
      const other = track === number ? undefined : vectors(track);
      const cosine = other === undefined ? 0 : cosineOf(own, other);
      if (cosine > best.cosine) best = { track, cosine };
    }
    if (best.track < 0) return undefined;
    return { kind: "near", track: this.#catalogue.tracks[best.track]!, cosine: Math.min(1, best.cosine) };
  }

  #titled(title: string | undefined, number: number): Reason[] {
    const titles = this.#titles;
    if (titles === undefined || title === undefined) return [];
    const reasons: Reason[] = [];
    for (const [w, word] of titles.known(title)) {
      for (let i = titles.offsets[w]!; i < titles.offsets[w + 1]!; i++) {
        if (titles.tracks[i] === number) reasons.push({ kind: "title", word, share: titles.shares[i]! });
      }
    }
    return reasons;
  }
}

/** The number of playlists with each track, if the state has it. Not if `numbers` are present: `counts` are then per vector row. */
function countsIn(state: RecommenderState): Uint32Array | undefined {
  const fallback = findState(state, "fallback")?.arrays.counts as Uint32Array | undefined;
  const { counts, numbers } = state.arrays;
  return fallback ?? (counts === undefined || numbers !== undefined ? undefined : Uint32Array.from(counts));
}

type TrackVectorRows = (track: number) => NumericArray | undefined;

/** The vectors in a state: one per track, or, if `numbers` are present, one per track number listed there. */
function vectorRows({ arrays, settings }: RecommenderState, trackCount: number): TrackVectorRows | undefined {
  const { vectors, numbers } = arrays;
  if (vectors === undefined || vectors.length === 0) return undefined;
  const size = numbers === undefined ? vectors.length / trackCount : (settings.vectorSize as number);
  const rowOf = numbers && new Map(Array.from(numbers, (track, row) => [track, row]));
  return (track) => {
    const row = rowOf === undefined ? track : rowOf.get(track);
    return row === undefined ? undefined : vectors.subarray(row * size, (row + 1) * size);
  };
}

function cosineOf(a: NumericArray, b: NumericArray): number {
  let [product, squaresA, squaresB] = [0, 0, 0];
  for (let d = 0; d < a.length; d++) {
    product += a[d]! * b[d]!;
    squaresA += a[d]! ** 2;
    squaresB += b[d]! ** 2;
  }
  return product / Math.max(Number.MIN_VALUE, Math.sqrt(squaresA * squaresB));
}

/** The entry with the largest count; among equal counts, the one with the smallest number. */
function largestOf(counts: ReadonlyMap<number, number>): [number, number] | undefined {
  let best: [number, number] | undefined;
  for (const entry of counts) {
    if (best === undefined || entry[1] > best[1] || (entry[1] === best[1] && entry[0] < best[0]))
      best = entry;
  }
  return best;
}

/** Reasons as one line: "after X in 37 playlists; near Y". @throws SegueError (misuse) if it is not a list of reasons */
export function reasonsAsText(reasons: readonly Reason[]): string {
  if (!Array.isArray(reasons) || reasons.some((reason) => typeof reason?.kind !== "string"))
    throw misuse(
      "reasonsAsText needs a list of reasons",
      "give what explainer.explain(context, track) returns",
    );
  return reasons.map(reasonAsText).join("; ");
}

function reasonAsText(reason: Reason): string {
  switch (reason.kind) {
    case "after":
      return `after ${reason.track} in ${playlists(reason.playlists)}`;
    case "together":
      return `with ${reason.track} in ${playlists(reason.playlists)}`;
    case "near":
      return `near ${reason.track}`;
    case "artist":
      return `same artist (${reason.artist})`;
    case "title":
      return `in playlists titled "${reason.word}"`;
    case "played":
      return reason.times === 1 ? "played already" : `played ${reason.times} times already`;
    case "popular":
      return `in ${playlists(reason.playlists)}`;
  }
}

const playlists = (count: number) => (count === 1 ? "1 playlist" : `${count} playlists`);
