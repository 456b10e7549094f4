/**
 * Exact nearest rows by cosine: the SIMD kernel of assembly/nearest.ts compares every row with every query. One block of
 * shared memory holds the rows. Many queries are divided into blocks, which worker threads take as they become free; the
 * answer does not depend on the number of threads.
 */
import {
  atOnce,
  besideUrl,
  blocks,
  growMemory,
  ownThread,
  SegueError,
  type Steps,
  usableCores,
  wasmMemory,
} from "../../system/index.js";
import { Job } from "./exact-job.js";
import type { HelperData } from "./exact-worker.js";
import {
  aligned,
  headBytes,
  MOST_PAGES,
  type NearestKernel,
  nearestKernel,
  nearestModule,
  PAGE,
  packRows,
  panelBytes,
} from "./nearest-kernel.js";

/** The nearest rows of several queries, `k` for each: query q's are at `q * k … q * k + k - 1`, best first. */
export interface NearestRows {
  readonly k: number;
  /** Row numbers. */
  readonly rows: Uint32Array;
  /** Cosines in [-1, 1], beside `rows`. */
  readonly scores: Float32Array;
}

/** Starting a worker thread takes about 40 ms, the time of this many multiply-adds. */
const PARALLEL_FROM = 1e9;
/** Approximate maximum size of a round's queries, answers and candidates. */
const ROUND_BYTES = 32 * 1024 * 1024;

/** Targets ranked per scan of the rows. */
const placesAtOnce = 64;

/** Exact nearest rows by cosine: a first pass over rows rounded to bytes discards those that cannot be among them, a second scores the rest. */
export class ExactIndex {
  readonly length: number;
  readonly size: number;
  /** All rows normalised to length 1 (zero rows stay zero), n×size, row-major. */
  readonly units: Float32Array;
  readonly #memory: WebAssembly.Memory;
  readonly #kernel: NearestKernel;
  readonly #job = new Job(new Int32Array(new SharedArrayBuffer(Job.BYTES)));
  /** The address where the queries and answers of a round begin. */
  readonly #rounds: number;
  readonly #layout: HelperData["layout"];

  /**
   * @param vectors n×size, row-major; copied
   * @param name what to call a row in messages
   * @param filled whether to copy the vectors; `open` does so itself
   * @throws SegueError if a vector is not finite or memory does not suffice
   */
  constructor(vectors: Float32Array, size: number, name = (row: number) => `row ${row}`, filled = true) {
    this.size = size;
    this.length = vectors.length / size;
    const panelsAt = PAGE;
    const unitsAt = panelsAt + aligned(panelBytes(this.length, size));
    const headAt = unitsAt + aligned(vectors.byteLength);
    this.#rounds = headAt + aligned(headBytes(this.length, size));
    const pages = Math.ceil(this.#rounds / PAGE);
    if (pages > MOST_PAGES - (4 * ROUND_BYTES) / PAGE)
      throw new SegueError(
        `an exact scan of ${this.length} vectors of ${size} dimensions needs ${(this.#rounds / 2 ** 30).toFixed(1)} GiB; it has 4`,
        { hint: "Use an approximate index (ivf or pgvector), or fewer tracks (a higher min_count)." },
      );
    this.#memory = wasmMemory({ initial: pages, maximum: MOST_PAGES, shared: true }, "nearest tracks");
    this.#kernel = nearestKernel(this.#memory);
    this.units = new Float32Array(this.#memory.buffer, unitsAt, vectors.length);
    this.#layout = [panelsAt, unitsAt, headAt, this.length, size];
    if (filled) atOnce(this.#fill(vectors, name));
  }

  /** Builds an index in steps. */
  static *open(vectors: Float32Array, size: number, name?: (row: number) => string): Steps<ExactIndex> {
    const index = new ExactIndex(vectors, size, name, false);
    yield* index.#fill(vectors, name);
    return index;
  }

  *#fill(vectors: Float32Array, name = (row: number) => `row ${row}`): Steps<void> {
    const { length, size, units } = this;
    const unitsAt = units.byteOffset;
    const rows = Math.max(1, Math.floor(2 ** 20 / size));
    for (const [from, to] of blocks(0, length, rows)) {
      units.set(vectors.subarray(from * size, to * size), from * size);
      const at = unitsAt + from * size * 4;
      const broken = this.#kernel.normalize(at, at, to - from, size);
      if (broken >= 0)
        throw new SegueError(`the vector of ${name(from + broken)} is not finite`, {
          code: "not-finite",
          hint: "A learning rate that is too high makes vectors overflow: train again with a lower alpha.",
        });
      yield;
    }
    this.#kernel.setRows(...this.#layout);
    yield* packRows(this.#kernel, length, size);
  }

  /**
   * @param queries m×size, row-major, need not be normalised (a zero query has cosine 0 with every row)
   * @param k 0 ≤ k ≤ n (≤ n - 1 with `skip`)
   * @param skip one row per query to exclude (-1: none)
   * @param threads the maximum number of threads; by default one per core, or one if there is little to do
   * @returns best first; equal scores in order of row number
   * @throws SegueError if a query is not finite
   */
  search(queries: Float32Array, k: number, skip?: Int32Array, threads = usableCores()): NearestRows {
    const { length, size } = this;
    const count = queries.length / size;
    const rows = new Uint32Array(count * k);
    const scores = new Float32Array(count * k);
    if (k === 0) return { k, rows, scores };
    // For a small k, hold few candidates: every candidate is scored in floats, and the first ones are held regardless of score.
    const held = Math.min(length + 16, 2 * k + 256, 8 * (k + 1));
    const perQuery = size * 4 + 4 + k * 8;
    const round = Math.max(1, Math.min(count, Math.floor(ROUND_BYTES / perQuery)));
    const stateBytes = this.#kernel.setLimits(k, held);
    const block = Math.max(1, Math.min(32, Math.floor(ROUND_BYTES / stateBytes)));
    const helpers = this.#helpers(Math.min(threads, Math.ceil(count / block)), count);
    for (let from = 0; from < count; from += round) {
      const here = Math.min(round, count - from);
      const queriesAt = this.#rounds;
      const skipsAt = queriesAt + aligned(here * size * 4);
      const rowsAt = skipsAt + aligned(here * 4);
      const scoresAt = rowsAt + aligned(here * k * 4);
      const statesAt = scoresAt + aligned(here * k * 4);
      const stride = aligned(stateBytes * block);
      this.#grow(statesAt + stride * (helpers + 1));
      const buffer = this.#memory.buffer;
      new Float32Array(buffer, queriesAt, here * size).set(
        queries.subarray(from * size, (from + here) * size),
      );
      const broken = this.#kernel.normalize(queriesAt, queriesAt, here, size);
      if (broken >= 0)
        throw new SegueError(`query vector ${from + broken} is not finite`, { code: "not-finite" });
      if (skip) new Int32Array(buffer, skipsAt, here).set(skip.subarray(from, from + here));
      this.#job.open({
        queries: queriesAt,
        bytes: size * 4,
        skips: skip ? skipsAt : 0,
        count: here,
        block,
        k,
        held,
        rows: rowsAt,
        scores: scoresAt,
        states: statesAt,
        stride,
        seats: helpers + 1,
      });
      this.#job.run(this.#kernel, 0);
      this.#job.close();
      rows.set(new Uint32Array(buffer, rowsAt, here * k), from * k);
      scores.set(new Float32Array(buffer, scoresAt, here * k), from * k);
    }
    return { k, rows, scores };
  }

  /**
   * The rank of each target among the rows nearest to its row, excluding that row: its position in the answer of `search`, without
   * computing the answer. Most targets rank low, and the scan stops as soon as that is certain.
   *
   * @param rows, targets m row numbers each
   * @param most the highest rank to report, ≥ 1
   * @returns m ranks from 1, the nearest; 0: beyond `most`, or the row itself
   */
  places(rows: Int32Array, targets: Int32Array, most: number): Uint32Array {
    const count = rows.length;
    const places = new Uint32Array(count);
    const stateBytes = this.#kernel.setLimits(1, 1);
    const rowsAt = this.#rounds;
    const targetsAt = rowsAt + aligned(placesAtOnce * 4);
    const outAt = targetsAt + aligned(placesAtOnce * 4);
    const statesAt = outAt + aligned(placesAtOnce * 4);
    this.#grow(statesAt + placesAtOnce * stateBytes);
    const { buffer } = this.#memory;
    for (const [from, to] of blocks(0, count, placesAtOnce)) {
      const here = to - from;
      new Int32Array(buffer, rowsAt, here).set(rows.subarray(from, to));
      new Int32Array(buffer, targetsAt, here).set(targets.subarray(from, to));
      this.#kernel.places(rowsAt, targetsAt, here, most, statesAt, outAt);
      places.set(new Uint32Array(buffer, outAt, here), from);
    }
    return places;
  }

  #grow(bytes: number): void {
    const missing = Math.ceil((bytes - this.#memory.buffer.byteLength) / PAGE);
    if (missing > 0) growMemory(this.#memory, missing, "nearest tracks");
  }

  /** How many worker threads may help with `count` queries; starts them if none are waiting. */
  #helpers(threads: number, count: number): number {
    if (threads < 2 || count < 2) return 0;
    const alive = this.#job.get("alive");
    if (alive === 0 && count * this.length * this.size < PARALLEL_FROM) return 0;
    for (let helper = alive + 1; helper < threads; helper++) {
      this.#job.countHelper(1);
      const workerData: HelperData = {
        module: nearestModule(),
        memory: this.#memory,
        control: this.#job.control,
        layout: this.#layout,
      };
      const worker = ownThread(besideUrl(import.meta.url, "./exact-worker.js"), { workerData });
      worker.unref();
      // If a helper fails, the other threads take its blocks.
      worker.once("error", () => this.#job.countHelper(-1));
    }
    return threads - 1;
  }
}
