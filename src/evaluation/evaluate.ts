/** Puts every query to a recommender once, in batches, and takes all figures at every k from the one ranking. */
import { setImmediate } from "node:timers/promises";
import { requireQueries } from "../corpus/index.js";
import { type Context, type Ranking, requireRankings, requireRecommender } from "../recommenders/contract.js";
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
import { type AnswerFigures, AnswerTally } from "./beyond-accuracy.js";
import type { TrainingFacts } from "./facts.js";
import {
  type MetricName,
  metricNames,
  type RankingMetrics,
  randomBetMetrics,
  rankingMetrics,
} from "./metrics.js";
import type { Question } from "./questions.js";
import { slicings } from "./slices.js";

/** A recommender, or several threads of one: `lanes` batches are then worked on at the same time. */
export interface Answering {
  readonly name: string;
  readonly lanes?: number;
  recommend(contexts: readonly Context[], k: number): Ranking[] | Promise<Ranking[]>;
}

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
  readonly by: string;
  readonly label: string;
  readonly queries: number;
  readonly at: ReadonlyArray<RankingMetrics & { readonly k: number }>;
}

/** One value a query, in the order of the questions: what intervals and paired differences are made of. */
export interface Outcomes {
  readonly playlists?: Uint32Array;
  values(metric: MetricName, k: number): Float64Array;
}

export interface Evaluation {
  readonly recommender: string;
  readonly protocol: "base" | "full-context";
  readonly queries: number;
  /** Distinct tracks of the training part. */
  readonly catalogue: number;
  /** The share of the queries whose target is among them: nobody hits more. */
  readonly knownTargets: number;
  /** Seconds from asking to the answer, summed; with lanes, seconds from the first question to the last answer. */
  readonly recommendSeconds: number;
  /** In ascending order of k. */
  readonly at: readonly FiguresAtK[];
  /** Only slices that hold queries. */
  readonly slices: readonly SliceFigures[];
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
  const bets = base && cuts.map((k) => randomBetMetrics(base.vocabulary.size, k));
  // A second batch waits at each lane, so that none is idle while this thread is busy.
  const ahead = recommender.lanes === undefined ? 1 : 2 * recommender.lanes;
  const start = performance.now();
  let seconds = 0;
  let asked = 0;
  const ask = () => {
    const from = asked;
    const batch = questions.slice(from, (asked = Math.min(from + size, questions.length)));
    const contexts = batch.map(({ context, title }): Context => {
      const tracks = base ? context.slice(-1) : context;
      return title === undefined || base ? { tracks } : { tracks, title };
    });
    const began = performance.now();
    const rankings = recommender.recommend(contexts, longest);
    // Where one fails while an earlier one is waited for, that is heard when its turn comes.
    Promise.resolve(rankings).catch(() => {});
    seconds += (performance.now() - began) / 1000;
    return { from, batch, contexts, rankings };
  };
  const waiting: ReturnType<typeof ask>[] = [];
  while (asked < questions.length || waiting.length > 0) {
    signal?.throwIfAborted();
    while (asked < questions.length && waiting.length < ahead) waiting.push(ask());
    // In the order of the questions, however many lanes there are: the sums come out the same to the last bit.
    const { from, batch, contexts, ...answer } = waiting.shift()!;
    const rankings = await answer.rankings;
    requireRankings(rankings, batch.length, recommender.name);
    for (let i = 0; i < batch.length; i++) {
      const question = batch[i]!;
      if (base && !base.vocabulary.has(question.context.at(-1) ?? "")) {
        if (base.vocabulary.has(question.next)) table.setAll(from + i, bets!);
        continue;
      }
      const ranking = rankings[i]!;
      tally.add(contexts[i]!.tracks, ranking);
      table.set(from + i, question, ranking);
    }
    const done = from + batch.length;
    progress({ task: `asking ${recommender.name}`, done, total: questions.length, unit: "queries" });
    await setImmediate();
  }
  if (recommender.lanes !== undefined) seconds = (performance.now() - start) / 1000;
  const answers = tally.figures();
  return {
    recommender: recommender.name,
    protocol: base ? "base" : "full-context",
    queries: questions.length,
    catalogue: facts.size,
    knownTargets: questions.filter(({ next }) => facts.numberOf(next) >= 0).length / questions.length,
    recommendSeconds: seconds,
    at: cuts.map((k, i) => ({ k, ...table.means(i).means, ...answers[i]! })),
    slices: slice(questions, table, cuts, facts),
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

class OutcomeTable implements Outcomes {
  readonly playlists?: Uint32Array;
  readonly #ks: readonly number[];
  /** By k, then by metric: one value a question. */
  readonly #columns: Record<MetricName, Float64Array>[];

  constructor(questions: readonly Question[], ks: readonly number[]) {
    this.#ks = ks;
    this.#columns = ks.map(
      () =>
        Object.fromEntries(metricNames.map((name) => [name, new Float64Array(questions.length)])) as Record<
          MetricName,
          Float64Array
        >,
    );
    if (questions.every(({ playlist }) => playlist !== undefined)) {
      this.playlists = Uint32Array.from(questions, ({ playlist }) => playlist!);
    }
  }

  values(metric: MetricName, k: number): Float64Array {
    const at = this.#ks.indexOf(k);
    if (at === -1) throw misuse(`k = ${k} was not evaluated; there are ${this.#ks.join(", ")}`);
    return this.#columns[at]![metric];
  }

  set(row: number, question: Question, ranking: Ranking): void {
    const { positions, relevant } = standings(question, ranking.tracks);
    if (positions.length === 0) return;
    this.setAll(
      row,
      this.#ks.map((k) => rankingMetrics(positions, relevant, k)),
    );
  }

  setAll(row: number, metrics: readonly RankingMetrics[]): void {
    for (let i = 0; i < metrics.length; i++) {
      for (const name of metricNames) this.#columns[i]![name][row] = metrics[i]![name];
    }
  }

  /** The mean of each metric at the i-th k over the rows with the label, or over all. */
  means(i: number, labels?: Uint8Array, label?: number): { means: RankingMetrics; rows: number } {
    const columns = this.#columns[i]!;
    const means = { hitRatio: 0, mrr: 0, ndcg: 0, recall: 0, map: 0 };
    let rows = 0;
    for (let row = 0; row < columns.hitRatio.length; row++) {
      if (labels !== undefined && labels[row] !== label) continue;
      rows++;
      for (const name of metricNames) means[name] += columns[name][row]!;
    }
    for (const name of metricNames) means[name] /= rows;
    return { means, rows };
  }
}

/** Where the relevant tracks of a question stand in a ranking, from 1 and ascending, and how many there are. */
function standings({ next, rest }: Question, tracks: readonly string[]) {
  if (rest === undefined || rest.length === 0) {
    const at = tracks.indexOf(next);
    return { positions: at === -1 ? [] : [at + 1], relevant: 1 };
  }
  const wanted = new Set(rest).add(next);
  const relevant = wanted.size;
  const positions: number[] = [];
  // Each counts where it stands first, should a ranking hold it twice.
  for (let i = 0; i < tracks.length; i++) if (wanted.delete(tracks[i]!)) positions.push(i + 1);
  return { positions, relevant };
}

function slice(
  questions: readonly Question[],
  table: OutcomeTable,
  ks: readonly number[],
  facts: TrainingFacts,
): SliceFigures[] {
  return slicings(facts).flatMap(({ by, labels, labelOf }) => {
    const labelled = Uint8Array.from(questions, labelOf);
    return labels.flatMap((label, index) => {
      const all = ks.map((_, i) => table.means(i, labelled, index));
      const queries = all[0]!.rows;
      return queries === 0
        ? []
        : [{ by, label, queries, at: all.map(({ means }, i) => ({ k: ks[i]!, ...means })) }];
    });
  });
}
