/** Resolves a nearest-tracks query to one vector. */
import { asWritten, misuse, numberWithin, requireKnown, requireWithin } from "../../system/index.js";

/** A track, or a vector with the same number of dimensions. */
export type TrackOrVector = string | Float32Array;

/** A track, a vector, or tracks and vectors to be near to (positive) and far from (negative), each optionally with a weight. */
export type VectorQuery =
  | TrackOrVector
  | {
      readonly positive?: ReadonlyArray<TrackOrVector | readonly [TrackOrVector, number]>;
      readonly negative?: ReadonlyArray<TrackOrVector | readonly [TrackOrVector, number]>;
    };

/** The vectors that are queried. */
interface Asked {
  /** The number of dimensions. */
  readonly size: number;
  /** What messages call an item that has a vector. */
  readonly noun: string;
  /** @throws SegueError if the track is unknown */
  rowOf(track: string): number;
  vectorAt(row: number): Float32Array;
}

/**
 * The query's vector, and the rows of the tracks that it names. Lists are combined as weighted sums of tracks, normalised to length 1,
 * and vectors, as they are.
 *
 * @throws SegueError (misuse) if the query is invalid; code "unknown-track" if it names a track without a vector
 */
export function resolveQuery(query: VectorQuery, asked: Asked): { vector: Float32Array; named: number[] } {
  const { size, noun } = asked;
  if (typeof query === "string") {
    const row = asked.rowOf(query);
    return { vector: asked.vectorAt(row), named: [row] };
  }
  if (query instanceof Float32Array) {
    if (query.length !== size)
      throw misuse(`the query vector has ${query.length} dimensions, the ${noun}s have ${size}`);
    return { vector: query, named: [] };
  }
  if (ArrayBuffer.isView(query)) throw misuse("the query vector must be a Float32Array");
  if (typeof query !== "object" || query === null || Array.isArray(query))
    throw misuse(
      `a query is a ${noun}, a Float32Array or { positive, negative }, got ${asWritten(query)}`,
      `Write several ${noun}s as { positive: [...] }.`,
    );
  requireKnown(query, ["positive", "negative"], "a query");
  const { positive = [], negative = [] } = query;
  for (const [name, list] of Object.entries({ positive, negative }))
    if (!Array.isArray(list))
      throw misuse(`${name} must be a list of ${noun}s and vectors, got ${asWritten(list)}`);
  if (positive.length + negative.length === 0) throw misuse(`the query names no ${noun} and no vector`);
  // In double precision, so that terms that cancel out leave no residue, which normalisation would blow up.
  const sum = new Float64Array(size);
  const named: number[] = [];
  const add = (entry: (typeof positive)[number], byDefault: number) => {
    const [part, weight] = Array.isArray(entry) ? entry : [entry, byDefault];
    if (typeof part !== "string" && !(part instanceof Float32Array))
      throw misuse(`a query is made of ${noun}s and vectors, got ${asWritten(part)}`);
    requireWithin(numberWithin(), "a weight", weight);
    const { vector, named: own } = resolveQuery(part, asked);
    named.push(...own);
    const length = typeof part === "string" ? lengthOf(vector) || 1 : 1;
    for (let d = 0; d < size; d++) sum[d]! += (weight / length) * vector[d]!;
  };
  for (const part of positive) add(part, 1);
  for (const part of negative) add(part, -1);
  return { vector: Float32Array.from(sum), named };
}

function lengthOf(vector: Float32Array): number {
  let square = 0;
  for (const value of vector) square += value * value;
  return Math.sqrt(square);
}
