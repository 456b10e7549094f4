/**
 * The repulsion of t-SNE by a Barnes–Hut tree (van der Maaten, JMLR 15, 2014). The points are in Morton order, so that each cell is a
 * range of points. The tree is a flat list in depth-first order: each cell stores where to continue, so that walking needs no stack.
 */
const leafSize = 6;
const maxDepth = 16;

export class QuadTree {
  readonly #n: number;
  readonly #codes: Uint32Array;
  readonly #order: Uint32Array;
  readonly #spare: Uint32Array;
  readonly #x: Float64Array;
  readonly #y: Float64Array;
  // Per cell: centre of mass, points, squared width, and the next cell outside it.
  #cx: Float64Array;
  #cy: Float64Array;
  #width: Float64Array;
  #from: Int32Array;
  #to: Int32Array;
  #next: Int32Array;
  #cells = 0;

  constructor(n: number) {
    this.#n = n;
    this.#codes = new Uint32Array(n);
    this.#order = new Uint32Array(n);
    this.#spare = new Uint32Array(n);
    this.#x = new Float64Array(n);
    this.#y = new Float64Array(n);
    const cells = 2 * n + 64;
    this.#cx = new Float64Array(cells);
    this.#cy = new Float64Array(cells);
    this.#width = new Float64Array(cells);
    this.#from = new Int32Array(cells);
    this.#to = new Int32Array(cells);
    this.#next = new Int32Array(cells);
  }

  /** Rebuilds the tree for positions x0, y0, x1, y1, … */
  build(positions: Float64Array): void {
    let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let i = 0; i < 2 * this.#n; i += 2) {
      const [x, y] = [positions[i]!, positions[i + 1]!];
      if (x < minX) minX = x;
      if (x > maxX) maxX = x;
      if (y < minY) minY = y;
      if (y > maxY) maxY = y;
    }
    const side = Math.max(maxX - minX, maxY - minY, 1e-12) * 1.0000001;
    const scale = 65536 / side;
    for (let i = 0; i < this.#n; i++) {
      const x = (positions[2 * i]! - minX) * scale;
      const y = (positions[2 * i + 1]! - minY) * scale;
      this.#codes[i] = (spread(x) | (spread(y) << 1)) >>> 0;
    }
    this.#sort();
    for (let i = 0; i < this.#n; i++) {
      this.#x[i] = positions[2 * this.#order[i]!]!;
      this.#y[i] = positions[2 * this.#order[i]! + 1]!;
    }
    this.#cells = 0;
    this.#grow(0, this.#n, 0, side);
  }

  /** Radix sort of the point numbers by code, stable: the same positions always give the same tree. */
  #sort(): void {
    let from = this.#order;
    let to = this.#spare;
    for (let i = 0; i < this.#n; i++) from[i] = i;
    const counts = new Uint32Array(65537);
    for (const shift of [0, 16]) {
      counts.fill(0);
      for (let i = 0; i < this.#n; i++) counts[((this.#codes[i]! >>> shift) & 0xffff) + 1]!++;
      for (let d = 0; d < 65536; d++) counts[d + 1]! += counts[d]!;
      for (let i = 0; i < this.#n; i++) {
        const point = from[i]!;
        to[counts[(this.#codes[point]! >>> shift) & 0xffff]!++] = point;
      }
      [from, to] = [to, from];
    }
  }

  #grow(from: number, to: number, depth: number, width: number): void {
    const cell = this.#cells++;
    if (cell >= this.#cx.length) this.#enlarge();
    let [x, y] = [0, 0];
    for (let i = from; i < to; i++) {
      x += this.#x[i]!;
      y += this.#y[i]!;
    }
    this.#cx[cell] = x / (to - from);
    this.#cy[cell] = y / (to - from);
    this.#from[cell] = from;
    this.#to[cell] = to;
    if (to - from <= leafSize || depth === maxDepth) this.#width[cell] = -1;
    else {
      this.#width[cell] = width * width;
      const shift = 30 - 2 * depth;
      let begin = from;
      for (let quarter = 0; quarter < 4; quarter++) {
        let end = begin;
        while (end < to && ((this.#codes[this.#order[end]!]! >>> shift) & 3) === quarter) end++;
        if (end > begin) this.#grow(begin, end, depth + 1, width / 2);
        begin = end;
      }
    }
    this.#next[cell] = this.#cells;
  }

  #enlarge(): void {
    const size = this.#cx.length * 2;
    const grown = <T extends Float64Array | Int32Array>(old: T, fresh: T): T => {
      fresh.set(old);
      return fresh;
    };
    this.#cx = grown(this.#cx, new Float64Array(size));
    this.#cy = grown(this.#cy, new Float64Array(size));
    this.#width = grown(this.#width, new Float64Array(size));
    this.#from = grown(this.#from, new Int32Array(size));
    this.#to = grown(this.#to, new Int32Array(size));
    this.#next = grown(this.#next, new Int32Array(size));
  }

  /**
   * Writes Σ_j (y_i − y_j) / (1 + |y_i − y_j|²)² of each point i into `forces` (x0, y0, …) and returns Z = Σ_{i ≠ j} 1 / (1 + |y_i − y_j|²).
   *
   * @param theta a cell counts as one point if its width is below theta times its distance; 0: never
   */
  repulsion(forces: Float64Array, theta: number): number {
    const [px, py, cx, cy] = [this.#x, this.#y, this.#cx, this.#cy];
    const [widths, froms, tos, nexts, order] = [this.#width, this.#from, this.#to, this.#next, this.#order];
    const cells = this.#cells;
    const squareTheta = theta * theta;
    let total = 0;
    for (let i = 0; i < this.#n; i++) {
      const x = px[i]!;
      const y = py[i]!;
      let [fx, fy, z] = [0, 0, 0];
      for (let cell = 0; cell < cells; ) {
        const width = widths[cell]!;
        if (width < 0) {
          for (let j = froms[cell]!; j < tos[cell]!; j++) {
            const dx = x - px[j]!;
            const dy = y - py[j]!;
            const q = 1 / (1 + dx * dx + dy * dy);
            z += q;
            fx += q * q * dx;
            fy += q * q * dy;
          }
          cell = nexts[cell]!;
          continue;
        }
        const dx = x - cx[cell]!;
        const dy = y - cy[cell]!;
        const square = dx * dx + dy * dy;
        if (width < squareTheta * square) {
          const q = 1 / (1 + square);
          const mass = tos[cell]! - froms[cell]!;
          z += mass * q;
          fx += mass * q * q * dx;
          fy += mass * q * q * dy;
          cell = nexts[cell]!;
        } else cell++;
      }
      // Each point also counted itself, at distance 0.
      total += z - 1;
      const point = order[i]!;
      forces[2 * point] = fx;
      forces[2 * point + 1] = fy;
    }
    return total;
  }
}

/** Puts a zero between the bits of a 16-bit number. */
function spread(value: number): number {
  let v = value & 0xffff;
  v = (v | (v << 8)) & 0x00ff00ff;
  v = (v | (v << 4)) & 0x0f0f0f0f;
  v = (v | (v << 2)) & 0x33333333;
  return (v | (v << 1)) & 0x55555555;
}
