/** Boosted regression trees, flat in typed arrays: what the ranker is once it is fitted. */

export interface ForestArrays {
  /** Node n of a tree splits on `features[n]`: left where value ≤ `thresholds[n]`. */
  readonly features: Uint16Array;
  readonly thresholds: Float32Array;
  /** Children by absolute node number; a leaf is ~(number of its value), that is, negative. */
  readonly lefts: Int32Array;
  readonly rights: Int32Array;
  readonly leaves: Float32Array;
  /** The root of each tree, by the same numbering; length = trees. */
  readonly roots: Int32Array;
}

export class Forest {
  readonly arrays: ForestArrays;
  readonly trees: number;

  constructor(arrays: ForestArrays) {
    this.arrays = arrays;
    this.trees = arrays.roots.length;
  }

  /**
   * Adds the trees [from, to) to `scores[0 … count)`.
   *
   * @param rows feature values, `width` a row
   * @param picked the row of each score
   */
  add(
    rows: Float32Array,
    width: number,
    picked: Uint32Array,
    count: number,
    scores: Float64Array,
    from: number,
    to: number,
  ): void {
    const { features, thresholds, lefts, rights, leaves, roots } = this.arrays;
    for (let tree = from; tree < to; tree++) {
      const root = roots[tree]!;
      for (let i = 0; i < count; i++) {
        const base = picked[i]! * width;
        let node = root;
        while (node >= 0) {
          node = rows[base + features[node]!]! <= thresholds[node]! ? lefts[node]! : rights[node]!;
        }
        scores[i]! += leaves[~node]!;
      }
    }
  }
}
