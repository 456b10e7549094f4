/** `POST /v1/playlists/extend`: the next n tracks of a playlist, each chosen after the one before it. */
import { refuseQuery } from "../http/refusals.js";
import { errorAnswers, extendAnswer, extendRequest } from "../schemas.js";
import { type App, answered, type RouteParts } from "./routes.js";

export function extendRoute(app: App, parts: RouteParts): void {
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
}
