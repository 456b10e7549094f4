/**
 * `POST /invocations`: TensorFlow Serving's predict API, as SageMaker forwards it, in place of the original's served model.
 * An unknown track is answered by the recommender's fall-back: its artist where that is known, else what is popular.
 */
import { errorAnswers, invocationsAnswer, invocationsRequest } from "../schemas.js";
import { type App, answered, type RouteParts } from "./routes.js";

export function invocationsRoute(app: App, parts: RouteParts): void {
  app.post(
    "/invocations",
    {
      schema: {
        operationId: "invocations",
        summary: "Nearest tracks, in TensorFlow Serving's row or column form",
        body: invocationsRequest,
        response: { 200: invocationsAnswer, ...errorAnswers },
      },
    },
    (request, reply) => answered(parts, { of: "invocations", request: request.body }, reply),
  );
}
