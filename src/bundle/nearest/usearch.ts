/**
 * Nearest rows by usearch's HNSW graph (Malkov & Yashunin 2018, arXiv 1603.09320), for more tracks than a scan can take. The
 * graph holds small numbers (f16 or i8); what it finds is scored again with the 32-bit vectors, so that scores are exact.
 */
import { Index, MetricKind, ScalarKind } from "usearch";
import type { NearestRows, TrackVectors } from "../../track2vec/index.js";
import type { NearestIndex } from "./nearest-index.js";

export interface UsearchOptions {
  /** f16 keeps more, i8 is smaller and faster. Default f16. */
  readonly quantization?: "f16" | "i8";
  /** Threads that build; one by default, because only then the same vectors give the same file. */
  readonly threads?: number;
}

const CONNECTIVITY = 16;
const EXPANSION_ADD = 128;
const EXPANSION_SEARCH = 160;
/** How many candidates are fetched for each one that is wanted, before the exact scores choose. */
const CANDIDATES = { f16: 1.2, i8: 2 };

function emptyGraph(size: number, quantization: "f16" | "i8"): Index {
  return new Index({
    dimensions: size,
    metric: MetricKind.Cos,
    quantization: quantization === "f16" ? ScalarKind.F16 : ScalarKind.I8,
    connectivity: CONNECTIVITY,
    expansion_add: EXPANSION_ADD,
    expansion_search: EXPANSION_SEARCH,
    multi: false,
  });
}

/** Builds the graph and saves it to `path`. */
export function buildUsearch(vectors: TrackVectors, path: string, options: UsearchOptions = {}): void {
  const graph = emptyGraph(vectors.size, options.quantization ?? "f16");
  const { vectors: values, size } = vectors;
  // usearch copies what it is given, and takes no shared memory.
  for (let from = 0; from < vectors.length; from += 10_000) {
    const rows = Math.min(10_000, vectors.length - from);
    const keys = BigUint64Array.from({ length: rows }, (_, row) => BigInt(from + row));
    graph.add(
      keys,
      Float32Array.from(values.subarray(from * size, (from + rows) * size)),
      options.threads ?? 1,
    );
  }
  graph.save(path);
}

/** Opens a saved graph over the vectors it was built from. `mapped` leaves it on disk, mapped into memory. */
export function openUsearch(
  vectors: TrackVectors,
  path: string,
  options: { quantization?: "f16" | "i8"; mapped?: boolean } = {},
): NearestIndex {
  const quantization = options.quantization ?? "f16";
  const graph = emptyGraph(vectors.size, quantization);
  if (options.mapped) graph.view(path);
  else graph.load(path);
  const searchNow = (queries: Float32Array, k: number): NearestRows => {
    const candidates = Math.min(vectors.length, Math.ceil(k * CANDIDATES[quantization]) + 16);
    const count = queries.length / vectors.size;
    const rows = new Uint32Array(count * k);
    const scores = new Float32Array(count * k);
    for (let q = 0; q < count; q++) {
      const query = queries.slice(q * vectors.size, (q + 1) * vectors.size);
      const { keys } = graph.search(query, candidates, 1);
      const [to, scoresTo] = [rows.subarray(q * k), scores.subarray(q * k)];
      // A graph may reach fewer than were asked for; then the scan answers.
      if (keys.length >= k) rescore(vectors, query, keys, k, to, scoresTo);
      else {
        const exact = vectors.nearestRows(query, k);
        to.set(exact.rows);
        scoresTo.set(exact.scores);
      }
    }
    return { k, rows, scores };
  };
  return { kind: "usearch", search: async (queries, k) => searchNow(queries, k), searchNow };
}

/** Puts the k best of `keys` by exact cosine into `rows` and `scores`. */
function rescore(
  { vectors, size }: TrackVectors,
  query: Float32Array,
  keys: BigUint64Array,
  k: number,
  rows: Uint32Array,
  scores: Float32Array,
): void {
  let square = 0;
  for (const value of query) square += value * value;
  const candidates = Array.from(keys, Number).map((row) => {
    let sum = 0;
    let own = 0;
    for (let d = 0; d < size; d++) {
      const value = vectors[row * size + d]!;
      sum += value * query[d]!;
      own += value * value;
    }
    return { row, score: own > 0 && square > 0 ? Math.fround(sum / Math.sqrt(own * square)) : 0 };
  });
  candidates.sort((a, b) => b.score - a.score || a.row - b.row);
  for (let i = 0; i < k; i++) {
    rows[i] = candidates[i]!.row;
    scores[i] = candidates[i]!.score;
  }
}
