/** `GET /v1/tracks?q=`: finds tracks by words in titles and artists. */
import { refuseBrokenEscapes } from "../http/refusals.js";
import { errorAnswers, tracksAnswer, tracksQuery } from "../schemas.js";
import { type App, answered, type RouteParts } from "./routes.js";

export function tracksRoute(app: App, parts: RouteParts): void {
  app.get(
    "/v1/tracks",
    {
      onRequest: refuseBrokenEscapes,
      schema: {
        operationId: "findTracks",
        summary: "Find tracks by title and artist",
        querystring: tracksQuery,
        response: { 200: tracksAnswer.describe("The tracks found, the best match first"), ...errorAnswers },
      },
    },
    (request, reply) => answered(parts, { of: "tracks", request: request.query }, reply),
  );
}
