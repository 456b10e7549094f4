/**
 * Sparse scores over all tracks that need no clearing between queries: a score is valid only if its stamp is the current
 * generation. All queries of a recommender share one board, so queries do not allocate.
 */
export class ScoreBoard {
  readonly scores: Float64Array;
  /** The tracks scored since `clear`, in order of their first score; only the first `count` are valid. */
  readonly touched: Uint32Array;
  count = 0;
  readonly #stamps: Uint32Array;
  #generation = 0;

  constructor(size: number) {
    this.scores = new Float64Array(size);
    this.touched = new Uint32Array(size);
    this.#stamps = new Uint32Array(size);
  }

  clear(): void {
    this.count = 0;
    if (++this.#generation === 0xffffffff) {
      this.#stamps.fill(0);
      this.#generation = 1;
    }
  }

  has(track: number): boolean {
    return this.#stamps[track] === this.#generation;
  }

  /** The score of a track, 0 if it has none. */
  get(track: number): number {
    return this.#stamps[track] === this.#generation ? this.scores[track]! : 0;
  }

  add(track: number, score: number): void {
    if (this.#stamps[track] === this.#generation) {
      this.scores[track] = this.scores[track]! + score;
    } else {
      this.#stamps[track] = this.#generation;
      this.scores[track] = score;
      this.touched[this.count++] = track;
    }
  }
}
