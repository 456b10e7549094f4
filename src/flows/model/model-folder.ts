/** The model of one grid point as a folder artifact: a bundle that holds only that model. */
import { writeBundle } from "../../bundle/index.js";
import type { FittedPoint } from "../grid/fit-point.js";

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
      // If no track was played often enough, there are no vectors to store, export or search.
      ...(vectors === undefined || vectors.length === 0 ? {} : { vectors }),
      // Most grid points are not chosen: only the final bundle gets a search index and tables for people.
      index: "exact",
      parameters: result.settings,
      // No times or memory: they differ from run to run, but the bundle must be reproducible.
      metrics: { validation: { hitRatio: result.hitRatio, mrr: result.mrr, ndcg: result.ndcg } },
    },
    { tables: false },
  );
}
