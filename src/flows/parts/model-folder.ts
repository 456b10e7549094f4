/** The model of one grid point as a file artifact: a bundle that holds it alone. */
import { writeBundle } from "../../bundle/index.js";
import type { FittedPoint } from "./fit-point.js";

/** Writes the model of a fitted point to `folder`. */
export async function saveModel(
  folder: string,
  fitted: Pick<FittedPoint, "recommender" | "corpus" | "vectors" | "result">,
): Promise<void> {
  const { recommender, corpus, vectors, result } = fitted;
  await writeBundle(
    folder,
    {
      catalogue: corpus,
      recommenders: { [recommender.name]: recommender.save() },
      // Where no track was played often enough there is none to store, export or search.
      ...(vectors === undefined || vectors.length === 0 ? {} : { vectors }),
      // Most grid points are not chosen: lists of near tracks and tables for people come with the bundle of the one that is.
      index: "exact",
      parameters: result.settings,
      // Times and memory differ from run to run; the bundle must not.
      metrics: { validation: { hitRatio: result.hitRatio, mrr: result.mrr, ndcg: result.ndcg } },
    },
    { tables: false },
  );
}
