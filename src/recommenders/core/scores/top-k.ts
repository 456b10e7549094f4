/**
 * Selects the k best of scored numbers. Scores are compared as the 32-bit floats that callers get, so that scores which look
 * equal are ordered as ties: by `before`, a total order of the numbers.
 */
export class TopK {
  #scores = new Float32Array(0);
  #numbers = new Uint32Array(0);
  #size = 0;
  #capacity = 0;
  readonly #before: (a: number, b: number) => boolean;

  /** @param before whether number a comes before number b if their scores are equal */
  constructor(before: (a: number, b: number) => boolean) {
    this.#before = before;
  }

  start(k: number): void {
    if (k > this.#scores.length) {
      this.#scores = new Float32Array(k);
      this.#numbers = new Uint32Array(k);
    }
    this.#capacity = k;
    this.#size = 0;
  }

  /** Whether a score is too low to enter. */
  refuses(score: number): boolean {
    return this.#size === this.#capacity && Math.fround(score) < this.#scores[0]!;
  }

  push(number: number, exact: number): void {
    const score = Math.fround(exact);
    if (this.#size < this.#capacity) {
      let at = this.#size++;
      while (at > 0) {
        const parent = (at - 1) >> 1;
        if (!this.#worse(score, number, this.#scores[parent]!, this.#numbers[parent]!)) break;
        this.#move(at, parent);
        at = parent;
      }
      this.#scores[at] = score;
      this.#numbers[at] = number;
    } else if (this.#worse(this.#scores[0]!, this.#numbers[0]!, score, number)) {
      this.#sink(number, score, this.#size);
    }
  }

  /** Empties the heap: numbers and scores, best first. */
  take(): { numbers: Uint32Array; scores: Float32Array } {
    const size = this.#size;
    const numbers = new Uint32Array(size);
    const scores = new Float32Array(size);
    for (let last = size - 1; last >= 0; last--) {
      numbers[last] = this.#numbers[0]!;
      scores[last] = this.#scores[0]!;
      this.#sink(this.#numbers[last]!, this.#scores[last]!, last);
    }
    this.#size = 0;
    return { numbers, scores };
  }

  #worse(scoreA: number, a: number, scoreB: number, b: number): boolean {
    return scoreA < scoreB || (scoreA === scoreB && this.#before(b, a));
  }

  #move(to: number, from: number): void {
    this.#scores[to] = this.#scores[from]!;
    this.#numbers[to] = this.#numbers[from]!;
  }

  /** Replaces the worst entry of a heap of `size`. */
  #sink(number: number, score: number, size: number): void {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      const right = child + 1;
      if (
        right < size &&
        this.#worse(this.#scores[right]!, this.#numbers[right]!, this.#scores[child]!, this.#numbers[child]!)
      ) {
        child = right;
      }
      if (!this.#worse(this.#scores[child]!, this.#numbers[child]!, score, number)) break;
      this.#move(at, child);
      at = child;
    }
    this.#scores[at] = score;
    this.#numbers[at] = number;
  }
}
