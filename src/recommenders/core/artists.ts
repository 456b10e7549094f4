/** Tracks by artist, and the artist of a track that the catalogue does not hold. */
import { artistNumbers } from "../../corpus/index.js";
import type { Query } from "./query.js";
import type { ScoreBoard } from "./score-board.js";
import type { Rows } from "./sessions.js";

export class ArtistIndex {
  /** The artist's number of each track; 0 where the track has no artist. */
  readonly artistOf: Uint32Array;
  /** Names by number; number 0 is "no artist". */
  readonly names: readonly string[];
  /**
   * The tracks of each artist that are in any playlist, most popular first. Row 0 is empty. (While a part of the playlists is
   * held back the catalogue holds tracks of that part alone: to list them would tell what was held back.)
   */
  readonly tracks: Rows;
  #numbers: Map<string, number> | undefined;
  readonly #counts: Uint32Array;
  readonly #weights: Float64Array;
  readonly #listed: number[] = [];

  constructor(artists: readonly string[], counts: Uint32Array) {
    this.#counts = counts;
    const { names, of } = artistNumbers(artists);
    // The numbers that the catalogue has, one more each; "no artist" comes out of their row and is number 0.
    const none = names.indexOf("");
    this.artistOf = new Uint32Array(of.length);
    for (let t = 0; t < of.length; t++) {
      const number = of[t]!;
      this.artistOf[t] = number === none ? 0 : none >= 0 && number > none ? number : number + 1;
    }
    this.names = ["", ...names.filter((name) => name !== "")];
    this.tracks = groupByArtist(this.artistOf, this.names.length, counts);
    this.#weights = new Float64Array(this.names.length);
  }

  /** The artist of an id the catalogue does not hold, 0 where none fits: see `artistOfId`. */
  guess(id: string): number {
    if (this.#numbers === undefined) {
      this.#numbers = new Map();
      for (let artist = 1; artist < this.names.length; artist++)
        this.#numbers.set(this.names[artist]!, artist);
    }
    const numbers = this.#numbers;
    return artistOfId(id, (name) => numbers.get(name)) ?? 0;
  }

  /** Adds up to `most` to the tracks of the artists of the context, weighted by how often and how late they played. */
  score(query: Query, board: ScoreBoard, most: number): void {
    const listed = this.#listed;
    const known = Math.min(query.tracks.length, mostPlays);
    for (let i = 0; i < known; i++)
      this.#note(this.artistOf[query.tracks[query.tracks.length - 1 - i]!]!, 1 / (i + 2));
    const unknown = Math.min(query.unknown.length, mostPlays);
    for (let i = 0; i < unknown; i++)
      this.#note(this.guess(query.unknown[query.unknown.length - 1 - i]!), 1 / (i + 2));
    let heaviest = 0;
    for (const artist of listed) heaviest = Math.max(heaviest, this.#weights[artist]!);
    for (const artist of listed) {
      const start = this.tracks.offsets[artist]!;
      const end = Math.min(this.tracks.offsets[artist + 1]!, start + 200);
      const best = this.#counts[this.tracks.values[start]!]! + 1;
      const weight = (most * this.#weights[artist]!) / heaviest / best;
      for (let i = start; i < end; i++) {
        const track = this.tracks.values[i]!;
        board.add(track, weight * (this.#counts[track]! + 1));
      }
    }
    this.#forget();
  }

  /**
   * Multiplies the scores of tracks whose artists are in the context, by 1 + power · (1/2 for the last play, 1/3 for the one before,
   * and so on). Plays of unknown tracks count, too.
   *
   * @param tracks the numbers of the tracks, of which the first `count` count, and `scores`, what each of them has
   */
  favour(query: Query, power: number, tracks: Uint32Array, scores: Float64Array, count: number): void {
    const { played } = query;
    for (let back = 1; back <= Math.min(played.length, mostPlays); back++) {
      const track = played[played.length - back]!;
      const artist = track >= 0 ? this.artistOf[track]! : this.guess(query.unknown[~track]!);
      this.#note(artist, power / (back + 1));
    }
    if (this.#listed.length > 0)
      for (let i = 0; i < count; i++) scores[i]! *= 1 + this.#weights[this.artistOf[tracks[i]!]!]!;
    this.#forget();
  }

  #note(artist: number, weight: number): void {
    if (artist === 0) return;
    if (this.#weights[artist] === 0) this.#listed.push(artist);
    this.#weights[artist]! += weight;
  }

  #forget(): void {
    for (const artist of this.#listed) this.#weights[artist] = 0;
    this.#listed.length = 0;
  }
}

/** How many plays of a context, from the last, are read. */
const mostPlays = 200;

/**
 * What `find` knows of the artist of an "Artist-Track" id: of the longest name it knows that the id starts with, followed by "-"
 * ("Jay-Z-Numb" is by "Jay-Z" where that artist is known, else by "Jay"). An id that is a name and nothing else tells its artist, too.
 */
export function artistOfId<Known>(id: string, find: (name: string) => Known | undefined): Known | undefined {
  for (let dash = id.length; dash > 0; dash = id.lastIndexOf("-", dash - 1)) {
    const found = find(id.slice(0, dash));
    if (found !== undefined) return found;
  }
  return undefined;
}

function groupByArtist(artistOf: Uint32Array, artists: number, counts: Uint32Array): Rows {
  const offsets = new Uint32Array(artists + 1);
  for (let t = 0; t < artistOf.length; t++) if (counts[t]! > 0) offsets[artistOf[t]! + 1]! += 1;
  offsets[1] = 0;
  for (let a = 0; a < artists; a++) offsets[a + 1] = offsets[a + 1]! + offsets[a]!;
  const next = offsets.slice();
  const values = new Uint32Array(offsets[artists]!);
  for (let t = 0; t < artistOf.length; t++) {
    const artist = artistOf[t]!;
    if (artist === 0 || counts[t] === 0) continue;
    values[next[artist]!] = t;
    next[artist] = next[artist]! + 1;
  }
  for (let a = 1; a < artists; a++) {
    // Most artists have one track or none.
    if (offsets[a + 1]! - offsets[a]! < 2) continue;
    values.subarray(offsets[a]!, offsets[a + 1]!).sort((x, y) => counts[y]! - counts[x]! || x - y);
  }
  return { offsets, values };
}
