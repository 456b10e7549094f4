/** The answers that an endpoint serving a bundle is expected to give. */
import { openBundle } from "../bundle/index.js";
import { invocationsKOf, openInvocations } from "../serving/index.js";
import { asWritten, SegueError } from "../system/index.js";
import { type CheckOptions, type Prediction, trackNobodyKnows } from "./check.js";

/** The expected answers, and the tracks to ask for. */
export type Answers = Pick<CheckOptions, "expected" | "tracks">;

const tracksAsked = 10;

/** A bundle's answers for ten of its tracks and for an unknown one, as plain data. */
export interface BundleAnswers {
  /** The known tracks among `answers`. */
  readonly tracks: readonly string[];
  readonly answers: ReadonlyArray<readonly [track: string, prediction: Prediction]>;
}

/**
 * Returns the answers that `checkEndpoint` compares with. They can be sent to another process, which then need not open the bundle.
 *
 * @param recommender default: the bundle's own choice
 */
export function answersOf(bundle: string, recommender?: string): Promise<BundleAnswers> {
  return withBundleAnswers(bundle, recommender, async ({ expected, tracks }) => ({
    tracks,
    answers: [...tracks, trackNobodyKnows].map((track) => [track, expected(track)] as const),
  }));
}

/** The `expected` that this returns throws a SegueError for a track without an answer. */
export function fromAnswers({ tracks, answers }: BundleAnswers): Answers {
  const byTrack = new Map(answers);
  const expected = (track: string) => {
    const prediction = byTrack.get(track);
    if (prediction === undefined)
      throw new SegueError(`the bundle's answers do not include ${asWritten(track)}`, {
        hint: "give the bundle instead of its answers",
      });
    return prediction;
  };
  return { tracks, expected };
}

/**
 * Opens the bundle for as long as `check` runs.
 *
 * @param recommender default: the bundle's own choice
 */
export async function withBundleAnswers<T>(
  bundle: string,
  recommender: string | undefined,
  check: (answers: Answers) => Promise<T>,
): Promise<T> {
  const answers = await openInvocations(bundle, recommender);
  try {
    const expected = (track: string) => {
      const { scores, tracks } = answers.answer(track);
      return { output_1: Array.from(scores), output_2: tracks };
    };
    return await check({ expected, tracks: spread(answers.tracks) });
  } finally {
    await answers.close();
  }
}

/**
 * The answers of a SavedModel of the bundle's track vectors: the nearest tracks by cosine, or the first tracks of the catalogue with
 * score 0 if the track has no vector.
 */
export async function savedModelAnswers(bundle: string): Promise<Answers> {
  const { vectors, manifest } = await openBundle(bundle);
  if (vectors === undefined) throw new SegueError(`the bundle ${bundle} has no track vectors`);
  const k = Math.min(invocationsKOf(manifest), vectors.length - 1);
  const expected = (track: string) => {
    if (!vectors.has(track)) {
      return { output_1: new Array<number>(k).fill(0), output_2: vectors.tracks.slice(0, k) };
    }
    const { scores, tracks } = vectors.nearest(track, k);
    return { output_1: Array.from(scores), output_2: tracks };
  };
  return { expected, tracks: spread(vectors.tracks) };
}

/** Ten items at equal distances, or all if there are fewer. */
function spread<T>(list: readonly T[]): T[] {
  const step = Math.max(1, Math.floor(list.length / tracksAsked));
  return list.filter((_, i) => i % step === 0).slice(0, tracksAsked);
}
