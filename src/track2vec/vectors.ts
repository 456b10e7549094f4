/**
 * Trained vectors by track: what word2vec calls keyed vectors. A value: nothing changes it, so any number of callers may
 * share one. Vectors are brought to length 1 once, when they are first compared, not for each query.
 */
import { TrackIndex } from "../corpus/index.js";
import {
  asWritten,
  misuse,
  requireKnown,
  requireOptions,
  requireWithin,
  SegueError,
  thingWith,
  wholeNumber,
} from "../system/index.js";
import { ExactIndex, type NearestRows } from "./exact-index.js";
import { isCount } from "./is-count.js";
import { resolveQuery, type VectorQuery } from "./vector-query.js";

export interface TrackVectorsParts {
  /** One id a row; distinct. */
  readonly tracks: readonly string[];
  /** The number of dimensions. */
  readonly size: number;
  /** n×size, row-major; finite. Kept, not copied. */
  readonly vectors: Float32Array;
  /** How often each track was played in the training data. */
  readonly counts?: Float64Array | Uint32Array;
  /** The output matrix (gensim's syn1neg), n×size, row-major. */
  readonly outputs?: Float32Array;
  /** What messages call that which has a vector. Default "track". */
  readonly noun?: string;
}

export interface NearestRowsOptions {
  /** One row a query that is left out (-1: none), such as the query's own. */
  readonly skip?: Int32Array;
  /** The most to use, all cores by default; the answer is the same at any number. */
  readonly threads?: number;
}

/** Tracks by falling cosine, equal ones in order of row number. */
export interface NearestTracks {
  readonly tracks: string[];
  readonly rows: Uint32Array;
  /** Cosines in [-1, 1]. */
  readonly scores: Float32Array;
}

const oneOrMore = wholeNumber(1);
const iterable = thingWith("a list", Symbol.iterator);
const rowNumbers = thingWith("an Int32Array of one row a query", "some", "length");
const perRow = thingWith("a typed array", "subarray", "length");
const partNames: readonly (keyof TrackVectorsParts)[] = [
  ...(["tracks", "size", "vectors", "counts", "outputs", "noun"] as const),
];

/** One vector a track, and what can be asked of them: gensim's `KeyedVectors`. Never changes once it is made. */
export class TrackVectors {
  readonly tracks: readonly string[];
  readonly size: number;
  readonly vectors: Float32Array;
  readonly counts?: Float64Array | Uint32Array;
  readonly outputs?: Float32Array;
  readonly noun: string;
  #rows: TrackIndex | undefined;
  #index: ExactIndex | undefined;

  /**
   * @throws SegueError (misuse) when the parts do not fit together, or a count is not a whole number ≥ 0. A track that comes twice and a
   *   value that is not finite are found later: at the first look-up, comparison or save
   */
  constructor(parts: TrackVectorsParts) {
    requireKnown(parts, partNames, "TrackVectors");
    const { tracks, size, vectors, counts, outputs, noun = "track" } = parts;
    requireWithin(oneOrMore, "vector size", size);
    if (!Array.isArray(tracks) || !ArrayBuffer.isView(vectors))
      throw misuse("track vectors are made of a list of tracks and a Float32Array of vectors");
    const values = tracks.length * size;
    if (vectors.length !== values)
      throw misuse(
        `${tracks.length} ${noun}s of ${size} dimensions need ${values} values, not ${vectors.length}`,
      );
    for (const [name, values] of Object.entries({ counts, outputs }))
      if (values !== undefined) requireWithin(perRow, name, values);
    if (counts && counts.length !== tracks.length)
      throw misuse(`${tracks.length} ${noun}s need as many counts, not ${counts.length}`);
    const odd = counts?.findIndex((count: number) => !isCount(count)) ?? -1;
    if (odd >= 0)
      throw misuse(
        `${noun} ${JSON.stringify(tracks[odd])} has ${counts![odd]} for a count, which is no whole number ≥ 0`,
      );
    if (outputs && outputs.length !== values)
      throw misuse(`the output matrix needs ${values} values, not ${outputs.length}`);
    this.tracks = tracks;
    this.size = size;
    this.vectors = vectors;
    if (counts) this.counts = counts;
    if (outputs) this.outputs = outputs;
    this.noun = noun;
  }

  /** The number of tracks. */
  get length(): number {
    return this.tracks.length;
  }

  /** Track ids by row, under gensim's name. */
  get indexToKey(): readonly string[] {
    return this.tracks;
  }

  /** The row of a track, or -1 where it is not known. @throws SegueError code "duplicate-track" when a track comes twice */
  indexOf(track: string): number {
    if (!this.#rows) {
      const rows = new TrackIndex(this.tracks);
      const twice = this.tracks.find((id, row) => rows.get(id) !== row);
      if (twice !== undefined)
        throw new SegueError(`${this.noun} ${JSON.stringify(twice)} has two vectors`, {
          code: "duplicate-track",
        });
      this.#rows = rows;
    }
    // From plain JavaScript it may be anything; the index knows text alone.
    return (typeof track === "string" ? this.#rows.get(track) : undefined) ?? -1;
  }

  /** Whether the track has a vector. */
  has(track: string): boolean {
    return this.indexOf(track) >= 0;
  }

  /** The vector of a track as it was trained; a view, not a copy. @throws SegueError when the track is not known */
  vector(track: string): Float32Array {
    return this.vectorAt(this.#known(track));
  }

  /** The vector of a row; a view, not a copy. */
  vectorAt(row: number): Float32Array {
    return this.vectors.subarray(row * this.size, (row + 1) * this.size);
  }

  /** How often a track was played in the training data; undefined where that is not known. */
  count(track: string): number | undefined {
    return this.counts?.[this.#known(track)];
  }

  /** All vectors at length 1 (rows of zeros stay zeros), n×size, row-major. Computed once. @throws SegueError on NaN */
  get units(): Float32Array {
    return this.#exact.units;
  }

  get #exact(): ExactIndex {
    return (this.#index ??= new ExactIndex(
      this.vectors,
      this.size,
      (row) => `${this.noun} ${JSON.stringify(this.tracks[row])}`,
    ));
  }

  /**
   * The nearest tracks by cosine (gensim's `most_similar`). Tracks that are named in the query are left out of the answer. Lists
   * are averaged: tracks at length 1, vectors at the length they have, positive ones with weight 1 and negative ones with
   * weight -1 where no other is given; as in gensim, a weight of a negative one counts with its own sign.
   *
   * @param k how many at most, an integer ≥ 1
   * @param options.exclude tracks that may not be in the answer; unknown ones are ignored
   * @throws SegueError with code "unknown-track" when the query names a track that has no vector
   */
  nearest(query: VectorQuery, k = 10, options: { exclude?: Iterable<string> } = {}): NearestTracks {
    requireWithin(oneOrMore, "k", k);
    requireKnown(options, ["exclude"], "nearest");
    const { vector, named } = resolveQuery(query, {
      size: this.size,
      noun: this.noun,
      rowOf: (track) => this.#known(track),
      vectorAt: (row) => this.vectorAt(row),
    });
    const excluded = new Set(named);
    const { exclude = [] } = options;
    if (typeof exclude === "string" || !iterable.holds(exclude))
      throw misuse(`exclude must be a list of ${this.noun}s, got ${asWritten(exclude)}`);
    for (const track of exclude) {
      const row = this.indexOf(track);
      if (row >= 0) excluded.add(row);
    }
    const found = this.nearestRows(vector, k + excluded.size);
    const kept = found.rows
      .map((_, place) => place)
      .filter((place) => !excluded.has(found.rows[place]!))
      .subarray(0, k);
    const rows = kept.map((place) => found.rows[place]!);
    const scores = Float32Array.from(kept, (place) => found.scores[place]!);
    return { tracks: Array.from(rows, (row) => this.tracks[row]!), rows, scores };
  }

  /**
   * The nearest rows of many queries at once, much faster than one by one. Blocks until it is done, all cores helping.
   *
   * @param queries m×size, row-major; any length, finite
   * @param k how many at most; the answer's own `k` is lower where there are fewer tracks
   * @throws SegueError when k is not an integer ≥ 1 or `queries` is no multiple of the size
   */
  nearestRows(queries: Float32Array, k: number, options: NearestRowsOptions = {}): NearestRows {
    requireWithin(oneOrMore, "k", k);
    requireOptions(options, { skip: rowNumbers, threads: oneOrMore }, "nearestRows");
    if (!(queries instanceof Float32Array))
      throw misuse("queries must be a Float32Array of vectors, one after the other");
    const { skip, threads } = options;
    if (queries.length % this.size !== 0)
      throw misuse(
        `queries of ${this.size} dimensions need a multiple of that many values, not ${queries.length}`,
      );
    if (skip && skip.length !== queries.length / this.size)
      throw misuse(`${queries.length / this.size} queries need as many rows to skip, not ${skip.length}`);
    const most = skip?.some((row) => row >= 0) ? this.length - 1 : this.length;
    return this.#exact.search(queries, Math.max(0, Math.min(k, most)), skip, threads);
  }

  /**
   * The nearest rows of each of `rows`, themselves left out (base protocol: the query is a track).
   *
   * @param k as for `nearestRows`, and `options.threads` too
   * @throws SegueError (misuse) when one is no row, from 0 to `length` - 1
   */
  nearestOfRows(rows: ArrayLike<number>, k: number, options: { threads?: number } = {}): NearestRows {
    const range = wholeNumber(0, this.length - 1);
    for (let q = 0; q < rows.length; q++) requireWithin(range, `row ${q} of the query`, rows[q]);
    const queries = new Float32Array(rows.length * this.size);
    for (let q = 0; q < rows.length; q++) queries.set(this.vectorAt(rows[q]!), q * this.size);
    return this.nearestRows(queries, k, { ...options, skip: Int32Array.from(rows) });
  }

  /**
   * The place of each target among the tracks nearest to its track, that track left out: where `nearest(track, most)` has it, found
   * in less time than the answer itself. One thread.
   *
   * @param tracks, targets as many of the one as of the other
   * @param most places beyond it are not told apart, an integer ≥ 1
   * @returns places from 1, the nearest; 0 where the target is not among the first `most`
   * @throws SegueError when one is not known
   */
  places(tracks: readonly string[], targets: readonly string[], most: number): Uint32Array {
    requireWithin(oneOrMore, "k", most);
    if (targets.length !== tracks.length)
      throw misuse(`${tracks.length} ${this.noun}s need as many targets, not ${targets.length}`);
    const rows = Int32Array.from(tracks, (track) => this.#known(track));
    return this.#exact.places(
      rows,
      Int32Array.from(targets, (target) => this.#known(target)),
      most,
    );
  }

  /** The cosine of two tracks, in [-1, 1]; 0 where one is a vector of zeros. @throws SegueError when one is not known */
  similarity(a: string, b: string): number {
    return this.#dot(this.#known(a), this.#known(b));
  }

  /**
   * The rank of `b` among the tracks nearest to `a`, 1 for the nearest: one more than there are tracks nearer than `b` (gensim's
   * `rank`), so tracks that are equally near have one rank.
   *
   * @throws SegueError when one is not known
   */
  rank(a: string, b: string): number {
    const from = this.#known(a);
    const score = this.#dot(from, this.#known(b));
    let nearer = 0;
    for (let row = 0; row < this.length; row++) {
      if (row !== from && this.#dot(from, row) > score) nearer++;
    }
    return nearer + 1;
  }

  #dot(a: number, b: number): number {
    const { units, size } = this;
    let sum = 0;
    for (let d = 0, i = a * size, j = b * size; d < size; d++) sum += units[i++]! * units[j++]!;
    return Math.fround(sum);
  }

  #known(track: string): number {
    const row = this.indexOf(track);
    if (row < 0)
      throw new SegueError(`${this.noun} ${JSON.stringify(track)} has no vector`, {
        code: "unknown-track",
        hint: "It was not in the training data, or less often than min_count.",
      });
    return row;
  }
}
