/** The base class of recommenders: it can be asked by track id or number, and uses numbers inside. */
import { type Catalogue, catalogueMark } from "../../../corpus/index.js";
import type {
  Context,
  FittedRecommender,
  InNumbers,
  NumberedRanking,
  Passes,
  Ranking,
  RecommenderState,
} from "../../contract.js";
import { checkK, checkQuestion } from "./check-question.js";
import { type Query, queryOf, TrackNumbers } from "./query.js";

export abstract class TwoDoors implements FittedRecommender {
  readonly name: string;
  readonly inNumbers: InNumbers;
  readonly #numbers: TrackNumbers;

  constructor(name: string, catalogue: Catalogue) {
    this.name = name;
    this.#numbers = new TrackNumbers(catalogue.tracks);
    this.inNumbers = {
      tracks: catalogue.tracks,
      insteadOf: TwoDoors.prototype.recommend,
      recommend: (contexts, k) => {
        checkK(k);
        return this.rank(contexts.map(queryOf), k);
      },
      among: (context, k, passes) => this.rank([queryOf(context)], k, passes)[0]!,
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
      // Lazy, since few readers of a state need it.
      get catalogue() {
        return catalogueMark(tracks);
      },
    };
  }

  /** The state that `save` returns, without the catalogue's mark. */
  protected abstract state(): RecommenderState;

  /**
   * Returns one ranking per query; k is an integer ≥ 1, and may exceed the number of tracks.
   *
   * @param passes see `InNumbers.among`; default: all tracks do
   */
  protected abstract rank(queries: readonly Query[], k: number, passes?: Passes): NumberedRanking[];
}

/** @param tracks the list that the numbers index */
export function inIds({ numbers, scores }: NumberedRanking, tracks: readonly string[]): Ranking {
  return { tracks: Array.from(numbers, (number) => tracks[number]!), scores };
}
