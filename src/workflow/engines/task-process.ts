/** One process of a pool: how it is started, told what to do, listened to and ended. */
import { type ChildProcess, fork } from "node:child_process";
import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { besideUrl, memoryFlags } from "../../system/index.js";
import { endGroup, killGroup } from "../processes.js";
import { LineSplitter } from "../task-log.js";
import type { FromChild, ToChild } from "../task-spec.js";
import type { TaskFailure } from "../types.js";
import { type Death, memoryKills, saysNoMemory } from "./lost.js";

/** How long after its end what a process has printed may take to be read. */
const lastWordsMs = 1000;

export interface TaskProcess {
  readonly child: ChildProcess;
  readonly exited: Promise<void>;
  /** As `exited`, once all that it printed has been read. */
  readonly died: Promise<Death>;
  /** The folder of the task that it runs. */
  folder: string | undefined;
  receive: ((message: FromChild) => void) | undefined;
  print: ((stream: "out" | "err", line: string) => void) | undefined;
  /** Set where something threw that an earlier task had left behind in it: it ends, and no task can be done in it. */
  spoiled: TaskFailure | undefined;
  /** The flows that it has loaded, or was told to load. */
  readonly told: Set<string>;
  readonly prepared: Set<string>;
  idle: NodeJS.Timeout | undefined;
  /** Called when its task is done and the task's card written. */
  free: (() => void) | undefined;
}

/** Those of all pools that are not gone. */
const living = new Set<TaskProcess>();

// A command that ends at once, as on the second Ctrl-C, waits for nothing: a task that computes without a pause would outlive it.
process.on("exit", () => {
  for (const worker of living) {
    kill(worker);
    if (worker.folder !== undefined) rmSync(worker.folder, { recursive: true, force: true });
  }
});

export function startProcess(): TaskProcess {
  const child = fork(fileURLToPath(besideUrl(import.meta.url, "../task-entry.js")), {
    // A group of its own: Ctrl-C is the parent's to handle, and what a step starts can be ended with it.
    detached: true,
    serialization: "advanced",
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    execArgv: memoryFlags(),
  });
  const killsBefore = memoryKills();
  let lastWords: string | undefined;
  const exited = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  // Of a process that ended by itself, what its step has started is left.
  void exited.then(() => child.pid !== undefined && endGroup(child.pid));
  const allRead = new Promise<void>((resolve) => child.once("close", () => resolve()));
  // What a step has started in a group of its own lives on, and may hold the pipe open.
  const died = exited
    .then(() => Promise.race([allRead, sleep(lastWordsMs, undefined, { ref: false })]))
    .then((): Death => {
      const { exitCode: code, signalCode: signal } = child;
      return { code, signal, lastWords, systemShortOfMemory: memoryKills() > killsBefore };
    });
  const worker: TaskProcess = {
    child,
    exited,
    died,
    folder: undefined,
    receive: undefined,
    print: undefined,
    spoiled: undefined,
    told: new Set(),
    prepared: new Set(),
    idle: undefined,
    free: undefined,
  };
  living.add(worker);
  void exited.then(() => living.delete(worker));
  child.on("message", (message: FromChild) => {
    if (message.type === "prepared") worker.prepared.add(message.flow);
    else if (message.type === "free") worker.free?.();
    else if (message.type === "spoiled") worker.spoiled = message.error;
    else worker.receive?.(message);
  });
  // What native code prints does not pass through the child's JavaScript and comes this way.
  for (const stream of ["out", "err"] as const) {
    const lines = new LineSplitter((line) => {
      if (stream === "err" && saysNoMemory(line)) lastWords = line;
      worker.print?.(stream, line);
    });
    const pipe = stream === "out" ? child.stdout : child.stderr;
    pipe?.on("data", (chunk: Buffer) => lines.push(chunk));
  }
  return worker;
}

export function tell(worker: TaskProcess, message: ToChild): void {
  // A process that has just died is noticed by its exit.
  if (worker.child.connected) worker.child.send(message, () => {});
}

/** Ends it, and what it has started; does nothing where it is gone. */
export function kill(worker: TaskProcess): void {
  if (worker.child.pid !== undefined && living.has(worker)) killGroup(worker.child.pid);
}
