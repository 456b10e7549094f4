/** The routes of Runs: all runs, one run with its picture and tasks, a task's logs, card and artifacts, and the grid. */
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { HttpError } from "../../serving/index.js";
import { SegueError } from "../../system/index.js";
import {
  type Client,
  drawRun,
  type RunReader,
  type RunRecord,
  type TaskFailure,
} from "../../workflow/index.js";
import { commandAfter, commandAgain, waysOn } from "../../workflow/terminal/run-text/commands.js";
import { ownPlace } from "../../workflow/terminal/run-text/own-place.js";
import { onlyTheme } from "../../workflow/theme.js";
import { gridOf } from "./grid.js";
import type { RunFigures } from "./run-figures.js";

/** Names consist of more than dots, so that they cannot lead out of a folder. */
const name = z.string().regex(/^(?!\.+$)[\w.-]+$/);
const runPlace = z.strictObject({ flow: name, run: name });
const taskPlace = runPlace.extend({ step: name, task: name });
/** The page's theme; default: the system's. */
const look = z.object({ theme: z.enum(["light", "dark"]).optional() });
/** The part of a log that the page already has: the attempt's lines before `from`. */
const logPlace = z.object({ attempt: name.optional(), from: z.coerce.number().int().min(0).optional() });

const mostRuns = 200;
/** How many of its last lines are sent at first. */
const lastLines = 500;

export interface AboutRuns {
  /** Flags that commands about these runs need, such as "--datastore elsewhere"; default: none. */
  readonly flags?: string;
  /**
   * Returns the command that runs a failed run again, which may include flows before it. Default: its flow, and those planned after it.
   */
  readonly again?: (run: RunRecord, error: TaskFailure) => Promise<string | undefined>;
  /** Returns the figures of a run, to compare it with another; default: none. */
  readonly figures?: (run: RunReader) => Promise<RunFigures>;
}

export function runRoutes(
  app: FastifyInstance,
  client: Client | undefined,
  {
    flags = "",
    again = async (run) => commandAgain(run, flags),
    figures = async () => ({ groups: [] }),
  }: AboutRuns,
): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  typed.get("/v1/studio/runs", { schema: { hide: true } }, async () => {
    const { runs, damaged } = client ? await client.runsAndDamage() : { runs: [], damaged: [] };
    return {
      place: client?.store.url,
      flags,
      total: runs.length,
      runs: runs.slice(0, mostRuns),
      damaged: damaged.map(({ message, hint }) => ({ message, hint })),
    };
  });
  if (client === undefined) return;
  const base = "/v1/studio/runs/:flow/:run";
  const runOf = ({ flow, run }: { flow: string; run: string }) => client.flow(flow).run(run);
  const taskOf = async ({ step, task, ...run }: z.infer<typeof taskPlace>) => {
    const found = runOf(run).task(step, task);
    return { found, summary: await orNotFound(found.summary()) };
  };

  typed.get(
    base,
    { schema: { hide: true, params: runPlace, querystring: look } },
    async ({ params, query }) => {
      const run = runOf(params);
      const summary = await orNotFound(run.summary());
      const [record, tasks, picture] = await Promise.all([run.record(), run.tasks(), drawRun(run, query)]);
      const error = summary.failed?.error;
      const commands = {
        flags,
        next: commandAfter({ next: record.next }, {}, flags),
        again: error && (await again(record, error)),
      };
      const isFine = summary.status === "done" || summary.status === "running";
      const goOn = isFine ? [] : waysOn(summary, error, commands);
      return { ...summary, thrownAt: ownPlace(error?.stack), flags, goOn, tasks, picture };
    },
  );

  typed.get(`${base}/grid`, { schema: { hide: true, params: runPlace } }, async ({ params }) => ({
    grid: (await orNotFound(gridOf(runOf(params)))) ?? null,
  }));

  typed.get(`${base}/figures`, { schema: { hide: true, params: runPlace } }, async ({ params }) =>
    figures(runOf(params)),
  );

  typed.get(
    `${base}/tasks/:step/:task`,
    { schema: { hide: true, params: taskPlace, querystring: logPlace } },
    async ({ params, query }) => {
      // The status is read before the log, so that the log of a finished task is complete.
      const { found, summary } = await taskOf(params);
      const { status, error, caught, attempts } = summary;
      const attempt = attempts.at(-1)?.attempt;
      const [lines, card, artifacts] = await Promise.all([
        found.logs(attempt),
        found.card(attempt),
        status === "done" ? found.artifacts() : {},
      ]);
      const isKnown = query.from !== undefined && query.attempt === attempt;
      const from = isKnown ? query.from! : Math.max(0, lines.length - lastLines);
      const log = { from, lines: lines.slice(from).map((line) => line.text) };
      return { status, error, caught, attempt, log, hasCard: card !== undefined, artifacts };
    },
  );

  typed.get(
    `${base}/tasks/:step/:task/card`,
    { schema: { hide: true, params: taskPlace, querystring: look } },
    async ({ params, query: { theme } }, reply) => {
      const card = await (await taskOf(params)).found.card();
      const themed = card && theme ? onlyTheme(card, theme) : card;
      return reply
        .code(card === undefined ? 404 : 200)
        .header("content-security-policy", "sandbox allow-scripts")
        .type("text/html; charset=utf-8")
        .send(themed ?? "This task made no card.");
    },
  );
}

/** Turns a SegueError (no such run or task) into a 404. */
async function orNotFound<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof SegueError)) throw error;
    throw new HttpError(404, { error: error.message, code: "not-found", hint: error.hint });
  }
}
