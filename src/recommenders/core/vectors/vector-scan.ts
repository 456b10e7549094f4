/** Scores tracks by how near their vectors are to a query's vector: that of its last track, the mean of its context, or its code. */
import { ExactIndex, type NearestRows, type TrackVectors } from "../../../track2vec/index.js";
import type { Query } from "../asking/query.js";
import type { Scorer } from "../asking/scored.js";
import { contextMean, copyUnit, inner, unitScales } from "./unit-vectors.js";

/**
 * Scores tracks by (1 − output) · cosine of the context's mean to the input vector + output · cosine to the output vector: the inner
 * product of the mean with a weighted sum of both. An extra dimension gives all sums the same length, so that the exact index over
 * cosines finds the same order (Bachrach et al. 2014).
 */
export function contextScan(
  { tracks, vectors, outputs, size }: TrackVectors,
  numbers: Uint32Array,
  trackCount: number,
  { decay, output, repeats }: { readonly decay: number; readonly output: number; readonly repeats: number },
): Scorer {
  const rowOf = rowsByNumber(numbers, trackCount);
  const asGiven = { size, units: vectors, scales: unitScales(vectors, size) };
  const mean = new Float32Array(size);
  const vectorOf = (query: Query) => {
    const rows = Int32Array.from(query.tracks, (track) => rowOf[track]!);
    if (!contextMean(asGiven, rows, decay, mean)) return undefined;
    // The extra dimension is 0 here, so it does not change products.
    const asked = new Float32Array(size + 1);
    asked.set(mean);
    return asked;
  };
  const { sums, length } = sumsOfUnits(vectors, outputs, size, output);
  const index = new ExactIndex(sums, size + 1, (row) => tracks[row]!);
  const scoreOf = (cosine: number) => cosine * length;
  const scan = scanOf(numbers, vectorOf, searchIn(index, scoreOf));
  return withContext(scan, repeats, vectorOf, (vector, track) =>
    rowOf[track]! < 0 ? undefined : scoreOf(inner(vector, index.units, rowOf[track]!)),
  );
}

/**
 * For each row, (1 − output) × its normalised input vector + output × its normalised output vector. The extra dimension makes every
 * row as long as the longest sum.
 */
function sumsOfUnits(
  vectors: Float32Array,
  outputs: Float32Array | undefined,
  size: number,
  output: number,
): { readonly sums: Float32Array; readonly length: number } {
  const count = vectors.length / size;
  const sums = new Float32Array(count * (size + 1));
  const unit = new Float32Array(size);
  let most = 0;
  for (let row = 0; row < count; row++) {
    const from = row * size;
    const to = row * (size + 1);
    copyUnit(vectors, from, unit, 0, size);
    for (let d = 0; d < size; d++) sums[to + d] = (1 - output) * unit[d]!;
    if (outputs !== undefined) {
      copyUnit(outputs, from, unit, 0, size);
      for (let d = 0; d < size; d++) sums[to + d]! += output * unit[d]!;
    }
    let squares = 0;
    for (let d = 0; d < size; d++) squares += sums[to + d]! ** 2;
    sums[to + size] = squares;
    most = Math.max(most, squares);
  }
  for (let at = size; at < sums.length; at += size + 1) sums[at] = Math.sqrt(Math.max(0, most - sums[at]!));
  return { sums, length: Math.sqrt(most) };
}

/** The row of each track of the catalogue, -1 if it has none. */
function rowsByNumber(numbers: Uint32Array, trackCount: number): Int32Array {
  const rowOf = new Int32Array(trackCount).fill(-1);
  for (let row = 0; row < numbers.length; row++) rowOf[numbers[row]!] = row;
  return rowOf;
}

/**
 * Scores tracks by nearness to the context's code: e^(scale × (cosine − 1)), in (0, 1], in proportion to the softmax of training.
 *
 * @param units trackCount×size, rows of length 1 (or 0)
 */
export function codeScan(
  units: Float32Array,
  size: number,
  scale: number,
  repeats: number,
  codeOf: (query: Query) => Float32Array | undefined,
): Scorer {
  const index = new ExactIndex(units, size);
  const numbers = Uint32Array.from({ length: index.length }, (_, track) => track);
  const scoreOf = (cosine: number) => Math.exp(scale * (cosine - 1));
  const scan = scanOf(numbers, codeOf, searchIn(index, scoreOf));
  return withContext(scan, repeats, codeOf, (code, track) => scoreOf(inner(code, index.units, track)));
}

/** The rows of an index nearest to each query, with scores made of their cosines. */
function searchIn(index: ExactIndex, scoreOf: (cosine: number) => number) {
  return (queries: Float32Array, k: number): NearestRows => {
    const found = index.search(queries, k, undefined, 1);
    return { ...found, scores: found.scores.map(scoreOf) };
  };
}

/**
 * If `repeats` is above 1, also scores the context's tracks that are not among the nearest: the factor may lift them into the answer.
 *
 * @param scoreOf the score of a track of the catalogue for a query's vector, undefined if it has none
 */
function withContext(
  scorer: Scorer,
  repeats: number,
  vectorOf: (query: Query) => Float32Array | undefined,
  scoreOf: (vector: Float32Array, track: number) => number | undefined,
): Scorer {
  if (repeats <= 1) return scorer;
  return {
    ...scorer,
    score(query, board, k) {
      scorer.score(query, board, k);
      const vector = vectorOf(query);
      if (vector === undefined) return;
      for (const track of query.tracks) {
        const score = board.has(track) ? undefined : scoreOf(vector, track);
        if (score !== undefined) board.add(track, score);
      }
    },
  };
}

/**
 * Scores the rows nearest to a query's vector: k, plus one for each context track, since those may be left out later. Queries of one
 * call are searched together, so that each row is read once for many.
 */
function scanOf(
  numbers: Uint32Array,
  vectorOf: (query: Query) => Float32Array | undefined,
  search: (queries: Float32Array, k: number) => NearestRows,
): Scorer {
  const wantedFor = (query: Query, k: number) => Math.min(k + query.tracks.length, numbers.length);
  const found = new WeakMap<Query, Pick<NearestRows, "rows" | "scores">>();
  return {
    prepare(queries, k) {
      const asked: Query[] = [];
      const vectors: Float32Array[] = [];
      let most = 0;
      for (const query of queries) {
        const vector = vectorOf(query);
        if (vector === undefined) continue;
        asked.push(query);
        vectors.push(vector);
        most = Math.max(most, wantedFor(query, k));
      }
      if (asked.length === 0) return;
      const size = vectors[0]!.length;
      const all = new Float32Array(asked.length * size);
      vectors.forEach((vector, i) => {
        all.set(vector, i * size);
      });
      const answer = search(all, most);
      asked.forEach((query, i) => {
        const start = i * answer.k;
        const end = start + Math.min(answer.k, wantedFor(query, k));
        found.set(query, {
          rows: answer.rows.subarray(start, end),
          scores: answer.scores.subarray(start, end),
        });
      });
    },
    score(query, board, k) {
      let answer = found.get(query);
      if (answer === undefined) {
        const vector = vectorOf(query);
        if (vector === undefined) return;
        answer = search(vector, wantedFor(query, k));
      }
      const { rows, scores } = answer;
      for (let i = 0; i < rows.length; i++) board.add(numbers[rows[i]!]!, scores[i]!);
    },
  };
}

/** Finds the k rows nearest to one query, best first. */
export type RowSearch = (query: Float32Array, k: number) => NearestRows;

/** Scores the tracks nearest to the last one by cosine; none if that has no vector. */
export function nearestScan(
  vectors: TrackVectors,
  numbers: Uint32Array,
  trackCount: number,
  search: RowSearch | undefined,
): Scorer {
  const rowOf = rowsByNumber(numbers, trackCount);
  const vectorOf = (query: Query) => {
    const last = query.unknownAfter > 0 ? undefined : query.tracks[query.tracks.length - 1];
    const row = last === undefined ? -1 : rowOf[last]!;
    return row < 0 ? undefined : vectors.vectorAt(row);
  };
  if (search === undefined) {
    return scanOf(numbers, vectorOf, (queries, k) => vectors.nearestRows(queries, k, { threads: 1 }));
  }
  // A custom search takes one query at a time.
  const { score } = scanOf(numbers, vectorOf, search);
  return { score };
}
