/** `GET /v1/tracks?q=`: finds tracks by words of their titles and artists. */
import { errorAnswer, tracksAnswer, tracksQuery } from "../schemas.js";
import type { App, RouteParts } from "./routes.js";

export function tracksRoute(app: App, { models }: RouteParts): void {
  app.get(
    "/v1/tracks",
    {
      schema: {
        summary: "Find tracks by title and artist",
        querystring: tracksQuery,
        response: { 200: tracksAnswer, "4xx": errorAnswer },
      },
    },
    async (request) => {
      const { q, limit } = request.query;
      const lease = models.lease();
      try {
        const search = await lease.live.search();
        return {
          bundle: lease.live.version,
          tracks: search.find(q, limit).map(({ track, score }) => ({ ...lease.live.view(track), score })),
        };
      } finally {
        lease.release();
      }
    },
  );
}
