/** Questions as they are asked and counted: by track ids and by training track numbers. */
import type { NumberedContext } from "../../recommenders/contract.js";
import type { TrainingFacts } from "../facts.js";
import type { Question } from "./questions.js";

export interface Asked {
  readonly question: Question;
  /** The track numbers of the whole context, negative for tracks not in training. */
  readonly played: Int32Array;
  /** The target's number, -1 if it is not in training. */
  readonly next: number;
  /** What the recommender gets: the whole context, or only its last track. */
  readonly tracks: readonly string[];
  readonly context: NumberedContext;
}

/** Numbers the tracks of questions, one question after another. */
export class QuestionNumbers {
  readonly #facts: TrainingFacts;
  readonly #lastOnly: boolean;
  #before: Pick<Question, "context"> & Pick<Asked, "played"> = { context: [], played: new Int32Array(0) };

  /** @param lastOnly whether recommenders get only the last track and no title, and only the next track is relevant */
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
      // Questions cut from one playlist begin alike, and comparing is quicker than looking up.
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
