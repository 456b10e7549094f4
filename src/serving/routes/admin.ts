/** `/metrics` for Prometheus, and `POST /admin/reload`, which works only on endpoints with API keys. */
import { z } from "zod";
import { explainDiskError, SegueError } from "../../system/index.js";
import type { ApiKeys } from "../guards/api-keys.js";
import { HttpError } from "../http/http-error.js";
import { refuseQuery } from "../http/refusals.js";
import type { EndpointMetrics } from "../metrics.js";
import { errorAnswer, errorAnswers } from "../schemas.js";
import type { App } from "./routes.js";

export interface ReloadResult {
  /** The version of the model that answers now. */
  readonly version: string;
  /** Whether a different version answered before. */
  readonly changed: boolean;
  /** Why the API keys could not be reread; the previous ones stay. */
  readonly keys_kept?: string;
}

export interface AdminParts {
  /** Reopens the bundle. Default: if `model` is a source, reopens that; a model in memory cannot be reloaded by request. */
  readonly reload?: () => Promise<ReloadResult>;
  /**
   * Rereads the API keys before a reload, as on SIGHUP; default: they stay. Must not throw: if the keys cannot be read, it returns why,
   * and the previous ones stay.
   */
  readonly renewKeys?: () => Promise<string | undefined>;
  /** Returns the text for /metrics, summed over several processes. Default: this process's metrics. */
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
            description: "Counts since the start",
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
        summary: "Reopen the bundle and reread the API keys; only on endpoints with API keys",
        response: {
          200: z
            .object({
              version: z.string().describe("The version of the bundle that answers from now on"),
              changed: z.boolean().describe("Whether it differs from the previous one"),
              keys_kept: z
                .string()
                .optional()
                .describe("Why the API keys could not be reread; the previous ones stay"),
            })
            .describe("The bundle was reopened and answers"),
          "4xx": errorAnswers["4xx"],
          500: errorAnswer.describe("Why the bundle cannot be used; the previous one goes on answering"),
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

/** Renews the keys first, so that a damaged bundle does not keep them from being replaced. */
export async function renewAndReload(
  renewKeys: AdminParts["renewKeys"],
  reload: () => Promise<ReloadResult>,
): Promise<ReloadResult> {
  const keys_kept = await renewKeys?.();
  // A worker's reload brings the answer of the primary, which renews the keys.
  return { keys_kept, ...(await reload()) };
}

/**
 * Turns a failed reload into an answer with the same message as on the command line: a client with a key may know the reason. It is never
 * a 4xx, not even for misuse: the request itself was right. Other errors than `SegueError` are bugs, and stay unchanged.
 */
function refusal(thrown: unknown): unknown {
  const error = explainDiskError(thrown);
  if (!(error instanceof SegueError)) return thrown;
  const { message, hint, code = "reload-failed" } = error;
  return new HttpError(code === "stopping" ? 503 : 500, { error: message, code, hint });
}
