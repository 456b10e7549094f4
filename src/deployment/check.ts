/**
 * Asks a live endpoint and compares what it says with the bundle it was deployed from: ids, order and scores of known tracks,
 * the answer to an unknown one, and how long calls take. How the endpoint is reached is the caller's matter.
 */
import { messageOf, SegueError } from "../system/index.js";

/** One answer of `/invocations`: scores and ids, best first. */
export interface Prediction {
  readonly output_1: readonly number[];
  readonly output_2: readonly string[];
}

/** Sends `{"instances": […]}` and gives back `predictions`. */
export type Invoke = (instances: readonly string[]) => Promise<Prediction[]>;

/**
 * Reads an answer of `/invocations`.
 *
 * @throws SegueError where it is none: what stands between may have answered instead
 */
export function predictionsOf(text: string): Prediction[] {
  const predictions = answerIn(text)?.predictions;
  if (Array.isArray(predictions) && predictions.every(isPrediction)) return predictions;
  throw new SegueError(`no predictions in what it answered: ${text.slice(0, 200) || "nothing"}`);
}

/** What an endpoint answered, if it did. */
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
  /** For messages: the endpoint's URL or name. */
  readonly endpoint: string;
  /** Asks the endpoint. */
  readonly invoke: Invoke;
  /** What the bundle itself answers. */
  readonly expected: (track: string) => Prediction;
  /** Known tracks to ask for, one call each; at least one. */
  readonly tracks: readonly string[];
  /** A track that no model knows. */
  readonly unknownTrack?: string;
  /** How many calls to time; default 50. */
  readonly calls?: number;
  /** How far a score may be from the bundle's, relative to it; default 1e-6. */
  readonly tolerance?: number;
}

export interface CheckResult {
  /** Its URL, or on SageMaker its name. */
  readonly endpoint: string;
  /** The first track asked for and the first of what was answered. */
  readonly track: string;
  readonly answer: ReadonlyArray<{ readonly track: string; readonly score: number }>;
  /** How many tracks' answers were compared, and how many ids each held at most. */
  readonly compared: number;
  readonly k: number;
  /** A track that no model knows, and with how many ids that was answered. */
  readonly unknown: { readonly track: string; readonly answered: number; readonly sameAsBundle: boolean };
  /** Milliseconds of a call that asks for one track. */
  readonly latency: { readonly calls: number; readonly p50: number; readonly p99: number };
}

const shown = 10;

/** Asked where the caller names none. */
export const trackNobodyKnows = "Segue-A track that no model knows";

/** @throws SegueError at the first answer that differs from the bundle's, or that does not come */
export async function checkAnswers(options: CheckOptions): Promise<CheckResult> {
  const { endpoint, expected, tracks, calls = 50, tolerance = 1e-6 } = options;
  const unknownTrack = options.unknownTrack ?? trackNobodyKnows;
  const first = tracks[0];
  if (first === undefined) throw new SegueError("there is no track to check the endpoint with");
  const ask = async (track: string): Promise<Prediction> => {
    const [answer, ...others] = await options.invoke([track]).catch((error: unknown) => {
      throw new SegueError(
        `the endpoint ${endpoint} did not answer for ${JSON.stringify(track)}: ${messageOf(error)}`,
        { cause: error },
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
  const wanted = expected(unknownTrack);
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
    unknown: {
      track: unknownTrack,
      answered: unknown.output_2.length,
      sameAsBundle: difference(unknown, wanted, tolerance) === undefined,
    },
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
    `the endpoint ${endpoint} answers ${JSON.stringify(track)} otherwise than its bundle: ${differs}`,
    {
      code: "check-failed",
      hint: "does it serve this bundle, and with the same recommender?",
    },
  );
}

/** Places whose scores differ by less than the tolerance may change: float sums differ between machines in the last digits. */
function difference(given: Prediction, wanted: Prediction, tolerance: number): string | undefined {
  const { output_1: scores, output_2: ids } = wanted;
  if (given.output_2.length !== ids.length) {
    return `${given.output_2.length} tracks instead of ${ids.length}`;
  }
  const close = (a: number | undefined, b: number) =>
    a !== undefined && Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b));
  const scoreOf = new Map(ids.map((id, i) => [id, scores[i]!]));
  if (new Set(given.output_2).size < new Set(ids).size) return "it names a track twice";
  for (let i = 0; i < ids.length; i++) {
    const [id, score] = [given.output_2[i]!, given.output_1[i]];
    if (!close(score, scores[i]!)) {
      if (id === ids[i]) return `the score at place ${i + 1} is ${score} instead of ${scores[i]}`;
    }
    // What tied with the last place may stand there instead of it.
    if (
      id !== ids[i] &&
      !close(scoreOf.get(id) ?? (close(score, scores.at(-1)!) ? score : undefined), scores[i]!)
    ) {
      return `place ${i + 1} is ${JSON.stringify(id)} instead of ${JSON.stringify(ids[i])}`;
    }
  }
  return undefined;
}

/** The value below which that share of them lies (nearest rank). */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
