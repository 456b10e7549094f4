/**
 * `POST /invocations`: TensorFlow Serving's predict API, as SageMaker forwards it, in place of the original's served model.
 * `output_1` are scores and `output_2` ids, both best first; an unknown track gets the fallback ranking.
 */
import type { Ranking } from "../../recommenders/contract.js";
import { errorAnswer, invocationsAnswer, invocationsRequest } from "../schemas.js";
import type { App, RouteParts } from "./routes.js";

export function invocationsRoute(app: App, { models, batcher, metrics }: RouteParts): void {
  app.post(
    "/invocations",
    {
      schema: {
        summary: "Nearest tracks, in TensorFlow Serving's row or column form",
        body: invocationsRequest,
        response: { 200: invocationsAnswer, "4xx": errorAnswer },
      },
    },
    async (request) => {
      const { instances, inputs } = request.body;
      const lease = models.lease();
      try {
        const { live } = lease;
        const asked =
          instances?.map((one) => (typeof one === "string" ? one : one.input_1)) ??
          (Array.isArray(inputs) ? inputs : inputs!.input_1);
        const rankings = await Promise.all(
          asked.map((track) => {
            const { recommender, known, k } = live.invocation(track);
            if (!known) {
              metrics.unknownTracks(1);
              metrics.fallback();
            }
            return batcher.rank(recommender, { tracks: [track] }, k);
          }),
        );
        if (instances !== undefined) {
          return {
            predictions: rankings.map((ranking) => ({
              output_1: scoresOf(ranking),
              output_2: [...ranking.tracks],
            })),
          };
        }
        return {
          outputs: {
            output_1: rankings.map(scoresOf),
            output_2: rankings.map((ranking) => [...ranking.tracks]),
          },
        };
      } finally {
        lease.release();
      }
    },
  );
}

function scoresOf(ranking: Ranking): number[] {
  return Array.from(ranking.scores);
}
