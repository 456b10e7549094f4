/** Asks a recommender every query once, in batches, and computes all metrics at every k from that one ranking. */
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
import type { Answering } from "./asking/answers.js";
import { answersInOrder } from "./asking/answers-in-order.js";
import { QuestionNumbers } from "./asking/asked.js";
import type { Question } from "./asking/questions.js";
import type { TrainingFacts } from "./facts.js";
import { type AnswerFigures, AnswerTally } from "./metrics/beyond-accuracy.js";
import { type RankingMetrics, randomBetMetrics } from "./metrics/metrics.js";
import { metricsOf, type Outcomes, OutcomeTable } from "./metrics/outcomes.js";
import { type Slicing, slicings } from "./metrics/slices.js";

export interface EvaluateOptions {
  /** The cut-offs, integers ≥ 1. Default [20]. */
  readonly ks?: readonly number[];
  /** What is known from training; see `trainingFacts`. */
  readonly facts: TrainingFacts;
  /** Set by `evaluateBaseProtocol`: unknown query tracks are random bets on this vocabulary. */
  readonly base?: { readonly vocabulary: ReadonlySet<string> };
  /** Queries per batch. Default 256. */
  readonly batch?: number;
  /** Reports how many queries have been answered. */
  readonly progress?: Progress;
  /** Aborts the evaluation, which then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** The means over all queries at one k. */
export interface FiguresAtK extends RankingMetrics, AnswerFigures {
  readonly k: number;
}

export interface SliceFigures {
  /** The criterion: "last track", "target", … */
  readonly by: string;
  /** The value of the criterion: "head". */
  readonly label: string;
  /** The number of queries in the slice. */
  readonly queries: number;
  readonly at: ReadonlyArray<RankingMetrics & { readonly k: number }>;
}

export interface Evaluation {
  readonly recommender: string;
  readonly protocol: "base" | "full-context";
  readonly queries: number;
  /** The number of distinct training tracks. */
  readonly catalogue: number;
  /** The share of queries with a relevant track in training: an upper bound on the hit ratio of any model limited to these. */
  readonly knownTargets: number;
  /** The share of queries whose context has a training track. */
  readonly knownContexts: number;
  /**
   * How many of the playlists asked about (queries, if they name no playlist) are also in training: the same five tracks or more, in
   * any order. Memorising is enough to hit these.
   */
  readonly copies: number;
  /** Seconds spent waiting for answers; with `lanes`, seconds from the first question to the last answer. */
  readonly recommendSeconds: number;
  /** In ascending order of k. */
  readonly at: readonly FiguresAtK[];
  /** Slices without queries are left out. */
  readonly slices: readonly SliceFigures[];
  /** The metrics of each query, for intervals and comparisons. */
  readonly outcomes: Outcomes;
}

/**
 * Asks a recommender every question. All questions are in the denominator: empty answers, unknown targets and unknown
 * contexts count as misses.
 *
 * @throws SegueError (misuse) if there are no questions, `facts` is missing, a k is not an integer ≥ 1, or an option is unknown
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
  const tally = new AnswerTally(facts, cuts);
  const table = new OutcomeTable(questions, cuts);
  const slices = new Slices(facts, questions.length);
  const bets = base && cuts.map((k) => randomBetMetrics(base.vocabulary.size, k));
  const numbers = new QuestionNumbers(facts, base !== undefined);
  let recommendSeconds = 0;
  let knownTargets = 0;
  let knownContexts = 0;
  const copies = new Set<number>();
  const asking = { facts, numbers, k: cuts.at(-1)!, size, signal };
  for await (const { from, batch, answers, seconds } of answersInOrder(recommender, questions, asking)) {
    recommendSeconds = seconds;
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
  }
  const answers = tally.figures();
  return {
    recommender: recommender.name,
    protocol: base ? "base" : "full-context",
    queries: questions.length,
    catalogue: facts.size,
    knownTargets: knownTargets / questions.length,
    knownContexts: knownContexts / questions.length,
    copies: copies.size,
    recommendSeconds,
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
  throw misuse("evaluateRecommender needs the facts of training", "write { facts: trainingFacts(corpus) }");
}

function checkedKs(ks: readonly number[]): number[] {
  const cuts = [...new Set(ks)].sort((a, b) => a - b);
  if (cuts.length === 0) throw misuse("ks must have at least one k");
  for (const k of cuts) requireWithin(wholeNumber(1), "k", k);
  return cuts;
}

/** The slices that each query is in. */
class Slices {
  readonly #slicings: readonly Slicing[];
  /** For each slicing, the label of each query. */
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
