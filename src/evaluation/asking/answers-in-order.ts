/** Asks a recommender all questions in batches, as many at once as it has lanes for. */
import { setImmediate } from "node:timers/promises";
import type { TrainingFacts } from "../facts.js";
import { type Answer, type Answering, askingOf } from "./answers.js";
import type { Asked, QuestionNumbers } from "./asked.js";
import type { Question } from "./questions.js";

/** A batch of questions with their answers. */
interface AnsweredBatch {
  /** The number of its first question. */
  readonly from: number;
  readonly batch: readonly Asked[];
  readonly answers: readonly Answer[];
  /** Seconds spent waiting for answers so far; with lanes, seconds since the first question. */
  readonly seconds: number;
}

/**
 * The answers, in the order of the questions, so that floating-point sums do not depend on the number of lanes.
 *
 * @param k how many tracks an answer has
 * @param size the questions of a batch
 * @throws the signal's reason
 */
export async function* answersInOrder(
  recommender: Answering,
  questions: readonly Question[],
  options: {
    readonly facts: TrainingFacts;
    readonly numbers: QuestionNumbers;
    readonly k: number;
    readonly size: number;
    readonly signal?: AbortSignal;
  },
): AsyncGenerator<AnsweredBatch> {
  const { numbers, k, size, signal } = options;
  const { lanes } = recommender;
  const ask = askingOf(recommender, options.facts);
  // Each lane has a second batch queued, so that it is not idle while this thread is busy.
  const ahead = lanes === undefined ? 1 : 2 * lanes;
  const start = performance.now();
  let waited = 0;
  let sent = 0;
  const send = () => {
    const from = sent;
    sent = Math.min(from + size, questions.length);
    const batch = questions.slice(from, sent).map((question) => numbers.number(question));
    const began = performance.now();
    const answered = ask(batch, k).then((answers) => {
      waited += (performance.now() - began) / 1000;
      return answers;
    });
    // A failure while an earlier batch is awaited is handled when this one's turn comes.
    answered.catch(() => {});
    return { from, batch, answered };
  };
  const waiting: ReturnType<typeof send>[] = [];
  signal?.throwIfAborted();
  while (sent < questions.length || waiting.length > 0) {
    while (sent < questions.length && waiting.length < ahead) waiting.push(send());
    const { from, batch, answered } = waiting.shift()!;
    const read = await answered;
    const seconds = lanes === undefined ? waited : (performance.now() - start) / 1000;
    yield { from, batch, answers: read(), seconds };
    await setImmediate();
    signal?.throwIfAborted();
  }
}
