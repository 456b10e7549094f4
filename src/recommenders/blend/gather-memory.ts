/** The memory of the kernel that gathers evidence (assembly/gather.ts), laid out for one set of playlists, and the kernel itself. */
import type { Sessions } from "../core/sessions.js";
import { featureNames, relative } from "./columns.js";
import { factNames } from "./context-facts.js";
import { MemoryPlan } from "./memory-plan.js";

export interface GatherKernel {
  castVotes(
    items: number,
    start: number,
    match: number,
    end: number,
    tallies: number,
    touched: number,
    count: number,
    after: number,
    before: number,
    similarity: number,
    overlap: number,
    late: number,
  ): number;
  sumVotes(tallies: number, touched: number, count: number, scores: number): void;
  clearVotes(tallies: number, touched: number, count: number): void;
  castPairs(
    items: number,
    start: number,
    match: number,
    end: number,
    pairs: number,
    touched: number,
    count: number,
    places: number,
    similarity: number,
  ): number;
  sumPairs(
    pairs: number,
    touched: number,
    count: number,
    artistOf: number,
    weights: number,
    scores: number,
  ): void;
  clearPairs(pairs: number, touched: number, count: number): void;
  keepReaching(
    touched: number,
    scores: number,
    count: number,
    bound: number,
    kept: number,
    keptScores: number,
  ): number;
  largestOfColumns(rows: number, count: number, least: number, most: number): void;
  writeRow(
    row: number,
    scales: number,
    shared: number,
    count: number,
    facts: number,
    factCount: number,
    to: number,
    factsTo: number,
  ): void;
  weigh(rows: number, count: number, scales: number, weights: number, merits: number): void;
}

/** Columns of a row of evidence, of which the last is for what only the merit reads. */
export const rowWidth = 32;
/** Numbers of a tally of votes, and of a tally by artists. */
export const tallyWidth = 8;
export const pairWidth = 2;
/** Weights by distance: so many places, the last one standing for all beyond. */
export const placesLong = 1024;

/** Every array; their `byteOffset` is their address for the kernel. */
export interface GatherMemory {
  readonly kernel: GatherKernel;
  readonly items: Uint32Array;
  readonly tallies: Float32Array;
  readonly pairs: Float32Array;
  /** Tracks with votes (one more than there are tracks: the kernel writes first and counts then), and a score each. */
  readonly touched: Uint32Array;
  readonly touchedPairs: Uint32Array;
  readonly scores: Float64Array;
  /** Of the touched tracks those that may be among the best, with their scores. */
  readonly kept: Uint32Array;
  readonly keptScores: Float64Array;
  readonly artistOf: Uint32Array;
  readonly artistWeights: Float64Array;
  readonly after: Float32Array;
  readonly before: Float32Array;
  readonly artistPlaces: Float32Array;
  /** `rowWidth` numbers a slot. */
  readonly rows: Float32Array;
  readonly most: Float32Array;
  readonly scales: Float32Array;
  /** Weights of the shares, then those of their roots. */
  readonly weights: Float32Array;
  readonly merits: Float64Array;
  /** Byte offsets of the columns that are also given as shares. */
  readonly shared: Uint32Array;
  readonly facts: Float32Array;
  /** A row of features a candidate. */
  readonly features: Float32Array;
}

/**
 * @param artists how many artists there are, number 0 ("none") included; 0: there is no artist of any track
 * @param slots how many rows of evidence there may be, and `candidates`, how many rows of features
 * @throws SegueError where wasm's 4 GiB do not hold it
 */
export function gatherMemory(
  sessions: Sessions,
  artists: number,
  slots: number,
  candidates: number,
): GatherMemory {
  const { trackCount, items } = sessions;
  const byArtist = artists === 0 ? 0 : trackCount;
  const plan = new MemoryPlan();
  const at = {
    items: plan.place(items.length * 4),
    tallies: plan.place(trackCount * tallyWidth * 4),
    pairs: plan.place(byArtist * pairWidth * 4),
    touched: plan.place((trackCount + 1) * 4),
    touchedPairs: plan.place((byArtist + 1) * 4),
    scores: plan.place(trackCount * 8),
    kept: plan.place((trackCount + 1) * 4),
    keptScores: plan.place((trackCount + 1) * 8),
    artistOf: plan.place(byArtist * 4),
    artistWeights: plan.place(artists * 8),
    after: plan.place(placesLong * 4),
    before: plan.place(placesLong * 4),
    artistPlaces: plan.place(placesLong * 4),
    rows: plan.place(slots * rowWidth * 4),
    most: plan.place(rowWidth * 4),
    scales: plan.place(rowWidth * 4),
    weights: plan.place(2 * rowWidth * 4),
    merits: plan.place(slots * 8),
    shared: plan.place(relative.length * 4),
    facts: plan.place(factNames.length * 4),
    features: plan.place(candidates * featureNames.length * 4),
  };
  const { kernel, buffer } = plan.make<GatherKernel>(
    "gather",
    `the blend's votes on ${trackCount} tracks from ${items.length} plays`,
    "Leave out tracks that play seldom, or the oldest playlists.",
  );
  const floats = (from: number, length: number) => new Float32Array(buffer, from, length);
  const doubles = (from: number, length: number) => new Float64Array(buffer, from, length);
  const numbers = (from: number, length: number) => new Uint32Array(buffer, from, length);
  const memory: GatherMemory = {
    kernel,
    items: numbers(at.items, items.length),
    tallies: floats(at.tallies, trackCount * tallyWidth),
    pairs: floats(at.pairs, byArtist * pairWidth),
    touched: numbers(at.touched, trackCount + 1),
    touchedPairs: numbers(at.touchedPairs, byArtist + 1),
    scores: doubles(at.scores, trackCount),
    kept: numbers(at.kept, trackCount + 1),
    keptScores: doubles(at.keptScores, trackCount + 1),
    artistOf: numbers(at.artistOf, byArtist),
    artistWeights: doubles(at.artistWeights, artists),
    after: floats(at.after, placesLong),
    before: floats(at.before, placesLong),
    artistPlaces: floats(at.artistPlaces, placesLong),
    rows: floats(at.rows, slots * rowWidth),
    most: floats(at.most, rowWidth),
    scales: floats(at.scales, rowWidth),
    weights: floats(at.weights, 2 * rowWidth),
    merits: doubles(at.merits, slots),
    shared: numbers(at.shared, relative.length),
    facts: floats(at.facts, factNames.length),
    features: floats(at.features, candidates * featureNames.length),
  };
  memory.items.set(items);
  memory.shared.set(relative.map((column) => column * 4));
  return memory;
}
