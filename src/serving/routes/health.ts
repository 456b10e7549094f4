/**
 * Probes. `/healthz`: the process is alive. `/readyz` and SageMaker's `/ping`: it is ready for requests; 503 once it was told to stop,
 * and while a model whose thread died is being reopened.
 */
import cluster from "node:cluster";
import { z } from "zod";
import type { App, RouteParts } from "./routes.js";

const answer = z.object({ status: z.string(), bundle: z.string().optional() });
const alive = z
  .object({
    status: z.literal("ok"),
    pid: z.number().describe("The process to send signals to"),
  })
  .describe("The process is alive");

export function healthRoutes(app: App, parts: RouteParts & { readonly leaving: () => boolean }): void {
  const open = { config: { open: true } };
  app.get(
    "/healthz",
    {
      ...open,
      schema: { operationId: "healthz", summary: "Is the process alive?", response: { 200: alive } },
    },
    async () => ({ status: "ok" as const, pid: cluster.isWorker ? process.ppid : process.pid }),
  );
  for (const path of ["/readyz", "/ping"]) {
    app.get(
      path,
      {
        ...open,
        schema: {
          operationId: path.slice(1),
          summary: "Should requests be sent here?",
          response: {
            200: answer.describe("Yes"),
            503: answer.describe("No: it was told to stop, or is reopening its model"),
          },
        },
      },
      async (_request, reply) => {
        if (parts.leaving()) return reply.code(503).send({ status: "stopping" });
        const { alive, version } = parts.models.current;
        if (!alive) return reply.code(503).send({ status: "reopening the model" });
        return { status: "ready", bundle: version };
      },
    );
  }
}
