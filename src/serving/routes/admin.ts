/** `/metrics` for Prometheus, and `POST /admin/reload`, which is there only for holders of an API key. */
import { z } from "zod";
import { explainDiskError, SegueError } from "../../system/index.js";
import type { ApiKeys } from "../api-keys.js";
import { HttpError, refuseQuery } from "../http-error.js";
import type { EndpointMetrics } from "../metrics.js";
import { errorAnswer, errorAnswers } from "../schemas.js";
import type { App } from "./routes.js";

export interface ReloadResult {
  /** Of the model that answers now. */
  readonly version: string;
  /** Whether another one answered before. */
  readonly changed: boolean;
  /** Why the API keys stay as they were, where they should have been read again and could not be. */
  readonly keys_kept?: string;
}

export interface AdminParts {
  /** Opens the bundle again; absent where the model came from elsewhere. */
  readonly reload?: () => Promise<ReloadResult>;
  /**
   * Reads the API keys again before it does, as SIGHUP does; default: they stay. Never fails: those before stay where it cannot, and it
   * says why.
   */
  readonly renewKeys?: () => Promise<string | undefined>;
  /** The text for /metrics where it is gathered from several processes. */
  readonly gatherMetrics?: () => Promise<string>;
}

export function adminRoutes(
  app: App,
  parts: AdminParts & { readonly keys: ApiKeys; readonly metrics: EndpointMetrics },
): void {
  const { registry } = parts.metrics;
  app.get(
    "/metrics",
    {
      schema: {
        operationId: "metrics",
        summary: "Metrics, in Prometheus's text format",
        response: {
          200: {
            description: "What was counted since the start",
            content: { "text/plain": { schema: z.string() } },
          },
          "4xx": errorAnswers["4xx"],
        },
      },
    },
    async (_request, reply) => {
      reply.type(registry.contentType);
      return parts.gatherMetrics === undefined ? registry.metrics() : parts.gatherMetrics();
    },
  );
  app.post(
    "/admin/reload",
    {
      onRequest: refuseQuery,
      schema: {
        operationId: "reload",
        summary:
          "Open the bundle again and answer from it, and read the API keys again; needs an API key to be set",
        response: {
          200: z
            .object({
              version: z.string().describe("Of the bundle that answers from now on"),
              changed: z.boolean().describe("Whether that is another one than before"),
              keys_kept: z
                .string()
                .optional()
                .describe("Why the API keys stay as they were, where they could not be read again"),
            })
            .describe("The bundle was opened and answers"),
          "4xx": errorAnswers["4xx"],
          500: errorAnswer.describe(
            "The bundle cannot be used, and why; the one before it goes on answering",
          ),
          503: errorAnswer.describe("The endpoint is stopping"),
        },
      },
    },
    async () => {
      if (!parts.keys.required || parts.reload === undefined) {
        throw new HttpError(403, {
          error: "reloading by request needs an endpoint with API keys",
          code: "forbidden",
          hint: "send SIGHUP to its process instead, or start it with --api-key-file",
        });
      }
      return renewAndReload(parts.renewKeys, parts.reload).catch((thrown: unknown) => {
        throw refusal(thrown);
      });
    },
  );
}

/** The keys first: a bundle that cannot be used must not keep them from being changed. */
export async function renewAndReload(
  renewKeys: AdminParts["renewKeys"],
  reload: () => Promise<ReloadResult>,
): Promise<ReloadResult> {
  const keysKept = await renewKeys?.();
  return { ...(await reload()), ...(keysKept === undefined ? {} : { keys_kept: keysKept }) };
}

/**
 * Why no other model answers now, as the command line says it: whoever may reload may know. It is never the request's own fault,
 * not even where the error is one of misuse. What is no `SegueError` is a bug, and stays one.
 */
function refusal(thrown: unknown): unknown {
  const error = explainDiskError(thrown);
  if (!(error instanceof SegueError)) return thrown;
  const { message, hint, code = "reload-failed" } = error;
  return new HttpError(code === "stopping" ? 503 : 500, { error: message, code, hint });
}
