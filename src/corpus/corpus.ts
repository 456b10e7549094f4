/**
 * Playlists as typed arrays: the form in which everything that learns reads them. Tracks are numbered once, in order of
 * first appearance; a playlist is a slice of `items`.
 */

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

/** The number of playlists. */
export function playlistCount(corpus: Corpus): number {
  return corpus.offsets.length - 1;
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

  /** The number of a track; a new id gets the next number. */
  number(track: string, artist?: string): number {
    let number = this.#numbers.get(track);
    if (number === undefined) {
      number = this.#tracks.length;
      this.#numbers.set(track, number);
      this.#tracks.push(track);
      this.#artists.push(artist ?? "");
      if (artist !== undefined) this.#hasArtists = true;
    }
    return number;
  }

  /** Adds one playlist. `artists`, where given, runs beside `tracks`. */
  add(playlist: {
    id: string;
    tracks: readonly string[];
    artists?: readonly string[];
    title?: string;
  }): void {
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

  build(): Corpus {
    return {
      tracks: this.#tracks,
      ...(this.#hasArtists ? { artists: this.#artists } : {}),
      offsets: Uint32Array.from(this.#offsets),
      items: this.#items.slice(0, this.#length),
      playlistIds: this.#playlistIds,
      ...(this.#hasTitles ? { titles: this.#titles } : {}),
    };
  }
}
