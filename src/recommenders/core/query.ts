/** A context as numbers: what scorers read. */
import { type Catalogue, type TrackIndex, trackIndex } from "../../corpus/index.js";
import type { Context } from "../contract.js";

export interface Query {
  /** Numbers of the known tracks, in playing order; those outside the catalogue are left out. */
  readonly tracks: Uint32Array;
  /** How many tracks were played after the last known one (0: the last track is known). */
  readonly unknownAfter: number;
  /** Ids that the catalogue does not hold, in playing order. */
  readonly unknown: readonly string[];
  /** All of the context in playing order: a track's number, or ~i for `unknown[i]`. */
  readonly played: Int32Array;
  readonly title: string | undefined;
}

/**
 * From track ids to numbers, for one catalogue; share it between recommenders. The first id that is asked for costs one pass over
 * all of them: who only fits or saves a recommender never asks.
 */
export class TrackNumbers {
  static readonly #shared = new WeakMap<readonly string[], TrackNumbers>();
  #index: TrackIndex | undefined;
  readonly tracks: readonly string[];

  private constructor(tracks: readonly string[]) {
    this.tracks = tracks;
  }

  get #numbers(): TrackIndex {
    return (this.#index ??= trackIndex(this.tracks));
  }

  /** The one index of this list of tracks: recommenders restored on the same catalogue share it. */
  static of(catalogue: Catalogue): TrackNumbers {
    let index = TrackNumbers.#shared.get(catalogue.tracks);
    if (index === undefined) {
      index = new TrackNumbers(catalogue.tracks);
      TrackNumbers.#shared.set(catalogue.tracks, index);
    }
    return index;
  }

  get(track: string): number {
    return this.#numbers.get(track) ?? -1;
  }

  query(context: Context): Query {
    const tracks = new Uint32Array(context.tracks.length);
    const played = new Int32Array(context.tracks.length);
    const unknown: string[] = [];
    let count = 0;
    let at = 0;
    let unknownAfter = 0;
    const numbers = this.#numbers;
    for (const id of context.tracks) {
      const number = numbers.get(id);
      if (number === undefined) {
        played[at++] = ~unknown.length;
        unknown.push(id);
        unknownAfter++;
      } else {
        played[at++] = number;
        tracks[count++] = number;
        unknownAfter = 0;
      }
    }
    return { tracks: tracks.subarray(0, count), unknown, unknownAfter, played, title: context.title };
  }
}
