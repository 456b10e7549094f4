/** Tracks by artist, and the artist of a track that the catalogue does not hold. */
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
  readonly #numbers = new Map<string, number>();
  readonly #counts: Uint32Array;
  readonly #weights: Float64Array;
  readonly #listed: number[] = [];

  constructor(artists: readonly string[], counts: Uint32Array) {
    this.#counts = counts;
    this.artistOf = new Uint32Array(artists.length);
    const names = [""];
    for (let t = 0; t < artists.length; t++) {
      const name = artists[t]!;
      if (name === "") continue;
      let number = this.#numbers.get(name);
      if (number === undefined) {
        number = names.length;
        names.push(name);
        this.#numbers.set(name, number);
      }
      this.artistOf[t] = number;
    }
    this.names = names;
    this.tracks = groupByArtist(this.artistOf, names.length, counts);
    this.#weights = new Float64Array(names.length);
  }

  /**
   * The artist of an id the catalogue does not hold, 0 where none fits: the longest known name that the id starts with,
   * followed by "-" ("Jay-Z-Numb" is by "Jay-Z" where that artist is known, else by "Jay").
   */
  guess(id: string): number {
    for (let dash = id.lastIndexOf("-"); dash > 0; dash = id.lastIndexOf("-", dash - 1)) {
      const number = this.#numbers.get(id.slice(0, dash));
      if (number !== undefined) return number;
    }
    return 0;
  }

  /** Adds up to `most` to the tracks of the artists of the context, weighted by how often and how late they played. */
  score(query: Query, board: ScoreBoard, most: number): void {
    const listed = this.#listed;
    listed.length = 0;
    const note = (artist: number, weight: number) => {
      if (artist === 0) return;
      if (this.#weights[artist] === 0) listed.push(artist);
      this.#weights[artist] = this.#weights[artist]! + weight;
    };
    const known = Math.min(query.tracks.length, 200);
    for (let i = 0; i < known; i++)
      note(this.artistOf[query.tracks[query.tracks.length - 1 - i]!]!, 1 / (i + 2));
    const unknown = Math.min(query.unknown.length, 200);
    for (let i = 0; i < unknown; i++)
      note(this.guess(query.unknown[query.unknown.length - 1 - i]!), 1 / (i + 2));
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
      this.#weights[artist] = 0;
    }
  }
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
    values.subarray(offsets[a]!, offsets[a + 1]!).sort((x, y) => counts[y]! - counts[x]! || x - y);
  }
  return { offsets, values };
}
