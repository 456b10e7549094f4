/** `POST /v1/recommend`: what should play next after these tracks. */
import { refuseQuery } from "../http/refusals.js";
import { errorAnswers, recommendAnswer, recommendRequest } from "../schemas.js";
import { type App, answered, type RouteParts } from "./routes.js";

export function recommendRoute(app: App, parts: RouteParts): void {
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
}
