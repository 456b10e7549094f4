/**
 * Playlists as typed arrays: the form in which everything that learns reads them. Tracks are numbered once, in order of
 * first appearance; a playlist is a slice of `items`.
 */
import { asWritten, misuse } from "../system/index.js";
import { requireCorpus } from "./require-corpus.js";

/** The tracks that are known by number. */
export interface Catalogue {
  /** `tracks[i]` is the id of track number i ("Artist-Track"); ids are distinct. */
  readonly tracks: readonly string[];
  /** `artists[i]` is the artist of track number i, where the data tells it. */
  readonly artists?: readonly string[];
}

export interface Corpus extends Catalogue {
  /** Playlist p is `items[offsets[p]] … items[offsets[p + 1] - 1]`; length = playlists + 1. */
  readonly offsets: Uint32Array;
  /** Track numbers of all playlists, one after the other, in playing order. */
  readonly items: Uint32Array;
  /** One id a playlist, in the order of `offsets`. */
  readonly playlistIds?: readonly string[];
  /** One title a playlist ("rainy sunday"), where the data has it. */
  readonly titles?: readonly string[];
}

/** The number of playlists. @throws SegueError (misuse) where it is no corpus */
export function playlistCount(corpus: Corpus): number {
  requireCorpus(corpus, "playlistCount");
  return corpus.offsets.length - 1;
}

/** What `CorpusBuilder.add` takes. */
export interface Playlist {
  readonly id: string;
  /** Track ids in playing order. */
  readonly tracks: readonly string[];
  /** One artist a track, "" where it is not known. Default: nothing is known of artists. */
  readonly artists?: readonly string[];
  readonly title?: string;
}

/** Gathers playlists one by one into a `Corpus`. */
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
   * The number of a track; a new id gets the next number. The first artist that is given and not empty is the track's.
   *
   * @throws SegueError (misuse) for an id or an artist that is no text
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
   * Adds one playlist, or nothing of it where something is wrong with it. Other fields than those of `Playlist` are passed over.
   *
   * @throws SegueError (misuse) naming the playlist and the field: an id that is no text, artists that are not one a track
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

  /** The playlists so far; more can be added after, of which this corpus knows nothing. */
  build(): Corpus {
    return {
      // Copies: what is known of a list, the number of each track above all, is known for good.
      tracks: this.#tracks.slice(),
      ...(this.#hasArtists ? { artists: this.#artists.slice() } : {}),
      offsets: Uint32Array.from(this.#offsets),
      items: this.#items.slice(0, this.#length),
      playlistIds: this.#playlistIds.slice(),
      ...(this.#hasTitles ? { titles: this.#titles.slice() } : {}),
    };
  }
}

/** Before anything of it is numbered, so that no half of it stays behind. */
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
      "Numbers may be given by String(…).",
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
      `"artists" holds ${artists.length} names for ${tracks.length} tracks; it should hold one a track ("" where it is not known)`,
    );
  }
  for (let i = 0; i < artists.length; i++)
    if (typeof artists[i] !== "string")
      throw wrong(`"artists"[${i}] should be text, found ${asWritten(artists[i])}`);
}
