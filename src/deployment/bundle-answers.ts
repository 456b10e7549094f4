/** What a bundle itself answers, for an endpoint that serves it to be compared with. */
import { invocationAnswers, openServedModel } from "../serving/index.js";
import type { CheckOptions } from "./check.js";

/**
 * Opens the bundle for as long as `check` runs.
 *
 * @param recommender default: the bundle's own choice
 * @param count how many of its tracks to ask for, spread over all
 */
export async function withBundleAnswers<T>(
  bundle: string,
  recommender: string | undefined,
  check: (answers: Pick<CheckOptions, "expected" | "tracks">) => Promise<T>,
  count = 10,
): Promise<T> {
  const model = await openServedModel(bundle, { recommender });
  try {
    const answers = invocationAnswers(model);
    const expected = (track: string) => {
      const { scores, tracks } = answers(track);
      return { output_1: Array.from(scores), output_2: tracks };
    };
    return await check({ expected, tracks: spread(model.catalogue.tracks, count) });
  } finally {
    await model.close?.();
  }
}

function spread<T>(list: readonly T[], count: number): T[] {
  const step = Math.max(1, Math.floor(list.length / count));
  return list.filter((_, i) => i % step === 0).slice(0, count);
}
