/** What should play next, how a playlist goes on, and which tracks there are: questions to the model in the endpoint's own form. */
import { refuseBrokenEscapes, refuseQuery } from "../http/refusals.js";
import {
  errorAnswers,
  extendAnswer,
  extendRequest,
  recommendAnswer,
  recommendRequest,
  tracksAnswer,
  tracksQuery,
} from "../schemas.js";
import { type App, answered, type RouteParts } from "./routes.js";

export function questionRoutes(app: App, parts: RouteParts): void {
  app.post(
    "/v1/recommend",
    {
      onRequest: refuseQuery,
      schema: {
        operationId: "recommend",
        summary: "What should play next",
        body: recommendRequest,
        response: { 200: recommendAnswer.describe("What should play next"), ...errorAnswers },
      },
    },
    (request, reply) => answered(parts, { of: "recommend", request: request.body }, reply),
  );
  app.post(
    "/v1/playlists/extend",
    {
      onRequest: refuseQuery,
      schema: {
        operationId: "extendPlaylist",
        summary: "Extend a playlist, or create one from a title",
        body: extendRequest,
        response: { 200: extendAnswer.describe("What to add to the playlist"), ...errorAnswers },
      },
    },
    (request, reply) => answered(parts, { of: "extend", request: request.body }, reply),
  );
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
