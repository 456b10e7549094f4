/** What Runs asks: runs, one run with its picture and tasks, a task's logs, card and artifacts, the grid. */
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { type Client, drawRun } from "../workflow/index.js";
import { gridOf } from "./grid.js";

const name = z.string().regex(/^[\w.-]+$/);
const runPlace = z.strictObject({ flow: name, run: name });
const taskPlace = runPlace.extend({ step: name, task: name });

export function runRoutes(app: FastifyInstance, client: Client | undefined): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  typed.get("/v1/studio/runs", { schema: { hide: true } }, async () => ({
    place: client?.store.url,
    runs: client ? await client.runs({ limit: 200 }) : [],
  }));
  if (client === undefined) return;
  const base = "/v1/studio/runs/:flow/:run";
  const runOf = ({ flow, run }: { flow: string; run: string }) => client.flow(flow).run(run);

  typed.get(base, { schema: { hide: true, params: runPlace } }, async ({ params }) => {
    const run = runOf(params);
    const [summary, tasks, picture] = await Promise.all([run.summary(), run.tasks(), drawRun(run)]);
    return { ...summary, tasks, picture };
  });

  typed.get(`${base}/grid`, { schema: { hide: true, params: runPlace } }, async ({ params }) => ({
    grid: (await gridOf(runOf(params))) ?? null,
  }));

  typed.get(
    `${base}/tasks/:step/:task`,
    { schema: { hide: true, params: taskPlace } },
    async ({ params }) => {
      const task = runOf(params).task(params.step, params.task);
      const [logs, card, artifacts] = await Promise.all([
        task.logs().catch(() => []),
        task.card().catch(() => undefined),
        task.artifacts().catch(() => ({})),
      ]);
      return { logs: logs.slice(-500), hasCard: card !== undefined, artifacts };
    },
  );

  typed.get(
    `${base}/tasks/:step/:task/card`,
    { schema: { hide: true, params: taskPlace } },
    async ({ params }, reply) => {
      const card = await runOf(params).task(params.step, params.task).card();
      return reply
        .code(card === undefined ? 404 : 200)
        .header("content-security-policy", "sandbox allow-scripts")
        .type("text/html; charset=utf-8")
        .send(card ?? "This task made no card.");
    },
  );
}
