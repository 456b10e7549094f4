/**
 * The process that runs tasks, one at a time, for as long as its parent wants. It imports the flow's module once. It exits when the
 * parent is gone, since nobody would receive the result.
 */
import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { openStore } from "../../storage/index.js";
import { messageOf, ownerMark, remembered, throttled } from "../../system/index.js";
import type { AnyFlow } from "../flow/flow.js";
import { loadFlow } from "../flow/load-flow.js";
import type { TaskFailure } from "../flow/types.js";
import { keys } from "../records/records.js";
import { ofTasks } from "../running/process-of-tasks.js";
import { leftBehind } from "../running/retry.js";
import { LogRelay } from "./log-relay.js";
import { killGroup } from "./processes.js";
import { LineSplitter, TaskLog } from "./task-log.js";
import { failureOf, runTask } from "./task-runner.js";
import { type FromChild, folderOf, type TaskSpec, type ToChild } from "./task-spec.js";

const { inStep, whose } = ofTasks<TaskSpec>();
const home = process.cwd();
const flows = new Map<string, Promise<AnyFlow>>();
const stores = new Map<string, ReturnType<typeof openStore>>();
let current:
  | { readonly controller: AbortController; readonly spec: TaskSpec; closeLog?: () => Promise<void> }
  | undefined;
/** Set while the process reports its final failure: messages from code that still runs are then dropped. */
let isEnding = false;

const send = (message: FromChild) => {
  // If the parent was killed, "disconnect" follows; without the callback, the failed write would end up in the task's log.
  if (process.connected && !isEnding) process.send!(message, () => {});
};

const flowOf = (module: string, flow: string) =>
  remembered(flows, `${module} ${flow}`, () => unheld(() => loadFlow(module, flow)));

let unheldBy = 0;

/**
 * Runs `work` without letting the parent's IPC channel keep this process alive: if nothing else does, `work` can never finish, and
 * "beforeExit" fires.
 */
async function unheld<Result>(work: () => Promise<Result>): Promise<Result> {
  if (unheldBy++ === 0) process.channel?.unref();
  try {
    return await work();
  } finally {
    if (--unheldBy === 0) process.channel?.ref();
  }
}

/** Redirects output to the task's log and the parent. @returns what undoes it */
function capture(log: TaskLog): () => void {
  const relay = new LogRelay((stream, line, sent) => {
    if (process.connected) process.send!({ type: "log", stream, line } satisfies FromChild, sent);
  });
  const restore = (["out", "err"] as const).map((stream) => {
    const target = stream === "out" ? process.stdout : process.stderr;
    const original = target.write;
    const lines = new LineSplitter((line) => {
      log.write(stream, line);
      relay.pass(stream, line);
    });
    target.write = ((chunk: Uint8Array | string, encoding?: unknown, done?: unknown) => {
      const isEncoded = typeof chunk === "string" && typeof encoding === "string";
      lines.push(isEncoded ? Buffer.from(chunk, encoding as BufferEncoding) : chunk);
      const callback = typeof encoding === "function" ? encoding : done;
      if (typeof callback === "function") process.nextTick(callback as () => void);
      return true;
    }) as typeof target.write;
    return () => {
      lines.end();
      target.write = original;
    };
  });
  return () => {
    for (const undo of restore) undo();
    relay.end();
  };
}

/** Restores the working directory for the next task, in case this one changed it. */
function goHome(): void {
  try {
    process.chdir(home);
  } catch {
    // The folder is gone; that matters only to a task that uses the working directory.
  }
}

async function prepare(module: string, name: string): Promise<void> {
  const flow = await flowOf(module, name);
  await flow.preload?.();
  send({ type: "prepared", flow: name });
}

async function run(spec: TaskSpec): Promise<void> {
  const controller = new AbortController();
  current = { controller, spec };
  const { step, task } = spec.ready;
  try {
    const store = await remembered(stores, spec.store, () => openStore(spec.store, { hasAnswered: true }));
    const log = new TaskLog(store, keys.attempt(spec.flow, spec.run, step, task, spec.attempt, "log"));
    const release = capture(log);
    let closed = false;
    const closeLog = async () => {
      if (closed) return;
      closed = true;
      release();
      await log.close();
    };
    current.closeLog = closeLog;
    const progress = throttled((report) => send({ type: "progress", report }));
    try {
      const flow = await flowOf(spec.module, spec.flow);
      send({ type: "begun" });
      const logStack = (stack: string) => {
        for (const line of stack.split("\n")) log.write("stack", line);
      };
      const outcome = await inStep(spec, () =>
        runTask(flow, spec, store, { progress, signal: controller.signal, logStack, closeLog }),
      );
      await closeLog();
      goHome();
      send(
        "done" in outcome
          ? { type: "done", record: outcome.done }
          : { type: "failed", error: outcome.failed },
      );
      if ("done" in outcome) await outcome.drawn;
      send({ type: "free" });
    } finally {
      await closeLog();
    }
  } catch (error) {
    send({ type: "failed", error: failureOf(error) });
  } finally {
    current = undefined;
  }
}

process.on("message", (message: ToChild) => {
  if (message.type === "run") void run(message.spec);
  // An error in the module is reported by the task that needs it.
  else if (message.type === "prepare") void prepare(message.module, message.flow).catch(() => {});
  else current?.controller.abort({ kind: "error", message: message.why });
});
process.on("disconnect", () => {
  if (current) rmSync(folderOf(current.spec, ownerMark()), { recursive: true, force: true });
  // Including the processes that the step started.
  killGroup(process.pid);
});

/** How long writing the log may take when the process ends. */
const lastLinesMs = 3000;

const lastLines = (closeLog?: () => Promise<void>) =>
  Promise.race([closeLog?.().catch(() => {}), sleep(lastLinesMs)]);

process.on("uncaughtException", (error) => {
  if (isEnding) return;
  isEnding = true;
  // Reported as the failure of the task that caused it; the state of the process can no longer be trusted.
  const stack = error instanceof Error ? error.stack : String(error);
  const earlier = whose();
  const isLeft = earlier !== undefined && earlier !== current?.spec;
  const origin = isLeft
    ? `something that ${earlier.ready.step}/${earlier.ready.task} left behind in this process threw: `
    : "";
  process.stderr.write(`${origin}${stack}\n`);
  const failure: TaskFailure = isLeft
    ? { kind: "lost", code: leftBehind, message: `${origin}${messageOf(error)}` }
    : failureOf(error);
  const message: FromChild = { type: isLeft ? "spoiled" : "failed", error: failure };
  current?.controller.abort(failure);
  void lastLines(current?.closeLog).then(() => {
    if (process.connected) process.send!(message, () => process.exit(1));
    else process.exit(1);
  });
});
// Ctrl-C in a terminal reaches every process; the parent decides what happens.
process.on("SIGINT", () => {});
