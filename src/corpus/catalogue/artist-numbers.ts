/** Artists by number, computed once per list of artists, as `trackIndex` is per list of tracks. */
import { remembered } from "../../system/index.js";

export interface ArtistNumbers {
  /** Distinct, in order of first appearance. */
  readonly names: readonly string[];
  /** For each track, its artist's index in `names`. */
  readonly of: Uint32Array;
}

const known = new WeakMap<readonly string[], ArtistNumbers>();

/** Numbers a catalogue's artists. The first call takes one pass over the list, which must not change afterwards. */
export function artistNumbers(artists: readonly string[]): ArtistNumbers {
  return remembered(known, artists, () => count(artists));
}

/** Caches numbers read from a file, if they are numbered by first appearance, as `artistNumbers` does. */
export function knowArtistNumbers(artists: readonly string[], numbers: ArtistNumbers): void {
  const { names, of } = numbers;
  let next = 0;
  for (let track = 0; track < of.length; track++) {
    if (of[track]! > next) return;
    if (of[track] === next) next++;
  }
  if (next === names.length) known.set(artists, numbers);
}

function count(artists: readonly string[]): ArtistNumbers {
  const numbers = new Map<string, number>();
  const names: string[] = [];
  const of = new Uint32Array(artists.length);
  for (let track = 0; track < artists.length; track++) {
    const artist = artists[track]!;
    let number = numbers.get(artist);
    if (number === undefined) {
      number = names.length;
      numbers.set(artist, number);
      names.push(artist);
    }
    of[track] = number;
  }
  return { names, of };
}
