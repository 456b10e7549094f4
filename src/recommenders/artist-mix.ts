/** How many tracks of one artist a list that grows may get: without a bound, one track of Radiohead is followed by Radiohead alone. */

/** In half of the real playlists the artist who is there most has no more than this share of it, and two of ten to twenty tracks. */
const usualShare = 0.1;
const always = 2;
/** The context's own share counts as if so many tracks of others were there, too: one track does not say that its artist is wanted alone. */
const others = 5;

/**
 * Of each artist two, and of more than twenty tracks a tenth: or the share that the context has of the artist, or twice an even
 * share where there are few artists. It counts along the list, so that a longer list begins as a shorter one does.
 */
export class ArtistMix {
  readonly #shares = new Map<string, number>();
  readonly #least: number;
  readonly #counts = new Map<string, number>();
  #length = 0;

  /**
   * @param context the artist of each track that has played; "" where it is not known
   * @param artists how many there are in all
   */
  constructor(context: readonly string[], artists: number) {
    this.#least = Math.max(usualShare, 2 / Math.max(1, artists));
    const one = 1 / (context.length + others);
    for (const artist of context) this.#shares.set(artist, (this.#shares.get(artist) ?? 0) + one);
  }

  /** How many tracks of an artist were added. */
  added(artist: string): number {
    return this.#counts.get(artist) ?? 0;
  }

  add(artist: string): void {
    this.#length++;
    this.#counts.set(artist, this.added(artist) + 1);
  }

  /** Whether the next track should be another artist's. Never of tracks whose artist is not known. */
  isFull(artist: string): boolean {
    if (artist === "") return false;
    const share = Math.max(this.#least, this.#shares.get(artist) ?? 0);
    return this.added(artist) >= Math.max(always, share * (this.#length + 1));
  }
}
