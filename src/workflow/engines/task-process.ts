/** One process of a pool: starts it, exchanges messages with it, and kills it. */
import { type ChildProcess, fork } from "node:child_process";
import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { besideUrl, memoryFlags, ownerMark } from "../../system/index.js";
import type { TaskFailure } from "../flow/types.js";
import { endGroup, killGroup, residentMb } from "../task/processes.js";
import { LineSplitter } from "../task/task-log.js";
import type { FromChild, ToChild } from "../task/task-spec.js";
import { type Death, memoryKills, saysNoMemory } from "./lost.js";

/** How long reading a process's remaining output may take after its end. */
const lastWordsMs = 1000;

/** How often to note a process's memory, which nobody can tell once it is dead. */
const lookEveryMs = 500;

export interface TaskProcess {
  readonly child: ChildProcess;
  /** Its mark, in the names of its tasks' folders. */
  readonly owner: string;
  readonly exited: Promise<void>;
  /** Settles after `exited`, once all its output has been read. */
  readonly died: Promise<Death>;
  /** The folder of the current task. */
  folder: string | undefined;
  receive: ((message: FromChild) => void) | undefined;
  print: ((stream: "out" | "err", line: string) => void) | undefined;
  /** Set if something that an earlier task left behind threw: the process then ends. */
  spoiled: TaskFailure | undefined;
  /** The flows that it was told to load in advance; `prepared` has those that it has loaded. */
  readonly told: Set<string>;
  readonly prepared: Set<string>;
  idle: NodeJS.Timeout | undefined;
  /** Called when its task is done and the card is written. */
  free: (() => void) | undefined;
}

/** The living processes of all pools. */
const living = new Set<TaskProcess>();

// When the command exits at once, as on a second Ctrl-C, a busy task would outlive it.
process.on("exit", () => {
  for (const worker of living) {
    kill(worker);
    if (worker.folder !== undefined) rmSync(worker.folder, { recursive: true, force: true });
  }
});

export function startProcess(): TaskProcess {
  const child = fork(fileURLToPath(besideUrl(import.meta.url, "../task/task-entry.js")), {
    // Its own process group: the parent handles Ctrl-C, and processes that a step starts can be killed with it.
    detached: true,
    serialization: "advanced",
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    execArgv: memoryFlags(),
  });
  const killsBefore = memoryKills();
  let lastWords: string | undefined;
  let heldMb = 0;
  const looking = setInterval(() => {
    heldMb = residentMb(child.pid!) || heldMb;
  }, lookEveryMs).unref();
  const exited = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  void exited.then(() => clearInterval(looking));
  // Also kills what the step started, if the process ended by itself.
  void exited.then(() => child.pid !== undefined && endGroup(child.pid));
  const allRead = new Promise<void>((resolve) => child.once("close", () => resolve()));
  // A process that the step started in another group lives on, and may keep the pipe open.
  const died = exited
    .then(() => Promise.race([allRead, sleep(lastWordsMs, undefined, { ref: false })]))
    .then((): Death => {
      const { exitCode: code, signalCode: signal } = child;
      return { code, signal, lastWords, systemShortOfMemory: memoryKills() > killsBefore, heldMb };
    });
  const worker: TaskProcess = {
    child,
    owner: ownerMark(child.pid),
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
  // Output of native code does not pass through the child's JavaScript, so it arrives here.
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
  // If the process has just died, its exit event will say so.
  if (worker.child.connected) worker.child.send(message, () => {});
}

/** Kills the process and what it has started; does nothing if it is gone. */
export function kill(worker: TaskProcess): void {
  if (worker.child.pid !== undefined && living.has(worker)) killGroup(worker.child.pid);
}
