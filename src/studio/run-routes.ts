/** What Runs asks: runs, one run with its picture and tasks, a task's logs, card and artifacts, the grid. */
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { HttpError } from "../serving/index.js";
import { SegueError } from "../system/index.js";
import { type Client, drawRun } from "../workflow/index.js";
import { gridOf } from "./grid.js";

/** No name is made of dots alone. */
const name = z.string().regex(/^(?!\.+$)[\w.-]+$/);
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
  const taskOf = async ({ step, task, ...run }: z.infer<typeof taskPlace>) => {
    const found = runOf(run).task(step, task);
    await orNotFound(found.summary());
    return found;
  };

  typed.get(base, { schema: { hide: true, params: runPlace } }, async ({ params }) => {
    const run = runOf(params);
    const summary = await orNotFound(run.summary());
    const [tasks, picture] = await Promise.all([run.tasks(), drawRun(run)]);
    return { ...summary, tasks, picture };
  });

  typed.get(`${base}/grid`, { schema: { hide: true, params: runPlace } }, async ({ params }) => ({
    grid: (await orNotFound(gridOf(runOf(params)))) ?? null,
  }));

  typed.get(
    `${base}/tasks/:step/:task`,
    { schema: { hide: true, params: taskPlace } },
    async ({ params }) => {
      const task = await taskOf(params);
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
      const card = await (await taskOf(params)).card();
      return reply
        .code(card === undefined ? 404 : 200)
        .header("content-security-policy", "sandbox allow-scripts")
        .type("text/html; charset=utf-8")
        .send(card ?? "This task made no card.");
    },
  );
}

/** What says that there is no such run or task is a 404. */
async function orNotFound<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof SegueError)) throw error;
    throw new HttpError(404, { error: error.message, code: "not-found", hint: error.hint });
  }
}
