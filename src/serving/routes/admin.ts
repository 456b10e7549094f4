/** `/metrics` for Prometheus, and `POST /admin/reload`, which is there only for holders of an API key. */
import { z } from "zod";
import { HttpError } from "../http-error.js";
import type { EndpointMetrics } from "../metrics.js";
import type { EndpointSettings } from "../options.js";
import { errorAnswer } from "../schemas.js";
import type { App } from "./routes.js";

export interface ReloadResult {
  readonly version: string;
  readonly changed: boolean;
}

export interface AdminParts {
  /** Opens the bundle again; absent where the model came from elsewhere. */
  readonly reload?: () => Promise<ReloadResult>;
  /** The text for /metrics where it is gathered from several processes. */
  readonly gatherMetrics?: () => Promise<string>;
}

export function adminRoutes(
  app: App,
  parts: AdminParts & { readonly settings: EndpointSettings; readonly metrics: EndpointMetrics },
): void {
  const { registry } = parts.metrics;
  app.get(
    "/metrics",
    { schema: { summary: "Metrics, in Prometheus's text format" } },
    async (_request, reply) => {
      reply.type(registry.contentType);
      return parts.gatherMetrics === undefined ? registry.metrics() : parts.gatherMetrics();
    },
  );
  app.post(
    "/admin/reload",
    {
      schema: {
        summary: "Open the bundle again and answer from it; needs an API key to be set",
        response: { 200: z.object({ version: z.string(), changed: z.boolean() }), "4xx": errorAnswer },
      },
    },
    async () => {
      if ((parts.settings.apiKeys ?? []).length === 0 || parts.reload === undefined) {
        throw new HttpError(403, {
          error: "reloading by request needs an endpoint with API keys",
          code: "forbidden",
          hint: "send SIGHUP to its process instead, or start it with --api-key-file",
        });
      }
      return parts.reload();
    },
  );
}
