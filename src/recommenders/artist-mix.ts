/** Limits the tracks by one artist in a growing list. Without a limit, one track by Radiohead is followed by Radiohead only. */

/** In half of the real playlists, the most frequent artist has at most this share, and two of ten to twenty tracks. */
const usualShare = 0.1;
const always = 2;
/** An artist's share of the context is computed as if it had this many more tracks by others: one track is not a wish for one artist. */
const others = 5;

/**
 * Allows two tracks by each artist, or a tenth of a list longer than twenty. It allows more if the context has a larger share of
 * the artist, or if there are few artists (twice an even share). The limit grows with the list, so that a longer list begins with
 * the shorter one.
 */
export class ArtistMix {
  readonly #shares = new Map<string, number>();
  readonly #least: number;
  readonly #counts = new Map<string, number>();
  #length = 0;

  /**
   * @param context the artist of each track played; "" if unknown
   * @param catalogue the artist of each of its tracks
   */
  constructor(context: readonly string[], catalogue: readonly string[]) {
    this.#least = Math.max(usualShare, 2 / countUpTo(2 / usualShare, catalogue));
    const one = 1 / (context.length + others);
    for (const artist of context) this.#shares.set(artist, (this.#shares.get(artist) ?? 0) + one);
  }

  /** How many tracks by an artist were added. */
  added(artist: string): number {
    return this.#counts.get(artist) ?? 0;
  }

  add(artist: string): void {
    this.#length++;
    this.#counts.set(artist, this.added(artist) + 1);
  }

  /** Whether the next track should be by another artist. Always false for an unknown artist. */
  isFull(artist: string): boolean {
    if (artist === "") return false;
    const share = Math.max(this.#least, this.#shares.get(artist) ?? 0);
    return this.added(artist) >= Math.max(always, share * (this.#length + 1));
  }
}

/** The number of different artists, at least 1. It stops at `most`: a large catalogue need not be read for each list. */
function countUpTo(most: number, artists: readonly string[]): number {
  const seen = new Set<string>();
  for (const artist of artists) if (seen.add(artist).size >= most) break;
  return Math.max(1, seen.size);
}
