/** The endpoint's metrics, for Prometheus. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { EndedRequest } from "./log.js";
import type { Dropped } from "./model/model-slot.js";

/** Bucket bounds in seconds, densest around the usual durations: about 1 ms for nearest tracks, several for blends. */
const latencies = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];

export class EndpointMetrics {
  readonly registry = new Registry();
  readonly #seconds: Histogram<"route" | "method" | "status">;
  readonly #answers: Histogram<"recommender" | "question">;
  readonly #batch: Histogram;
  readonly #unknown: Counter;
  readonly #fallbacks: Counter;
  readonly #dropped: Counter<"why">;
  readonly #reloads: Counter<"outcome">;
  readonly #bundle: Gauge<"version" | "recommender">;

  constructor() {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.#seconds = new Histogram({
      name: "segue_http_request_duration_seconds",
      help: "Time from a request's headers to the end of its answer.",
      labelNames: ["route", "method", "status"],
      buckets: latencies,
      registers,
    });
    this.#answers = new Histogram({
      name: "segue_answer_duration_seconds",
      help: "Time from a question to the model's answer, by the requested recommender and the kind of question.",
      labelNames: ["recommender", "question"],
      buckets: latencies,
      registers,
    });
    this.#batch = new Histogram({
      name: "segue_batch_size",
      help: "How many requests one call of a recommender answered.",
      buckets: [1, 2, 4, 8, 16, 32],
      registers,
    });
    this.#unknown = new Counter({
      name: "segue_unknown_tracks_total",
      help: "Tracks in requests that the model does not know.",
      registers,
    });
    this.#fallbacks = new Counter({
      name: "segue_fallback_answers_total",
      help: "Answers to requests without a known track and without a title.",
      registers,
    });
    this.#dropped = new Counter({
      name: "segue_dropped_questions_total",
      help: "Questions without an answer: too many were already waiting, or the client disconnected before a thread took them.",
      labelNames: ["why"],
      registers,
    });
    this.#reloads = new Counter({
      name: "segue_reloads_total",
      help: "Reloads of the bundle, by outcome.",
      labelNames: ["outcome"],
      registers,
    });
    // Without an initial 0, an alert on an increase would miss the first failure.
    for (const outcome of ["done", "failed"]) this.#reloads.inc({ outcome }, 0);
    for (const why of ["too-many", "client-gone"] as const) this.#dropped.inc({ why }, 0);
    this.#bundle = new Gauge({
      name: "segue_bundle_info",
      help: "Which bundle answers.",
      labelNames: ["version", "recommender"],
      aggregator: "first",
      registers,
    });
  }

  request({ route, method, status, ms }: EndedRequest): void {
    this.#seconds.observe({ route, method, status: String(status) }, ms / 1000);
  }

  /** @param labels.recommender one that the model has: names made up by clients would grow the metrics without bound */
  answered(labels: { recommender: string; question: string }, seconds: number): void {
    this.#answers.observe(labels, seconds);
  }

  batch(size: number): void {
    this.#batch.observe(size);
  }

  unknownTracks(count: number): void {
    if (count > 0) this.#unknown.inc(count);
  }

  fallbacks(count: number): void {
    if (count > 0) this.#fallbacks.inc(count);
  }

  dropped(why: Dropped): void {
    this.#dropped.inc({ why });
  }

  reloaded(outcome: "done" | "failed"): void {
    this.#reloads.inc({ outcome });
  }

  serving(version: string, recommender: string): void {
    this.#bundle.reset();
    this.#bundle.set({ version, recommender }, 1);
  }
}
