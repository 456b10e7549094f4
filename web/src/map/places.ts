/** Finds visible points by position: under the pointer, within a lasso, or along a path. */
export class Places {
  readonly #positions: Float32Array;
  readonly #isShown: (i: number) => boolean;
  readonly #cells = new Map<number, number[]>();
  readonly #side: number;
  readonly #left: number;
  readonly #low: number;

  /**
   * @param positions x0, y0, x1, y1, …
   * @param isShown evaluated on each call, so that points can be hidden and shown again; default: all are shown
   */
  constructor(positions: Float32Array, isShown: (i: number) => boolean = () => true) {
    this.#positions = positions;
    this.#isShown = isShown;
    const n = positions.length / 2;
    let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
    for (let i = 0; i < n; i++) {
      left = Math.min(left, positions[2 * i]!);
      right = Math.max(right, positions[2 * i]!);
      low = Math.min(low, positions[2 * i + 1]!);
      high = Math.max(high, positions[2 * i + 1]!);
    }
    this.#left = left;
    this.#low = low;
    this.#side = Math.max(right - left, high - low, 1e-9) / Math.max(1, Math.sqrt(n / 2));
    for (let i = 0; i < n; i++) {
      const key = this.#key(this.#column(positions[2 * i]!), this.#row(positions[2 * i + 1]!));
      const cell = this.#cells.get(key);
      if (cell) cell.push(i);
      else this.#cells.set(key, [i]);
    }
  }

  #column = (x: number) => Math.floor((x - this.#left) / this.#side);
  #row = (y: number) => Math.floor((y - this.#low) / this.#side);
  #key = (column: number, row: number) => column * 65536 + row;

  #within(x: number, y: number, rings: number): number[] {
    const found: number[] = [];
    const [column, row] = [this.#column(x), this.#row(y)];
    for (let c = column - rings; c <= column + rings; c++)
      for (let r = row - rings; r <= row + rings; r++) {
        if (r < 0 || c < 0) continue;
        for (const i of this.#cells.get(this.#key(c, r)) ?? []) if (this.#isShown(i)) found.push(i);
      }
    return found;
  }

  #squared(i: number, x: number, y: number): number {
    return (this.#positions[2 * i]! - x) ** 2 + (this.#positions[2 * i + 1]! - y) ** 2;
  }

  /** The nearest point within `reach`, or -1. */
  at(x: number, y: number, reach: number): number {
    const rings = Math.min(40, Math.ceil(reach / this.#side));
    let best = -1;
    let least = reach * reach;
    for (const i of this.#within(x, y, rings)) {
      const squared = this.#squared(i, x, y);
      if (squared <= least) {
        least = squared;
        best = i;
      }
    }
    return best;
  }

  /** The nearest point, however far; -1 if all are hidden. */
  closest(x: number, y: number): number {
    let best = -1;
    for (let i = 0; i < this.#positions.length / 2; i++)
      if (this.#isShown(i) && (best < 0 || this.#squared(i, x, y) < this.#squared(best, x, y))) best = i;
    return best;
  }

  /** Points inside a polygon x0, y0, x1, y1, … (even–odd rule). */
  inside(polygon: readonly number[]): number[] {
    const found: number[] = [];
    for (let i = 0; i < this.#positions.length / 2; i++) {
      if (!this.#isShown(i)) continue;
      const [x, y] = [this.#positions[2 * i]!, this.#positions[2 * i + 1]!];
      let isIn = false;
      for (let a = 0, b = polygon.length - 2; a < polygon.length; b = a, a += 2) {
        const [ax, ay, bx, by] = [polygon[a]!, polygon[a + 1]!, polygon[b]!, polygon[b + 1]!];
        if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) isIn = !isIn;
      }
      if (isIn) found.push(i);
    }
    return found;
  }

  nearest(i: number, count: number): number[] {
    const [x, y] = [this.#positions[2 * i]!, this.#positions[2 * i + 1]!];
    let rings = 1;
    let found = this.#within(x, y, rings);
    while (found.length <= count && rings < 64) found = this.#within(x, y, (rings *= 2));
    return found
      .filter((j) => j !== i)
      .sort((a, b) => this.#squared(a, x, y) - this.#squared(b, x, y) || a - b)
      .slice(0, count);
  }

  /** A path of small steps from one point to another over near neighbours: the one with the least sum of squared steps. */
  path(from: number, to: number, neighbours = 12): number[] {
    const cost = new Map<number, number>([[from, 0]]);
    const before = new Map<number, number>();
    const heap: Array<[number, number]> = [[0, from]];
    const pop = () => {
      const top = heap[0]!;
      const last = heap.pop()!;
      if (heap.length > 0) {
        let i = 0;
        for (;;) {
          let child = 2 * i + 1;
          if (child >= heap.length) break;
          if (child + 1 < heap.length && heap[child + 1]![0] < heap[child]![0]) child++;
          if (heap[child]![0] >= last[0]) break;
          heap[i] = heap[child]!;
          i = child;
        }
        heap[i] = last;
      }
      return top;
    };
    const push = (entry: [number, number]) => {
      let i = heap.push(entry) - 1;
      while (i > 0 && heap[(i - 1) >> 1]![0] > entry[0]) {
        heap[i] = heap[(i - 1) >> 1]!;
        i = (i - 1) >> 1;
      }
      heap[i] = entry;
    };
    while (heap.length > 0) {
      const [spent, at] = pop();
      if (at === to) break;
      if (spent > cost.get(at)!) continue;
      const [x, y] = [this.#positions[2 * at]!, this.#positions[2 * at + 1]!];
      // The goal is always reachable, so that one long step can bridge islands.
      for (const next of [...this.nearest(at, neighbours), to]) {
        const total = spent + this.#squared(next, x, y);
        if (total < (cost.get(next) ?? Infinity)) {
          cost.set(next, total);
          before.set(next, at);
          push([total, next]);
        }
      }
    }
    const path = [to];
    while (path[0] !== from) path.unshift(before.get(path[0]!)!);
    return path;
  }
}
