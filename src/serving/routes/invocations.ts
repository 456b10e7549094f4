/**
 * `POST /invocations`: TensorFlow Serving's predict API, as SageMaker forwards it, in place of the original's served model.
 * Unknown tracks get the recommender's fallback: tracks by the artist if the model knows it, else popular ones.
 */
import type { z } from "zod";
import { HttpError } from "../http/http-error.js";
import { refuseQuery } from "../http/refusals.js";
import { readTextBodies } from "../http/request-body.js";
import { errorAnswers, invocationsAnswer, invocationsRequest } from "../schemas.js";
import { csvRequest, jsonLinesRequest } from "./invocation-lines.js";
import { type App, answered, type RouteParts } from "./routes.js";

const lines = {
  "application/jsonlines": { schema: jsonLinesRequest },
  "text/csv": { schema: csvRequest },
};

export async function invocationsRoute(app: App, parts: RouteParts): Promise<void> {
  // Its own Fastify scope: no other route reads lines.
  await app.register(async (room: App) => {
    readTextBodies(room, Object.keys(lines));
    room.post(
      "/invocations",
      {
        onRequest: refuseQuery,
        schema: {
          operationId: "invocations",
          summary: "What should follow each track, in TensorFlow Serving's row or column form",
          body: { content: { "application/json": { schema: invocationsRequest }, ...lines } },
          response: {
            200: invocationsAnswer.describe(
              "Rows for the row form and for lines, columns for the column form",
            ),
            ...errorAnswers,
          },
        },
      },
      ({ body }, reply) => {
        // Without a Content-Type, none of the schemas has been applied.
        if (body === undefined || body === null) {
          throw new HttpError(400, {
            error: "the request has no body",
            code: "empty-body",
            hint: 'send {"instances": ["Artist-Track"]}',
          });
        }
        return answered(
          parts,
          { of: "invocations", request: body as z.output<typeof invocationsRequest> },
          reply,
        );
      },
    );
  });
}
