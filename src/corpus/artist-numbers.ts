/** Artists by number: each name once, and the number of every track's artist. One for each list of artists, as `trackIndex` for tracks. */

export interface ArtistNumbers {
  /** Distinct, in order of first appearance. */
  readonly names: readonly string[];
  /** For each track a place in `names`. */
  readonly of: Uint32Array;
}

const known = new WeakMap<readonly string[], ArtistNumbers>();

/** The numbers of a catalogue's artists. Counting them costs one pass over the list, the first time; it must not change after. */
export function artistNumbers(artists: readonly string[]): ArtistNumbers {
  let numbers = known.get(artists);
  if (numbers === undefined) {
    numbers = count(artists);
    known.set(artists, numbers);
  }
  return numbers;
}

/** Keeps what a file told, so that nobody counts again. The file says it was written by `artistNumbers`; what is not so is not kept. */
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
