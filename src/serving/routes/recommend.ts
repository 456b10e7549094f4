/** `POST /v1/recommend`: what should play next after these tracks. */
import { reasonsAsText } from "../../recommenders/index.js";
import { errorAnswer, recommendAnswer, recommendRequest } from "../schemas.js";
import { nearestTitles, readContext, readRules } from "./context.js";
import type { App, RouteParts } from "./routes.js";

export function recommendRoute(app: App, { models, batcher, metrics }: RouteParts): void {
  app.post(
    "/v1/recommend",
    {
      schema: {
        summary: "What should play next",
        body: recommendRequest,
        response: { 200: recommendAnswer, "4xx": errorAnswer },
      },
    },
    async (request) => {
      const { k, explain } = request.body;
      const lease = models.lease();
      try {
        const { live } = lease;
        const { context, recommender, fallback, unknown } = readContext(live, request.body, metrics);
        const rules = readRules(request.body);
        const ranking =
          rules === undefined
            ? await batcher.rank(recommender, context, k)
            : live.ruled(recommender).recommend(context, k, rules);
        const explainer = explain ? live.explainer(recommender) : undefined;
        return {
          bundle: live.version,
          recommender: recommender.name,
          fallback,
          unknown: await nearestTitles(live, unknown),
          tracks: ranking.tracks.map((id, i) => {
            const track = { ...live.view(id), score: ranking.scores[i]! };
            if (explainer === undefined) return track;
            const reasons = explainer.explain(context, id);
            return { ...track, reasons, because: reasonsAsText(reasons) };
          }),
        };
      } finally {
        lease.release();
      }
    },
  );
}
