/** The kernel that gathers evidence (assembly/gather.ts), and its memory for one set of playlists. */
import { kernelMemory } from "../../core/kernel-memory.js";
import type { Sessions } from "../../core/plays/sessions.js";
import { featureNames, relative } from "../features/columns.js";
import { factNames } from "../features/context-facts.js";

interface GatherKernel {
  touchAhead(value: boolean): void;
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

/** Numbers per row of evidence: its columns, one that only the merit reads, and padding to a multiple of four. */
export const rowWidth = 36;
/** Numbers per tally of votes, and per tally by artists. */
export const tallyWidth = 8;
export const pairWidth = 2;
/** Length of the weights by distance; the last one applies to all greater distances. */
const placesLong = 1024;

/** Tallies above this many bytes (half a million tracks) do not fit in any cache. */
const largeTallies = 16 * 2 ** 20;

/** The kernel and its arrays; see `gatherMemory`. */
export type GatherMemory = ReturnType<typeof gatherMemory>;

/**
 * @param artists the number of artists, including number 0 ("none"); 0 if the data has no artists
 * @param slots the maximum number of rows of evidence
 * @param candidates the maximum number of rows of features
 * @throws SegueError if it does not fit in wasm's 4 GiB
 */
export function gatherMemory(sessions: Sessions, artists: number, slots: number, candidates: number) {
  const { trackCount, items } = sessions;
  const byArtist = artists === 0 ? 0 : trackCount;
  const { kernel, arrays } = kernelMemory(
    "gather",
    {
      items: [Uint32Array, items.length],
      tallies: [Float32Array, trackCount * tallyWidth],
      pairs: [Float32Array, byArtist * pairWidth],
      // Tracks with votes (one more than there are tracks, since the kernel writes before it counts), and their scores.
      touched: [Uint32Array, trackCount + 1],
      touchedPairs: [Uint32Array, byArtist + 1],
      scores: [Float64Array, trackCount],
      // The touched tracks that may be among the best, and their scores.
      kept: [Uint32Array, trackCount + 1],
      keptScores: [Float64Array, trackCount + 1],
      artistOf: [Uint32Array, byArtist],
      artistWeights: [Float64Array, artists],
      after: [Float32Array, placesLong],
      before: [Float32Array, placesLong],
      artistPlaces: [Float32Array, placesLong],
      rows: [Float32Array, slots * rowWidth],
      most: [Float32Array, rowWidth],
      scales: [Float32Array, rowWidth],
      // Weights of the shares, then those of their roots.
      weights: [Float32Array, 2 * rowWidth],
      merits: [Float64Array, slots],
      // Byte offsets of the columns that are also features relative to the largest.
      shared: [Uint32Array, relative.length],
      facts: [Float32Array, factNames.length],
      // One row per candidate.
      features: [Float32Array, candidates * featureNames.length],
    },
    `the blend's votes on ${trackCount} tracks from ${items.length} plays`,
    "Leave out rarely played tracks, or the oldest playlists.",
  );
  arrays.items.set(items);
  arrays.shared.set(relative.map((column) => column * 4));
  const typed = kernel as GatherKernel;
  typed.touchAhead(arrays.tallies.byteLength > largeTallies);
  return { kernel: typed, ...arrays };
}
