/**
 * What speaks for each candidate, gathered in slots: a track gets a slot at its first mention, and every source writes its
 * own columns of that slot. Compact, so that the thousands of mentions of one query stay in cache.
 */
export class Evidence {
  /** The tracks with a slot; the first `count` count. */
  readonly tracks: Uint32Array;
  count = 0;
  columns: Float32Array;
  readonly width: number;
  readonly #slots: Uint32Array;
  readonly #stamps: Uint32Array;
  #generation = 0;

  constructor(trackCount: number, width: number) {
    this.width = width;
    this.tracks = new Uint32Array(trackCount);
    this.columns = new Float32Array(1024 * width);
    this.#slots = new Uint32Array(trackCount);
    this.#stamps = new Uint32Array(trackCount);
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

  /** Where the columns of a track start; a new slot is all zeros. */
  slot(track: number): number {
    if (this.#stamps[track] === this.#generation) return this.#slots[track]! * this.width;
    this.#stamps[track] = this.#generation;
    this.#slots[track] = this.count;
    this.tracks[this.count] = track;
    const base = this.count++ * this.width;
    if (base + this.width > this.columns.length) {
      const longer = new Float32Array(this.columns.length * 2);
      longer.set(this.columns);
      this.columns = longer;
    }
    this.columns.fill(0, base, base + this.width);
    return base;
  }
}
