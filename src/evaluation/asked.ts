/** Questions as they are asked and counted: in ids, and in the numbers of the training tracks. */
import type { NumberedContext } from "../recommenders/contract.js";
import type { TrainingFacts } from "./facts.js";
import type { Question } from "./questions.js";

export interface Asked {
  readonly question: Question;
  /** The whole context: numbers of tracks, negative ones where training never saw the track. */
  readonly played: Int32Array;
  /** The target's number, -1 where training never saw it. */
  readonly next: number;
  /** What the recommender is given: the whole context, or its last track. */
  readonly tracks: readonly string[];
  readonly context: NumberedContext;
}

/** Numbers the tracks of one question after the other. */
export class QuestionNumbers {
  readonly #facts: TrainingFacts;
  readonly #lastOnly: boolean;
  #before: Pick<Question, "context"> & Pick<Asked, "played"> = { context: [], played: new Int32Array(0) };

  /** @param lastOnly whether recommenders are given the last track alone and no title, and the next track alone is relevant */
  constructor(facts: TrainingFacts, lastOnly: boolean) {
    this.#facts = facts;
    this.#lastOnly = lastOnly;
  }

  number(question: Question): Asked {
    const { context, title } = question;
    const { numberOf } = this.#facts;
    const before = this.#before;
    const played = new Int32Array(context.length);
    const unknown: string[] = [];
    for (let i = 0; i < context.length; i++) {
      const track = context[i]!;
      // Questions cut from one playlist begin alike: to compare is quicker than to look up.
      const number = before.context[i] === track ? before.played[i]! : numberOf(track);
      played[i] = number < 0 ? ~(unknown.push(track) - 1) : number;
    }
    this.#before = { context, played };
    const next = numberOf(question.next);
    if (!this.#lastOnly)
      return { question, played, next, tracks: context, context: { played, unknown, title } };
    const last = played.subarray(-1).map((number) => Math.max(number, ~0));
    const { rest: _, ...single } = question;
    return {
      question: single,
      played,
      next,
      tracks: context.slice(-1),
      context: { played: last, unknown: last[0]! < 0 ? context.slice(-1) : [] },
    };
  }
}
