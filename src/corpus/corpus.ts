/**
 * Playlists as typed arrays, the input of all training. Tracks are numbered in order of first appearance; a playlist is a
 * slice of `items`.
 */
import { asWritten, misuse } from "../system/index.js";
import { requireCorpus } from "./require-corpus.js";

/** Tracks by number. */
export interface Catalogue {
  /** `tracks[i]` is the id of track i ("Artist-Track"); ids are distinct. */
  readonly tracks: readonly string[];
  /** `artists[i]` is the artist of track i, "" if unknown. Absent if the data has no artists. */
  readonly artists?: readonly string[];
}

export interface Corpus extends Catalogue {
  /** Playlist p is `items[offsets[p]] … items[offsets[p + 1] - 1]`; length = playlists + 1. */
  readonly offsets: Uint32Array;
  /** Track numbers of all playlists, one after the other, in playing order. */
  readonly items: Uint32Array;
  /** One id per playlist, in the order of `offsets`. */
  readonly playlistIds?: readonly string[];
  /** One title per playlist ("rainy sunday"), "" if it has none. Absent if the data has no titles. */
  readonly titles?: readonly string[];
}

/** The number of playlists. @throws SegueError (misuse) if `corpus` is not one */
export function playlistCount(corpus: Corpus): number {
  requireCorpus(corpus, "playlistCount");
  return corpus.offsets.length - 1;
}

/** A playlist, for `CorpusBuilder.add`. */
export interface Playlist {
  readonly id: string;
  /** Track ids in playing order. */
  readonly tracks: readonly string[];
  /** One artist per track, "" if unknown. Default: no artists. */
  readonly artists?: readonly string[];
  readonly title?: string;
}

/** Builds a `Corpus` from playlists added one by one. */
export class CorpusBuilder {
  readonly #numbers = new Map<string, number>();
  readonly #tracks: string[] = [];
  readonly #artists: string[] = [];
  readonly #playlistIds: string[] = [];
  readonly #titles: string[] = [];
  readonly #offsets: number[] = [0];
  #items = new Uint32Array(1024);
  #length = 0;
  #hasArtists = false;
  #hasTitles = false;

  /**
   * The number of a track; a new id gets the next number. A track keeps the first non-empty artist it is given.
   *
   * @throws SegueError (misuse) if the id or the artist is not a string
   */
  number(track: string, artist?: string): number {
    if (typeof track !== "string") throw misuse(`a track id should be text, found ${asWritten(track)}`);
    if (artist !== undefined && typeof artist !== "string")
      throw misuse(`an artist should be text, found ${asWritten(artist)}`);
    let number = this.#numbers.get(track);
    if (number === undefined) {
      number = this.#tracks.length;
      this.#numbers.set(track, number);
      this.#tracks.push(track);
      this.#artists.push(artist ?? "");
    } else if (artist !== undefined && this.#artists[number] === "") {
      this.#artists[number] = artist;
    }
    if (artist !== undefined) this.#hasArtists = true;
    return number;
  }

  /**
   * Adds one playlist. Fields that `Playlist` does not have are ignored.
   *
   * @throws SegueError (misuse) naming the playlist and the field if it is invalid; nothing of it is added then
   */
  add(playlist: Playlist): void {
    checkPlaylist(playlist);
    const needed = this.#length + playlist.tracks.length;
    if (needed > this.#items.length) {
      const grown = new Uint32Array(Math.max(needed, this.#items.length * 2));
      grown.set(this.#items);
      this.#items = grown;
    }
    for (let i = 0; i < playlist.tracks.length; i++) {
      this.#items[this.#length++] = this.number(playlist.tracks[i]!, playlist.artists?.[i]);
    }
    this.#offsets.push(this.#length);
    this.#playlistIds.push(playlist.id);
    this.#titles.push(playlist.title ?? "");
    if (playlist.title !== undefined) this.#hasTitles = true;
  }

  /** The corpus of the playlists so far. Adding more later does not change it. */
  build(): Corpus {
    return {
      // Copies, because caches such as `trackIndex` rely on the lists never changing.
      tracks: this.#tracks.slice(),
      artists: this.#hasArtists ? this.#artists.slice() : undefined,
      offsets: Uint32Array.from(this.#offsets),
      items: this.#items.slice(0, this.#length),
      playlistIds: this.#playlistIds.slice(),
      titles: this.#hasTitles ? this.#titles.slice() : undefined,
    };
  }
}

/** Called before anything is numbered, so that an invalid playlist leaves nothing behind. */
function checkPlaylist(playlist: Playlist): void {
  if (typeof playlist !== "object" || playlist === null)
    throw misuse(
      `a playlist should be an object, found ${asWritten(playlist)}`,
      'write { id: "p1", tracks: ["Artist-Track", …] }',
    );
  const { id, tracks, artists, title } = playlist;
  if (typeof id !== "string")
    throw misuse(
      `the id of a playlist should be text, found ${asWritten(id)}`,
      "Convert a number by String(…).",
    );
  const wrong = (what: string) => misuse(`the playlist "${id}": ${what}`);
  if (!Array.isArray(tracks))
    throw wrong(`"tracks" should be a list of track ids, found ${asWritten(tracks)}`);
  for (let i = 0; i < tracks.length; i++)
    if (typeof tracks[i] !== "string")
      throw wrong(`"tracks"[${i}] should be a track id, found ${asWritten(tracks[i])}`);
  if (title !== undefined && typeof title !== "string")
    throw wrong(`"title" should be text, found ${asWritten(title)}`);
  if (artists === undefined) return;
  if (!Array.isArray(artists)) throw wrong(`"artists" should be a list, found ${asWritten(artists)}`);
  if (artists.length !== tracks.length) {
    throw wrong(
      `"artists" holds ${artists.length} names for ${tracks.length} tracks; it should hold one per track ("" if unknown)`,
    );
  }
  for (let i = 0; i < artists.length; i++)
    if (typeof artists[i] !== "string")
      throw wrong(`"artists"[${i}] should be text, found ${asWritten(artists[i])}`);
}
