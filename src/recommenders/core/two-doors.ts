/** Ids at one door, numbers at the other, numbers within: what recommenders of a catalogue have in common. */
import { type Catalogue, catalogueMark } from "../../corpus/index.js";
import type {
  Context,
  FittedRecommender,
  InNumbers,
  NumberedRanking,
  Ranking,
  RecommenderState,
} from "../contract.js";
import { checkK, checkQuestion } from "./check-question.js";
import { type Query, queryOf, TrackNumbers } from "./query.js";

export abstract class TwoDoors implements FittedRecommender {
  readonly name: string;
  readonly inNumbers: InNumbers;
  readonly #numbers: TrackNumbers;

  constructor(name: string, catalogue: Catalogue) {
    this.name = name;
    this.#numbers = TrackNumbers.of(catalogue);
    this.inNumbers = {
      tracks: catalogue.tracks,
      insteadOf: TwoDoors.prototype.recommend,
      recommend: (contexts, k) => {
        checkK(k);
        return this.rank(contexts.map(queryOf), k);
      },
    };
  }

  recommend(contexts: readonly Context[], k: number): Ranking[] {
    checkQuestion(contexts, k);
    const queries = contexts.map((context) => this.#numbers.query(context));
    return this.rank(queries, k).map((ranking) => inIds(ranking, this.#numbers.tracks));
  }

  save(): RecommenderState {
    const { tracks } = this.#numbers;
    return {
      ...this.state(),
      // Most who look into a state never ask.
      get catalogue() {
        return catalogueMark(tracks);
      },
    };
  }

  /** What `save` returns, but for the mark of the catalogue. */
  protected abstract state(): RecommenderState;

  /** One ranking a query; k is a whole number ≥ 1, and may be more than there are tracks. */
  protected abstract rank(queries: readonly Query[], k: number): NumberedRanking[];
}

/** @param tracks what the numbers are places in */
export function inIds({ numbers, scores }: NumberedRanking, tracks: readonly string[]): Ranking {
  return { tracks: Array.from(numbers, (number) => tracks[number]!), scores };
}
