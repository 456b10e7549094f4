/** Artists as rules tell them apart: neither case nor guests count, so that "DRAKE feat. Rihanna" is "Drake". */
import { artistNumbers, plainName } from "../../../corpus/index.js";
import { remembered } from "../../../system/index.js";
import { artistOfId } from "./artists.js";

/** Longer texts are no artists. */
const longestName = 100;

const known = new WeakMap<readonly string[], ArtistKeys>();

/** The keys of a catalogue's artists, which are shared: the list must not change afterwards. */
export const artistKeys = (artists: readonly string[]): ArtistKeys =>
  remembered(known, artists, () => new ArtistKeys(artists));

class ArtistKeys {
  readonly #artists: readonly string[];
  readonly #keys = new Map<string, string>();
  #all: ReadonlySet<string> | undefined;

  constructor(artists: readonly string[]) {
    this.#artists = artists;
  }

  /** The key that the spellings of an artist of the catalogue share; "" for "". */
  of(artist: string): string {
    let key = this.#keys.get(artist);
    if (key === undefined) this.#keys.set(artist, (key = plainName(artist) || artist));
    return key;
  }

  /** The key of the artist that an unknown track's id names, see `artistOfId`; "" if the catalogue has no such artist. */
  ofId(id: string): string {
    const all = (this.#all ??= new Set(artistNumbers(this.#artists).names.map((name) => this.of(name))));
    const find = (name: string) => {
      const key = plainName(name);
      return key !== "" && all.has(key) ? key : undefined;
    };
    return artistOfId(id, find, longestName) ?? "";
  }
}
