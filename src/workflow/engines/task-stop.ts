/** Stops a running task: tells it, and kills its process unless it ends by itself within the grace of its step. */
import type { TaskFailure } from "../flow/types.js";
import type { TaskSpec } from "../task/task-spec.js";
import { kill, type TaskProcess, tell } from "./task-process.js";

/** How many seconds a stopped process may take to end by itself before it is killed, unless its step sets `grace`. */
const graceSeconds = 1;

export class TaskStop {
  readonly #worker: TaskProcess;
  readonly #ready: TaskSpec["ready"];
  #why: TaskFailure | undefined;
  #late: NodeJS.Timeout | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(worker: TaskProcess, ready: TaskSpec["ready"]) {
    this.#worker = worker;
    this.#ready = ready;
  }

  /** Why the task was stopped first, if it was. */
  get why(): TaskFailure | undefined {
    return this.#why;
  }

  now(why: TaskFailure): void {
    this.#why ??= why;
    tell(this.#worker, { type: "cancel", why: why.message });
    const grace = this.#ready.node.grace ?? graceSeconds;
    this.#late ??= setTimeout(() => kill(this.#worker), grace * 1000).unref();
  }

  /** Stops the task once the timeout of its step, if it has one, is over. */
  afterTimeout(): void {
    const { step, node } = this.#ready;
    if (node.timeout === undefined) return;
    const message = `step "${step}" took longer than its timeout of ${node.timeout} s`;
    const hint = "give it more time: timeout on the step";
    this.#timer = setTimeout(() => this.now({ kind: "timeout", message, hint }), node.timeout * 1000);
  }

  /** The task is over: nothing more is to be stopped. */
  end(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#late);
  }
}
