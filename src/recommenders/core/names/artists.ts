/** Tracks by artist, and the artists of unknown tracks. */
import { artistNumbers } from "../../../corpus/index.js";
import type { Query } from "../asking/query.js";
import type { Rows } from "../plays/sessions.js";
import type { ScoreBoard } from "../scores/score-board.js";

export class ArtistIndex {
  /** By track number: its artist's number, 0 if it has none. */
  readonly artistOf: Uint32Array;
  /** Names by number; number 0 is "no artist". */
  readonly names: readonly string[];
  /**
   * Each artist's tracks, most popular first. Row 0 is empty. Tracks in no playlist are left out: when playlists are held back,
   * listing the tracks that only these have would leak them.
   */
  readonly tracks: Rows;
  #numbers: Map<string, number> | undefined;
  #longestName = 0;
  readonly #counts: Uint32Array;
  readonly #weights: Float64Array;
  readonly #listed: number[] = [];

  constructor(artists: readonly string[], counts: Uint32Array) {
    this.#counts = counts;
    const { names, of } = artistNumbers(artists);
    // Renumber so that "no artist" is 0 and the others follow in their order.
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

  /** The artist's number for an unknown id, 0 if none matches; see `artistOfId`. */
  guess(id: string): number {
    if (this.#numbers === undefined) {
      this.#numbers = new Map();
      for (let artist = 1; artist < this.names.length; artist++) {
        const name = this.names[artist]!;
        this.#numbers.set(name, artist);
        this.#longestName = Math.max(this.#longestName, name.length);
      }
    }
    const numbers = this.#numbers;
    return artistOfId(id, (name) => numbers.get(name), this.#longestName) ?? 0;
  }

  /** Adds up to `most` to the tracks by the context's artists, weighted by how often and how late these played. */
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
   * Multiplies the scores of tracks whose artists are in the context by 1 + power · (the sum over the artist's plays: 1/2 for the
   * last play of the context, 1/3 for the one before, and so on). Unknown tracks count too.
   *
   * @param tracks track numbers; only the first `count` are used
   * @param scores one per track
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

/** How many of a context's last plays are read. */
const mostPlays = 200;

/**
 * Looks up the artist of an "Artist-Track" id: the longest known name that is the whole id or is followed by "-" in it
 * ("Jay-Z-Numb" is by "Jay-Z" if that artist is known, else by "Jay").
 *
 * @param find returns what is known about a name, undefined if nothing is
 * @param longest the length of the longest name to look up, since an id may have thousands of dashes; default: any
 */
export function artistOfId<Known>(
  id: string,
  find: (name: string) => Known | undefined,
  longest = id.length,
): Known | undefined {
  const last = id.length <= longest ? id.length : id.lastIndexOf("-", longest);
  for (let dash = last; dash > 0; dash = id.lastIndexOf("-", dash - 1)) {
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
