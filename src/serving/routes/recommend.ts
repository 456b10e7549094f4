/** `POST /v1/recommend`: what should play next after these tracks. */
import { HttpError } from "../http-error.js";
import { errorAnswer, recommendAnswer, recommendRequest } from "../schemas.js";
import type { LiveModel } from "../served-model.js";
import type { App, RouteParts } from "./routes.js";

const nearestShown = 3;
const unknownLookedUp = 10;

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
      const { context, title, k, recommender: name } = request.body;
      const lease = models.lease();
      try {
        const { live } = lease;
        const asked = recommenderOf(live, name);
        const unknown = context.filter((track) => !live.knows(track));
        const fallback = context.length > 0 && unknown.length === context.length;
        metrics.unknownTracks(unknown.length);
        if (fallback) metrics.fallback();
        const recommender = fallback ? live.fallback : asked;
        const ranking = await batcher.rank(recommender, { tracks: context, ...(title ? { title } : {}) }, k);
        return {
          bundle: live.version,
          recommender: recommender.name,
          fallback,
          unknown: unknown.length === 0 ? [] : await nearestTitles(live, unknown),
          tracks: ranking.tracks.map((id, i) => ({ ...live.view(id), score: ranking.scores[i]! })),
        };
      } finally {
        lease.release();
      }
    },
  );
}

export function recommenderOf(live: LiveModel, name: string | undefined) {
  const recommender = live.recommender(name);
  if (recommender !== undefined) return recommender;
  throw new HttpError(400, {
    error: `recommender: this bundle has no recommender named ${JSON.stringify(name)}`,
    code: "unknown-recommender",
    hint: `it has: ${Object.keys(live.model.recommenders).join(", ")}`,
  });
}

/** The unknown tracks, each with the known titles nearest to it; only the first ten are looked up. */
export async function nearestTitles(live: LiveModel, unknown: readonly string[]) {
  const search = await live.search();
  return unknown.map((track, i) => ({
    track,
    nearest: i < unknownLookedUp ? search.find(track, nearestShown).map((hit) => hit.track) : [],
  }));
}
