/**
 * Checks a live endpoint against its bundle: ids, order and scores for known tracks, the answer for an unknown one, and how long calls
 * take. The caller supplies `invoke`, which reaches the endpoint.
 */
import { asWritten, messageOf, SegueError } from "../system/index.js";

/** One answer of `/invocations`: scores and ids, best first. */
export interface Prediction {
  readonly output_1: readonly number[];
  readonly output_2: readonly string[];
}

/** Sends `{"instances": […]}` and returns `predictions`. */
export type Invoke = (instances: readonly string[]) => Promise<Prediction[]>;

/**
 * Reads an answer of `/invocations`.
 *
 * @throws SegueError if it has no predictions: something else than the endpoint, such as a proxy, may have answered
 */
export function predictionsOf(text: string): Prediction[] {
  const predictions = answerIn(text)?.predictions;
  if (Array.isArray(predictions) && predictions.every(isPrediction)) return predictions;
  throw new SegueError(`the answer has no predictions: ${text.slice(0, 200) || "it is empty"}`);
}

/** Parses an endpoint's answer; undefined if it is not JSON. */
export function answerIn(text: string): { predictions?: unknown; error?: string } | undefined {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}

function isPrediction(value: unknown): value is Prediction {
  const given = value as Prediction | null;
  return Array.isArray(given?.output_1) && Array.isArray(given.output_2);
}

export interface CheckOptions {
  /** The endpoint's URL or name, for messages. */
  readonly endpoint: string;
  /** Asks the endpoint. */
  readonly invoke: Invoke;
  /** Returns the bundle's own answer. */
  readonly expected: (track: string) => Prediction;
  /** Known tracks to ask for, one call each; at least one. */
  readonly tracks: readonly string[];
  /** A track that the model does not know. */
  readonly unknownTrack?: string;
  /** How many calls to time; default 50. */
  readonly calls?: number;
  /** How much a score may differ from the bundle's, relative to it (absolute below 1); default 1e-6. */
  readonly tolerance?: number;
}

export interface CheckResult {
  /** The endpoint's URL, or its name on SageMaker. */
  readonly endpoint: string;
  /** The first track asked for, and the first ten tracks of its answer. */
  readonly track: string;
  readonly answer: ReadonlyArray<{ readonly track: string; readonly score: number }>;
  /** How many answers for known tracks were compared. */
  readonly compared: number;
  /** The number of ids in the longest answer. */
  readonly k: number;
  /** The unknown track, and how many ids its answer had. */
  readonly unknown: { readonly track: string; readonly answered: number };
  /** Milliseconds per call for one track. */
  readonly latency: { readonly calls: number; readonly p50: number; readonly p99: number };
}

const shown = 10;

/** The default of `unknownTrack`. */
export const trackNobodyKnows = "Segue-A track that no model knows";

/**
 * Checks an endpoint that `invoke` reaches.
 *
 * @throws SegueError at the first answer that differs from the bundle's, and at the first call that fails
 */
export async function checkAnswers(options: CheckOptions): Promise<CheckResult> {
  const { endpoint, expected, tracks, calls = 50, tolerance = 1e-6 } = options;
  const unknownTrack = options.unknownTrack ?? trackNobodyKnows;
  const first = tracks[0];
  if (first === undefined)
    throw new SegueError("there is no track to check the endpoint with", {
      hint: "are all track ids longer than 2,000 characters? a request may not name those: shorten them",
    });
  const ask = async (track: string): Promise<Prediction> => {
    const [answer, ...others] = await options.invoke([track]).catch((error: unknown) => {
      throw new SegueError(
        `the endpoint ${endpoint} did not answer for ${asWritten(track)}: ${messageOf(error)}`,
        { hint: error instanceof SegueError ? error.hint : undefined, cause: error },
      );
    });
    if (answer === undefined || others.length > 0) {
      throw new SegueError(
        `the endpoint ${endpoint} answered ${others.length + (answer ? 1 : 0)} predictions to one instance`,
      );
    }
    return answer;
  };

  const answers: Prediction[] = [];
  for (const track of tracks) {
    const given = await ask(track);
    assertSame(given, expected(track), track, endpoint, tolerance);
    answers.push(given);
  }
  const unknown = await ask(unknownTrack);
  assertSame(unknown, expected(unknownTrack), unknownTrack, endpoint, tolerance);
  const answer = answers[0]!;
  const milliseconds: number[] = [];
  for (let i = 0; i < calls; i++) {
    const start = performance.now();
    await ask(tracks[i % tracks.length]!);
    milliseconds.push(performance.now() - start);
  }
  milliseconds.sort((a, b) => a - b);
  return {
    endpoint,
    track: first,
    answer: answer.output_2.slice(0, shown).map((track, i) => ({ track, score: answer.output_1[i]! })),
    compared: answers.length,
    k: Math.max(...answers.map((one) => one.output_2.length)),
    unknown: { track: unknownTrack, answered: unknown.output_2.length },
    latency: { calls, p50: quantile(milliseconds, 0.5), p99: quantile(milliseconds, 0.99) },
  };
}

function assertSame(
  given: Prediction,
  wanted: Prediction,
  track: string,
  endpoint: string,
  tolerance: number,
): void {
  const differs = difference(given, wanted, tolerance);
  if (differs === undefined) return;
  throw new SegueError(
    `the endpoint ${endpoint} answers ${asWritten(track)} differently from its bundle: ${differs}`,
    {
      code: "check-failed",
      hint: "does it serve this bundle, and with the same recommender?",
    },
  );
}

/** Tracks whose scores differ by less than the tolerance may swap places: the last digits of float sums differ between machines. */
function difference(given: Prediction, wanted: Prediction, tolerance: number): string | undefined {
  const { output_1: scores, output_2: ids } = wanted;
  if (given.output_2.length !== ids.length) {
    return `${given.output_2.length} tracks instead of ${ids.length}`;
  }
  const close = (a: number | undefined, b: number) =>
    a !== undefined && Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b));
  const scoreOf = new Map(ids.map((id, i) => [id, scores[i]!]));
  if (new Set(given.output_2).size < new Set(ids).size) return "it has a track twice";
  for (let i = 0; i < ids.length; i++) {
    const [id, score] = [given.output_2[i]!, given.output_1[i]];
    // A track that ties with the last place may replace it.
    if (
      id !== ids[i] &&
      !close(scoreOf.get(id) ?? (close(score, scores.at(-1)!) ? score : undefined), scores[i]!)
    ) {
      return `place ${i + 1} is ${asWritten(id)} instead of ${asWritten(ids[i])}`;
    }
    if (!close(score, scores[i]!)) return `the score at place ${i + 1} is ${score} instead of ${scores[i]}`;
  }
  return undefined;
}

/** The quantile by nearest rank. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
