/**
 * Trained vectors by track: what word2vec calls keyed vectors. Immutable, so any number of callers may
 * share one. Vectors are normalised once, at the first comparison.
 */
import { TrackIndex } from "../../corpus/index.js";
import {
  asWritten,
  misuse,
  requireKnown,
  requireOptions,
  requireWithin,
  SegueError,
  thingWith,
  type ValueRange,
  wholeNumber,
} from "../../system/index.js";
import { ExactIndex, type NearestRows } from "../nearest/exact-index.js";
import { isCount } from "./is-count.js";
import { resolveQuery, type VectorQuery } from "./vector-query.js";

export interface TrackVectorsParts {
  /** One id per row; distinct. */
  readonly tracks: readonly string[];
  /** The number of dimensions. */
  readonly size: number;
  /** n×size, row-major; finite. Kept, not copied. */
  readonly vectors: Float32Array;
  /** How often each track was played in the training data. */
  readonly counts?: Float64Array | Uint32Array;
  /** The output matrix (gensim's syn1neg), n×size, row-major. */
  readonly outputs?: Float32Array;
  /** What messages call an item that has a vector. Default "track". */
  readonly noun?: string;
}

export interface NearestRowsOptions {
  /** One row per query to exclude (-1: none), such as the query's own. */
  readonly skip?: Int32Array;
  /** The maximum number of threads, by default one per core; the answer does not depend on it. */
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
const rowNumbers: ValueRange = {
  wanted: "an Int32Array of one row a query",
  holds: (value) => value instanceof Int32Array,
};
const perRow = thingWith("a typed array", "subarray", "length");
const floats: ValueRange = { wanted: "a Float32Array", holds: (value) => value instanceof Float32Array };
const partNames = ["tracks", "size", "vectors", "counts", "outputs", "noun"];

/** One vector per track, and queries on them: gensim's `KeyedVectors`. Immutable. */
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
   * @throws SegueError (misuse) if the parts do not fit together, or a count is not an integer ≥ 0. Duplicate tracks and values that are
   *   not finite are only detected at the first look-up, comparison or save
   */
  constructor(parts: TrackVectorsParts) {
    requireKnown(parts, partNames, "TrackVectors");
    const { tracks, size, vectors, counts, outputs, noun = "track" } = parts;
    requireWithin(oneOrMore, "vector size", size);
    if (!Array.isArray(tracks) || !floats.holds(vectors))
      throw misuse("track vectors are made of a list of tracks and a Float32Array of vectors");
    const values = tracks.length * size;
    if (vectors.length !== values)
      throw misuse(
        `${tracks.length} ${noun}s of ${size} dimensions need ${values} values, not ${vectors.length}`,
      );
    if (counts !== undefined) requireWithin(perRow, "counts", counts);
    if (outputs !== undefined) requireWithin(floats, "outputs", outputs);
    if (counts && counts.length !== tracks.length)
      throw misuse(`${tracks.length} ${noun}s need as many counts, not ${counts.length}`);
    const odd = counts?.findIndex((count: number) => !isCount(count)) ?? -1;
    if (odd >= 0)
      throw misuse(
        `${noun} ${asWritten(tracks[odd])} has ${counts![odd]} as its count, which is not a whole number ≥ 0`,
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

  /** The row of a track, or -1 if it is unknown. @throws SegueError code "duplicate-track" if any track has two rows */
  indexOf(track: string): number {
    if (!this.#rows) {
      const rows = new TrackIndex(this.tracks);
      const twice = this.tracks.find((id, row) => rows.get(id) !== row);
      if (twice !== undefined)
        throw new SegueError(`${this.noun} ${asWritten(twice)} has two vectors`, {
          code: "duplicate-track",
        });
      this.#rows = rows;
    }
    // Plain JavaScript may pass anything; the index only handles strings.
    return (typeof track === "string" ? this.#rows.get(track) : undefined) ?? -1;
  }

  /** Whether the track has a vector. */
  has(track: string): boolean {
    return this.indexOf(track) >= 0;
  }

  /** The vector of a track, not normalised; a view, not a copy. @throws SegueError if the track is unknown */
  vector(track: string): Float32Array {
    return this.vectorAt(this.#known(track));
  }

  /** The vector of a row; a view, not a copy. */
  vectorAt(row: number): Float32Array {
    return this.vectors.subarray(row * this.size, (row + 1) * this.size);
  }

  /** How often a track was played in the training data, if known. */
  count(track: string): number | undefined {
    return this.counts?.[this.#known(track)];
  }

  /** All vectors normalised to length 1 (zero rows stay zero), n×size, row-major. Computed once. @throws SegueError if a value is not finite */
  get units(): Float32Array {
    return this.#exact.units;
  }

  get #exact(): ExactIndex {
    return (this.#index ??= new ExactIndex(
      this.vectors,
      this.size,
      (row) => `${this.noun} ${asWritten(this.tracks[row])}`,
    ));
  }

  /**
   * The nearest tracks by cosine (gensim's `most_similar`), except those in the query. Lists are averaged: tracks are
   * normalised to length 1, vectors are not; the default weight is 1 for positive and -1 for negative entries. As in gensim,
   * a weight given for a negative entry is used with its own sign.
   *
   * @param k the maximum number of tracks, an integer ≥ 1; default 10
   * @param options.exclude tracks to leave out; unknown ones are ignored
   * @throws SegueError with code "unknown-track" if the query names a track without a vector
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
   * The nearest rows of many queries at once, much faster than one by one. Blocks until done; uses all cores.
   *
   * @param queries m×size, row-major, finite; need not be normalised
   * @param k the maximum per query; the answer's `k` is lower if there are fewer tracks
   * @throws SegueError if k is not an integer ≥ 1 or the length of `queries` is not a multiple of the size
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
   * The nearest rows of each of `rows`, excluding the row itself (base protocol: the query is a track).
   *
   * @param k as for `nearestRows`; so is `options.threads`
   * @throws SegueError (misuse) if a row is not an integer from 0 to `length` - 1
   */
  nearestOfRows(rows: ArrayLike<number>, k: number, options: { threads?: number } = {}): NearestRows {
    const range = wholeNumber(0, this.length - 1);
    for (let q = 0; q < rows.length; q++) requireWithin(range, `row ${q} of the query`, rows[q]);
    const queries = new Float32Array(rows.length * this.size);
    for (let q = 0; q < rows.length; q++) queries.set(this.vectorAt(rows[q]!), q * this.size);
    return this.nearestRows(queries, k, { ...options, skip: Int32Array.from(rows) });
  }

  /**
   * The rank of each target among the tracks nearest to its track, that is, its position in `nearest(track, most)`, but faster to
   * compute. Uses one thread.
   *
   * @param tracks ids of tracks with a vector
   * @param targets one per track, likewise
   * @param most the highest rank to report, an integer ≥ 1
   * @returns ranks from 1, the nearest; 0 if the target is not among the first `most`
   * @throws SegueError if a track is unknown
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

  /** The cosine of two tracks, in [-1, 1]; 0 if one has a zero vector. @throws SegueError if one is unknown */
  similarity(a: string, b: string): number {
    return this.#dot(this.#known(a), this.#known(b));
  }

  /**
   * The rank of `b` among the tracks nearest to `a`, from 1: the number of tracks nearer than `b`, plus one (gensim's `rank`).
   * Equally near tracks share a rank.
   *
   * @throws SegueError if one is unknown
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
      throw new SegueError(`${this.noun} ${asWritten(track)} has no vector`, {
        code: "unknown-track",
        hint: "It was not in the training data, or less often than min_count.",
      });
    return row;
  }
}
