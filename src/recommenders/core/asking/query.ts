/** A context as track numbers, as scorers read it. */
import { type TrackIndex, trackIndex } from "../../../corpus/index.js";
import type { Context, NumberedContext } from "../../contract.js";

export interface Query extends NumberedContext {
  /** The numbers of the known tracks, in playing order. */
  readonly tracks: Uint32Array;
  /** How many unknown tracks follow the last known one (0: the last track is known). */
  readonly unknownAfter: number;
}

export function queryOf({ played, unknown, title }: NumberedContext): Query {
  const tracks = new Uint32Array(played.length - unknown.length);
  let count = 0;
  let unknownAfter = 0;
  for (let i = 0; i < played.length; i++) {
    const number = played[i]!;
    if (number < 0) {
      unknownAfter++;
    } else {
      tracks[count++] = number;
      unknownAfter = 0;
    }
  }
  return { tracks, unknown, unknownAfter, played, title };
}

/** A query in which each run of one track, known or not, is a single play. */
export function withoutRuns(query: Query): Query {
  const { played, unknown, title } = query;
  const id = (track: number) => (track < 0 ? unknown[~track]! : track);
  const places = Array.from(played.keys()).filter((i) => i === 0 || id(played[i]!) !== id(played[i - 1]!));
  if (places.length === played.length) return query;
  const left: string[] = [];
  const numbers = Int32Array.from(places, (i) =>
    played[i]! < 0 ? ~(left.push(unknown[~played[i]!]!) - 1) : played[i]!,
  );
  return queryOf({ played: numbers, unknown: left, title });
}

/**
 * Maps track ids to numbers, for one list of tracks. Its index is shared, and built on the first lookup, since callers that only
 * fit or save a recommender do not need it.
 */
export class TrackNumbers {
  #index: TrackIndex | undefined;

  constructor(readonly tracks: readonly string[]) {}

  get #numbers(): TrackIndex {
    return (this.#index ??= trackIndex(this.tracks));
  }

  get(track: string): number {
    return this.#numbers.get(track) ?? -1;
  }

  query(context: Context): Query {
    return queryOf(this.numbered(context));
  }

  numbered({ tracks, title }: Context): NumberedContext {
    const played = new Int32Array(tracks.length);
    const unknown: string[] = [];
    const numbers = this.#numbers;
    for (let i = 0; i < tracks.length; i++)
      played[i] = numbers.get(tracks[i]!) ?? ~(unknown.push(tracks[i]!) - 1);
    return { played, unknown, title };
  }
}
