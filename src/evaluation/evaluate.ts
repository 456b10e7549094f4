/** Puts every query to a recommender once, in batches, and takes all figures at every k from the one ranking. */
import { setImmediate } from "node:timers/promises";
import { requireQueries } from "../corpus/index.js";
import { requireRecommender } from "../recommenders/contract.js";
import {
  besideWork,
  misuse,
  type Progress,
  requireOptions,
  requireWithin,
  silent,
  thingWith,
  type ValueRange,
  wholeNumber,
} from "../system/index.js";
import { type Answering, askingOf } from "./answers.js";
import { QuestionNumbers } from "./asked.js";
import { type AnswerFigures, AnswerTally } from "./beyond-accuracy.js";
import type { TrainingFacts } from "./facts.js";
import { type RankingMetrics, randomBetMetrics } from "./metrics.js";
import { metricsOf, type Outcomes, OutcomeTable } from "./outcomes.js";
import type { Question } from "./questions.js";
import { type Slicing, slicings } from "./slices.js";

export interface EvaluateOptions {
  /** The cut-offs, integers ≥ 1. Default [20]. */
  readonly ks?: readonly number[];
  /** What training knew; see `trainingFacts`. */
  readonly facts: TrainingFacts;
  /** Set for the base protocol; see `base-protocol.ts`. */
  readonly base?: { readonly vocabulary: ReadonlySet<string> };
  /** Queries asked at once. Default 256. */
  readonly batch?: number;
  /** Told how many queries are answered. */
  readonly progress?: Progress;
  /** Ends the evaluation, which then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** The means over all queries at one k. */
export interface FiguresAtK extends RankingMetrics, AnswerFigures {
  readonly k: number;
}

export interface SliceFigures {
  /** What parts the queries: "last track", "target", … */
  readonly by: string;
  /** Which of its parts: "head". */
  readonly label: string;
  /** How many are in it. */
  readonly queries: number;
  readonly at: ReadonlyArray<RankingMetrics & { readonly k: number }>;
}

export interface Evaluation {
  readonly recommender: string;
  readonly protocol: "base" | "full-context";
  readonly queries: number;
  /** Distinct tracks of the training part. */
  readonly catalogue: number;
  /** The share of the queries of which a relevant track is among them: nobody hits more who names these alone. */
  readonly knownTargets: number;
  /** The share of the queries whose context holds one of them. */
  readonly knownContexts: number;
  /**
   * How many playlists are asked about (queries, where these name none) that are in training too, as the same five tracks or more in
   * whatever order: what is learned by heart hits there.
   */
  readonly copies: number;
  /** Seconds from asking to the answer, summed; with lanes, seconds from the first question to the last answer. */
  readonly recommendSeconds: number;
  /** In ascending order of k. */
  readonly at: readonly FiguresAtK[];
  /** Only slices that hold queries. */
  readonly slices: readonly SliceFigures[];
  /** What each query came to, for intervals and comparisons. */
  readonly outcomes: Outcomes;
}

/**
 * Asks a recommender every question. The denominator is always every question: an empty answer, an unknown target and an
 * unknown context count as misses.
 *
 * @throws SegueError (misuse) where there is no question, no `facts`, a k that is not an integer ≥ 1, or an option that there is not
 * @throws the signal's reason
 */
export async function evaluateRecommender(
  recommender: Answering,
  questions: readonly Question[],
  options: EvaluateOptions,
): Promise<Evaluation> {
  requireRecommender(recommender, "evaluateRecommender");
  requireQueries(questions, "evaluateRecommender");
  requireFacts(options);
  requireOptions(options, ranges, "evaluateRecommender");
  const { ks = [20], facts, base, batch: size = 256, progress = silent, signal } = options;
  if (questions.length === 0) throw misuse("there are no queries to evaluate on");
  const cuts = checkedKs(ks);
  const longest = cuts.at(-1)!;
  const tally = new AnswerTally(facts, cuts);
  const table = new OutcomeTable(questions, cuts);
  const slices = new Slices(facts, questions.length);
  const bets = base && cuts.map((k) => randomBetMetrics(base.vocabulary.size, k));
  const numbers = new QuestionNumbers(facts, base !== undefined);
  const ask = askingOf(recommender, facts);
  // A second batch waits at each lane, so that none is idle while this thread is busy.
  const ahead = recommender.lanes === undefined ? 1 : 2 * recommender.lanes;
  const start = performance.now();
  let seconds = 0;
  let sent = 0;
  let knownTargets = 0;
  let knownContexts = 0;
  const copies = new Set<number>();
  const send = () => {
    const from = sent;
    sent = Math.min(from + size, questions.length);
    const batch = questions.slice(from, sent).map((question) => numbers.number(question));
    const began = performance.now();
    const answered = ask(batch, longest).then((answers) => {
      seconds += (performance.now() - began) / 1000;
      return answers;
    });
    // Where one fails while an earlier one is waited for, that is heard when its turn comes.
    answered.catch(() => {});
    return { from, batch, answered };
  };
  const waiting: ReturnType<typeof send>[] = [];
  signal?.throwIfAborted();
  while (sent < questions.length || waiting.length > 0) {
    while (sent < questions.length && waiting.length < ahead) waiting.push(send());
    // In the order of the questions, however many lanes there are: the sums come out the same to the last bit.
    const { from, batch, answered } = waiting.shift()!;
    const answers = (await answered)();
    for (let i = 0; i < batch.length; i++) {
      const row = from + i;
      const { question, played, next, context } = batch[i]!;
      slices.add(row, played, next);
      if (played.some((track) => track >= 0)) knownContexts++;
      if (next >= 0 && facts.isPlaylist([...played, next])) copies.add(question.playlist ?? ~row);
      if (next >= 0 || question.rest?.some((track) => facts.numberOf(track) >= 0)) knownTargets++;
      if (base && !base.vocabulary.has(question.context.at(-1) ?? "")) {
        if (base.vocabulary.has(question.next)) table.setAll(row, bets!);
        continue;
      }
      tally.add(context.played, answers[i]!.numbers);
      table.set(row, answers[i]!.standings);
    }
    const done = from + batch.length;
    progress({ task: `asking ${recommender.name}`, done, total: questions.length, unit: "queries" });
    await setImmediate();
    signal?.throwIfAborted();
  }
  if (recommender.lanes !== undefined) seconds = (performance.now() - start) / 1000;
  const answers = tally.figures();
  return {
    recommender: recommender.name,
    protocol: base ? "base" : "full-context",
    queries: questions.length,
    catalogue: facts.size,
    knownTargets: knownTargets / questions.length,
    knownContexts: knownContexts / questions.length,
    copies: copies.size,
    recommendSeconds: seconds,
    at: cuts.map((k, i) => ({ k, ...metricsOf(table.means(i)[0]!), ...answers[i]! })),
    slices: slices.figures(table, cuts),
    outcomes: table,
  };
}

const ranges: Readonly<Record<keyof EvaluateOptions, ValueRange>> = {
  ks: { wanted: "a list of whole numbers", holds: Array.isArray },
  facts: thingWith("the facts of training", "numberOf"),
  base: thingWith("an object with a vocabulary", "vocabulary"),
  batch: wholeNumber(1),
  ...besideWork,
};

function requireFacts(options: Partial<EvaluateOptions> | undefined): void {
  if (typeof options?.facts?.numberOf === "function") return;
  throw misuse("an evaluation wants the facts of training", "write { facts: trainingFacts(corpus) }");
}

function checkedKs(ks: readonly number[]): number[] {
  const cuts = [...new Set(ks)].sort((a, b) => a - b);
  if (cuts.length === 0) throw misuse("no k to evaluate at");
  for (const k of cuts) requireWithin(wholeNumber(1), "k", k);
  return cuts;
}

/** Which slices each query is in. */
class Slices {
  readonly #slicings: readonly Slicing[];
  /** By slicing: one label a query. */
  readonly #labels: readonly Uint8Array[];

  constructor(facts: TrainingFacts, queries: number) {
    this.#slicings = slicings(facts);
    this.#labels = this.#slicings.map(() => new Uint8Array(queries));
  }

  add(row: number, played: Int32Array, next: number): void {
    for (let s = 0; s < this.#slicings.length; s++)
      this.#labels[s]![row] = this.#slicings[s]!.labelOf(played, next);
  }

  figures(table: OutcomeTable, ks: readonly number[]): SliceFigures[] {
    return this.#slicings.flatMap(({ by, labels }, s) => {
      const all = ks.map((_, i) => table.means(i, this.#labels[s], labels.length));
      return labels.flatMap((label, index) => {
        const queries = all[0]![index]!.rows;
        const at = all.map((means, i) => ({ k: ks[i]!, ...metricsOf(means[index]!) }));
        return queries === 0 ? [] : [{ by, label, queries, at }];
      });
    });
  }
}
