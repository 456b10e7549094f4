/** Facts about a whole context: its length, how much of it is known, its popularity, how much of it is by the same artists. */
import type { Query } from "../../core/asking/query.js";
import { traitsPerTrack } from "./traits.js";

export const factNames = [
  "log context length",
  "unknown since the last known",
  "share of unknown",
  "log plays of the last",
  "repeat rate of the last",
  "share of repeats in the context",
  "last repeats the one before",
  "log neighbours",
  "largest stan",
  "largest last after",
  "largest cosine",
  "mean log plays",
  "spread of log plays",
  "artists a play",
  "share of artists that follow themselves",
  "plays in a row by the last artist",
] as const;

/** The index of "mean log plays". */
export const meanPlays = factNames.indexOf("mean log plays");

/**
 * @param traits of all tracks, see `trackTraits`
 * @param artists the context's artists in playing order, 0 for unknown ones; empty if the data has no artists
 * @param found the number of neighbours, and the largest `stan`, `lastAfter` and `cosine`
 */
export function contextFacts(
  query: Query,
  traits: Float32Array,
  artists: Uint32Array,
  found: readonly [neighbours: number, stan: number, lastAfter: number, cosine: number],
): number[] {
  const { tracks } = query;
  const known = tracks.length;
  const all = known + query.unknown.length;
  const last = known > 0 ? tracks[known - 1]! : -1;
  let sum = 0;
  let squares = 0;
  for (const track of tracks) {
    const plays = traits[track * traitsPerTrack]!;
    sum += plays;
    squares += plays * plays;
  }
  const mean = known === 0 ? 0 : sum / known;
  return [
    Math.log1p(all),
    query.unknownAfter,
    all === 0 ? 1 : query.unknown.length / all,
    last < 0 ? 0 : traits[last * traitsPerTrack]!,
    last < 0 ? 0 : traits[last * traitsPerTrack + 6]!,
    known === 0 ? 0 : 1 - new Set(tracks).size / known,
    known > 1 && tracks[known - 2] === last ? 1 : 0,
    Math.log1p(found[0]),
    found[1],
    found[2],
    found[3],
    mean,
    known === 0 ? 0 : Math.sqrt(Math.max(0, squares / known - mean * mean)),
    ...artistFacts(artists),
  ];
}

function artistFacts(artists: Uint32Array): [distinct: number, follow: number, row: number] {
  if (artists.length === 0) return [1, 0, 0];
  let follow = 0;
  for (let i = 1; i < artists.length; i++) {
    if (artists[i] !== 0 && artists[i] === artists[i - 1]) follow++;
  }
  const last = artists[artists.length - 1]!;
  let row = 0;
  while (last !== 0 && row < artists.length && artists[artists.length - 1 - row] === last) row++;
  return [new Set(artists).size / artists.length, follow / Math.max(1, artists.length - 1), row];
}
