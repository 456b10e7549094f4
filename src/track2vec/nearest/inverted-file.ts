/**
 * Approximate nearest rows by an inverted file (IVF; Jégou, Douze & Schmid 2011, "Product quantization for nearest neighbor
 * search", section IV): rows lie in lists, each around the centre of a cluster, and a query is compared with the rows of the lists whose
 * centres are nearest to it. Within these lists the answer is exact. For more tracks than a scan can take: about 4·√n lists are made
 * in seconds where a graph takes minutes, by all cores, and come out the same at any number of them.
 */
import { atOnce, growMemory, Turns, type WasmMemory, wasmMemory } from "../../system/index.js";
import type { TrackVectors } from "../vectors/vectors.js";
import { clusterCentres, evenRows, nearestCentres } from "./clusters.js";
import { ExactIndex, type NearestRows } from "./exact-index.js";
import {
  aligned,
  BLOCK,
  headBytes,
  MOST_PAGES,
  type NearestKernel,
  nearestKernel,
  PAGE,
  PANEL,
  packRows,
  panelBytes,
} from "./nearest-kernel.js";

/** The lists as plain arrays, to be saved. */
export interface InvertedLists {
  /** The lists' centres, row-major. */
  readonly centres: Float32Array;
  /** Where each list begins in `rows`, and where the last one ends. */
  readonly starts: Uint32Array;
  /** Row numbers, list by list, ascending within one. */
  readonly rows: Uint32Array;
  /** How many lists a query searches. */
  readonly probes: number;
}

export interface ListsWithRecall extends InvertedLists {
  /** The share of the true k nearest that are found, over a sample of the rows, in [0, 1]. */
  readonly recall: number;
  readonly k: number;
}

/** `probes` is the smallest number of lists that finds this share of the true nearest. */
const WANTED_RECALL = 0.985;
const MEASURED_AT_K = 100;
const MEASURED_QUERIES = 500;

/**
 * Clusters the rows into lists, and measures on a sample how many lists a query must search.
 *
 * @param vectors at least one row
 * @throws the signal's reason if it is aborted
 */
export async function buildLists(vectors: TrackVectors, signal?: AbortSignal): Promise<ListsWithRecall> {
  const { units, size, length } = vectors;
  const turns = new Turns(signal);
  const count = Math.max(1, Math.min(length, Math.round(4 * Math.sqrt(length))));
  const centres = await clusterCentres(units, size, count, turns);
  const listOf = await nearestCentres(units, size, centres, turns);
  const starts = new Uint32Array(count + 1);
  for (const list of listOf) starts[list + 1]!++;
  for (let list = 0; list < count; list++) starts[list + 1]! += starts[list]!;
  const next = starts.slice();
  const rows = new Uint32Array(length);
  for (let row = 0; row < length; row++) rows[next[listOf[row]!]!++] = row;

  const k = Math.min(MEASURED_AT_K, length);
  const queries = evenRows(units, size, Math.min(MEASURED_QUERIES, length));
  const truth = vectors.nearestRows(queries, k);
  const order = new ExactIndex(centres, size).search(queries, count);
  // foundAt[p]: how many of the true nearest are in the p-th list searched.
  const foundAt = new Uint32Array(count + 1);
  const place = new Uint32Array(count);
  for (let q = 0; q < queries.length / size; q++) {
    for (let p = 0; p < count; p++) place[order.rows[q * count + p]!] = p + 1;
    for (let i = 0; i < k; i++) foundAt[place[listOf[truth.rows[q * k + i]!]!]!]!++;
  }
  let probes = 0;
  let found = 0;
  while (probes < count && found < WANTED_RECALL * truth.rows.length) found += foundAt[++probes]!;
  return { centres, starts, rows, probes, recall: found / truth.rows.length, k };
}

/** Lists with their rows, ready for queries: plain data over shared memory, so that passing it to another thread copies nothing. */
export interface PackedLists {
  readonly lists: InvertedLists;
  readonly size: number;
  readonly memory: WasmMemory;
  /** The arguments of the kernel's `setRows`. Each list is padded to whole blocks of rows. */
  readonly layout: Parameters<NearestKernel["setRows"]>;
  readonly numbers: number;
  readonly bounds: number;
}

/** As in assembly/_nearest_rows.ts. */
const PADDING = 0xffff_ffff;

/**
 * Copies the rows into shared memory, list by list.
 *
 * @param vectors n×size, row-major, finite, need not be normalised
 */
export function packLists(vectors: Float32Array, size: number, lists: InvertedLists): PackedLists {
  const { starts, rows } = lists;
  const count = starts.length - 1;
  const bounds = new Uint32Array(count + 1);
  for (let list = 0; list < count; list++)
    bounds[list + 1] = bounds[list]! + 4 * Math.ceil((starts[list + 1]! - starts[list]!) / BLOCK);
  const places = PANEL * bounds[count]!;
  let top = PAGE;
  const take = (bytes: number) => {
    const at = top;
    top += aligned(bytes);
    return at;
  };
  const panels = take(panelBytes(places, size));
  const units = take(places * size * 4);
  const head = take(headBytes(places, size));
  const numbers = take(places * 4);
  const boundsAt = take(bounds.byteLength);
  const memory = wasmMemory(
    { initial: Math.ceil(top / PAGE), maximum: MOST_PAGES, shared: true },
    "nearest tracks",
  );
  new Uint32Array(memory.buffer, boundsAt, bounds.length).set(bounds);
  const numberOf = new Uint32Array(memory.buffer, numbers, places).fill(PADDING);
  const unitsOf = new Float32Array(memory.buffer, units, places * size);
  for (let list = 0; list < count; list++) {
    let at = PANEL * bounds[list]!;
    for (let i = starts[list]!; i < starts[list + 1]!; i++, at++) {
      const row = rows[i]!;
      numberOf[at] = row;
      // Creating a view of each row would take longer than copying it.
      for (let d = 0, from = row * size, to = at * size; d < size; d++) unitsOf[to++] = vectors[from++]!;
    }
  }
  const kernel = nearestKernel(memory);
  kernel.normalize(units, units, places, size);
  const layout: PackedLists["layout"] = [panels, units, head, places, size];
  kernel.setRows(...layout);
  atOnce(packRows(kernel, places, size));
  return { lists, size, memory, layout, numbers, bounds: boundsAt };
}

/** Answers queries on one thread. Each thread may have its own over the same packed lists. */
export class ListIndex {
  readonly #packed: PackedLists;
  readonly #kernel: NearestKernel;
  readonly #centres: ExactIndex;
  /** This index's scratch space in the memory: query, lists, state, answers. */
  #room = { at: 0, bytes: 0 };

  constructor(packed: PackedLists) {
    this.#packed = packed;
    this.#kernel = nearestKernel(packed.memory);
    this.#kernel.setRows(...packed.layout);
    this.#kernel.setNumbers(packed.numbers);
    this.#centres = new ExactIndex(packed.lists.centres, packed.size);
  }

  /**
   * The nearest rows of each query among the lists searched: `probes`, or more for a k above the one that `probes` was measured at.
   *
   * @param queries m×size, row-major, finite, need not be normalised
   * @param k 0 ≤ k ≤ n
   * @returns best first; equal scores in order of row number
   */
  search(queries: Float32Array, k: number): NearestRows {
    const { lists, size, memory, bounds } = this.#packed;
    const most = lists.starts.length - 1;
    const count = queries.length / size;
    const rows = new Uint32Array(count * k);
    const scores = new Float32Array(count * k);
    if (k === 0) return { k, rows, scores };
    // A larger k needs more lists, but not in proportion: for 10 times the k, 3 times the lists still find 97 %.
    const wanted = Math.min(most, Math.ceil(lists.probes * Math.max(1, (k / MEASURED_AT_K) ** 0.6)));
    const kernel = this.#kernel;
    const stateBytes = kernel.setLimits(k, 2 * k + 256);
    const listsAt = aligned(size * 4);
    const rowsAt = listsAt + aligned(most * 4);
    const scoresAt = rowsAt + aligned(k * 4);
    const stateAt = scoresAt + aligned(k * 4);
    const room = this.#roomOf(stateAt + stateBytes);
    const { buffer } = memory;
    const chosen = new Uint32Array(buffer, room + listsAt, most);
    const query = new Float32Array(buffer, room, size);
    const near = this.#centres.search(queries, wanted, undefined, 1);
    for (let q = 0; q < count; q++) {
      const own = queries.subarray(q * size, (q + 1) * size);
      chosen.set(near.rows.subarray(q * wanted, (q + 1) * wanted));
      let probes = wanted;
      if (rowsIn(lists, chosen, wanted) < k) {
        probes = most;
        chosen.set(this.#centres.search(own, most, undefined, 1).rows);
      }
      query.set(own);
      kernel.normalize(room, room, 1, size);
      kernel.searchLists(
        room,
        room + listsAt,
        probes,
        bounds,
        room + stateAt,
        room + rowsAt,
        room + scoresAt,
      );
      rows.set(new Uint32Array(buffer, room + rowsAt, k), q * k);
      scores.set(new Float32Array(buffer, room + scoresAt, k), q * k);
    }
    return { k, rows, scores };
  }

  /** Growing the memory yields pages that no other thread uses. At least doubles the space, since the old pages are lost. */
  #roomOf(bytes: number): number {
    if (bytes > this.#room.bytes) {
      const pages = Math.ceil(Math.max(bytes, 2 * this.#room.bytes) / PAGE);
      this.#room = {
        at: growMemory(this.#packed.memory, pages, "nearest tracks") * PAGE,
        bytes: pages * PAGE,
      };
    }
    return this.#room.at;
  }
}

function rowsIn({ starts }: InvertedLists, chosen: Uint32Array, count: number): number {
  let rows = 0;
  for (let i = 0; i < count; i++) rows += starts[chosen[i]! + 1]! - starts[chosen[i]!]!;
  return rows;
}
