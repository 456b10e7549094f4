/**
 * Properties of answers, right or wrong: catalogue coverage, popularity, diversity and novelty. Computes all ks in one pass
 * over each ranking.
 */
import type { TrainingFacts } from "../facts.js";

export interface AnswerFigures {
  /** The share of training tracks that were recommended at least once, in [0, 1]. */
  readonly coverage: number;
  /**
   * How much more popular the answers are than the contexts: mean popularity of answers / of contexts − 1, where popularity
   * is the number of training playlists with the track (GAP; Abdollahpouri et al. 2019, arXiv 1907.13286). 0 is no lift;
   * undefined if no context has a known track or nothing was recommended.
   */
  readonly popularityLift: number | undefined;
  /**
   * Distinct artists / tracks of an answer, averaged, in (0, 1]; a track of unknown artist counts as a distinct artist. Undefined
   * if the data has no artists or nothing was recommended.
   */
  readonly artistDiversity: number | undefined;
  /**
   * Mean self-information of the recommended tracks, −log2(share of training playlists with the track), in bits (Zhou et
   * al. 2010, PNAS 107(10); "mean inverse user frequency"). Higher is less obvious; undefined if nothing was recommended.
   */
  readonly novelty: number | undefined;
}

interface Sums {
  popularity: number;
  novelty: number;
  diversity: number;
}

export class AnswerTally {
  readonly #facts: TrainingFacts;
  readonly #ks: readonly number[];
  readonly #sums: Sums[];
  /** By track number: the best position (from 0) at which it was ever recommended. */
  readonly #bestPosition: Int32Array;
  /** By artist number: the last answer in which it was counted. */
  readonly #artistSeen: Int32Array;
  readonly #information: Float64Array;
  readonly #mostInformation: number;
  #answers = 0;
  #contexts = 0;
  #contextPopularity = 0;

  /** @param ks ascending */
  constructor(facts: TrainingFacts, ks: readonly number[]) {
    this.#facts = facts;
    this.#ks = ks;
    this.#sums = ks.map(() => ({ popularity: 0, novelty: 0, diversity: 0 }));
    this.#bestPosition = new Int32Array(facts.size).fill(2 ** 31 - 1);
    this.#artistSeen = new Int32Array(facts.artistCount).fill(-1);
    this.#information = Float64Array.from(facts.playlistsHolding, (n) => informationOf(n, facts));
    this.#mostInformation = informationOf(0, facts);
  }

  /** Adds one question's context and its answer, best first. Both are track numbers, negative for tracks not in training. */
  add(context: ArrayLike<number>, answer: ArrayLike<number>): void {
    this.#addContext(context);
    if (answer.length === 0) return;
    const { playlistsHolding, artistOf } = this.#facts;
    let popularity = 0;
    let novelty = 0;
    let artists = 0;
    let at = 0;
    for (let position = 0; position < answer.length; position++) {
      const track = answer[position]!;
      if (track >= 0) {
        popularity += playlistsHolding[track]!;
        novelty += this.#information[track]!;
        if (position < this.#bestPosition[track]!) this.#bestPosition[track] = position;
      } else novelty += this.#mostInformation;
      const artist = artistOf?.[track] ?? -1;
      if (artist < 0) artists++;
      else if (this.#artistSeen[artist] !== this.#answers) {
        this.#artistSeen[artist] = this.#answers;
        artists++;
      }
      // A ranking shorter than k counts with its own length.
      const length = position + 1;
      while (at < this.#ks.length && (this.#ks[at] === length || length === answer.length)) {
        const sums = this.#sums[at++]!;
        sums.popularity += popularity / length;
        sums.novelty += novelty / length;
        sums.diversity += artists / length;
      }
    }
    this.#answers++;
  }

  /** The figures at each k, in the order of `ks`. */
  figures(): AnswerFigures[] {
    const covered = this.#coveredAt();
    return this.#sums.map((sums, i) => ({
      coverage: covered[i]! / Math.max(1, this.#facts.size),
      popularityLift:
        this.#contextPopularity > 0 && this.#answers > 0
          ? sums.popularity / this.#answers / (this.#contextPopularity / this.#contexts) - 1
          : undefined,
      artistDiversity: this.#facts.artistOf && this.#answers > 0 ? sums.diversity / this.#answers : undefined,
      novelty: this.#answers > 0 ? sums.novelty / this.#answers : undefined,
    }));
  }

  #addContext(context: ArrayLike<number>): void {
    if (context.length === 0) return;
    const { playlistsHolding } = this.#facts;
    let popularity = 0;
    for (let i = 0; i < context.length; i++)
      if (context[i]! >= 0) popularity += playlistsHolding[context[i]!]!;
    this.#contextPopularity += popularity / context.length;
    this.#contexts++;
  }

  #coveredAt(): number[] {
    const covered = this.#ks.map(() => 0);
    for (const position of this.#bestPosition) {
      for (let i = this.#ks.length - 1; i >= 0 && position < this.#ks[i]!; i--) covered[i]!++;
    }
    return covered;
  }
}

/** In bits. Tracks in no playlist (a catalogue or an answer may have some) count as if they were in one. */
function informationOf(playlists: number, facts: TrainingFacts): number {
  return -Math.log2(Math.max(1, playlists) / Math.max(1, facts.playlists));
}
