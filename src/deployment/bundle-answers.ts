/** What a bundle itself answers, for an endpoint that serves it to be compared with. */
import { type Manifest, openBundle } from "../bundle/index.js";
import { openInvocations } from "../serving/index.js";
import { SegueError } from "../system/index.js";
import { type CheckOptions, type Prediction, trackNobodyKnows } from "./check.js";

/** What a check compares an endpoint with. */
export type Answers = Pick<CheckOptions, "expected" | "tracks">;

const tracksAsked = 10;

/** What a bundle answers for some of its tracks, and for one that no model knows, as plain data. */
export interface BundleAnswers {
  /** The known ones of those below. */
  readonly tracks: readonly string[];
  readonly answers: ReadonlyArray<readonly [track: string, prediction: Prediction]>;
}

/** Asks a bundle what `checkEndpoint` compares with, for a check in another process, which need not open the bundle then. */
export function answersOf(bundle: string, recommender?: string): Promise<BundleAnswers> {
  return withBundleAnswers(bundle, recommender, async ({ expected, tracks }) => ({
    tracks,
    answers: [...tracks, trackNobodyKnows].map((track) => [track, expected(track)] as const),
  }));
}

/** @throws SegueError where it is asked for a track that it holds no answer for */
export function fromAnswers({ tracks, answers }: BundleAnswers): Answers {
  const byTrack = new Map(answers);
  const expected = (track: string) => {
    const prediction = byTrack.get(track);
    if (prediction === undefined)
      throw new SegueError(`the bundle was not asked for ${JSON.stringify(track)}`, {
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
 * What a SavedModel of the bundle's track vectors answers: the nearest tracks by cosine, and for a track without a vector the
 * first ones, with score 0.
 */
export async function savedModelAnswers(bundle: string): Promise<Answers> {
  const { vectors, manifest } = await openBundle(bundle);
  if (vectors === undefined) throw new SegueError(`the bundle ${bundle} has no track vectors`);
  const k = Math.min(invocationsKOf(manifest), vectors.length - 1);
  const expected = (track: string) => {
    if (vectors.indexOf(track) < 0) {
      return { output_1: new Array<number>(k).fill(0), output_2: vectors.tracks.slice(0, k) };
    }
    const { scores, tracks } = vectors.nearest(track, k);
    return { output_1: Array.from(scores), output_2: tracks };
  };
  return { expected, tracks: spread(vectors.tracks) };
}

/** How many tracks an endpoint of this bundle answers with: the `knn_k` it was trained with, 100 where it names none. */
export function invocationsKOf({ parameters }: Manifest): number {
  return typeof parameters.knn_k === "number" ? parameters.knn_k : 100;
}

/** A few, spread over all. */
function spread<T>(list: readonly T[]): T[] {
  const step = Math.max(1, Math.floor(list.length / tracksAsked));
  return list.filter((_, i) => i % step === 0).slice(0, tracksAsked);
}
