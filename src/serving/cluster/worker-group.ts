/**
 * The workers of a cluster: processes that answer on one port. Starts them, replaces those that die, reloads them one after the other
 * and stops them.
 */
import cluster, { type Worker } from "node:cluster";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { besideUrl, memoryFlags, messageOf, SegueError } from "../../system/index.js";
import { ApiKeys } from "../guards/api-keys.js";
import { RateLimit } from "../guards/rate-limit.js";
import { createLogger } from "../log.js";
import type { BundleOptions } from "../model/bundle-source.js";
import type { EndpointSettings } from "../options.js";
import { type AdminParts, type ReloadResult, renewAndReload } from "../routes/admin.js";
import { ClusterCounts, type Counts } from "./cluster-counts.js";
import { type Channel, ProcessCalls } from "./process-calls.js";

/** The options sent to each worker. */
export interface WorkerOptions extends EndpointSettings, BundleOptions {
  readonly bundle: string;
  readonly host?: string;
  readonly port?: number;
}

/** A running worker. */
interface Member {
  readonly worker: Worker;
  readonly calls: ProcessCalls;
  readonly started: number;
}

/** Milliseconds before a dead worker is replaced; doubles each time one dies early. */
const leastPause = 100;
const longestPause = 10_000;

export class WorkerGroup {
  readonly #options: WorkerOptions;
  readonly #renewKeys: AdminParts["renewKeys"];
  readonly #members = new Map<number, Member>();
  readonly #counts = new ClusterCounts<Member>(({ calls }) => calls.call<Counts>("counts"));
  /** Counted here, since a client's connections may go to any worker. */
  readonly #limit: RateLimit;
  readonly #logger: ReturnType<typeof createLogger>;
  readonly #keys: ApiKeys;
  #apiKeys: readonly string[];
  #reloads = 0;
  #pause = leastPause;
  #leaving = false;
  readonly #stopping = new AbortController();

  /** @param renewKeys see `AdminParts` */
  constructor(options: WorkerOptions, renewKeys: AdminParts["renewKeys"]) {
    this.#options = options;
    this.#renewKeys = renewKeys;
    this.#limit = new RateLimit(options.rateLimit ?? Number.POSITIVE_INFINITY);
    this.#logger = createLogger(options.logLevel);
    this.#apiKeys = options.apiKeys ?? [];
    this.#keys = new ApiKeys(this.#apiKeys);
    cluster.setupPrimary({
      exec: fileURLToPath(besideUrl(import.meta.url, "./endpoint-worker.js")),
      args: [],
      execArgv: memoryFlags(),
    });
  }

  /** Starts another worker and waits until it answers. Returns its URL. */
  async add(): Promise<string> {
    const worker = cluster.fork();
    // Messages sent before the worker listens for them would be lost, so it says when it does.
    let listens = () => {};
    const listening = new Promise<void>((resolve) => {
      listens = resolve;
    });
    const ended = new Promise<never>((_, reject) => {
      worker.once("exit", (code, signal) => reject(endedEarly(code, signal)));
    });
    // Once the worker answers, nothing awaits this promise.
    ended.catch(() => {});
    const calls = new ProcessCalls(worker as unknown as Channel, {
      listens: () => listens(),
      reload: () => renewAndReload(this.#renewKeys, () => this.reload()),
      metrics: () => this.#counts.gather([...this.#members.values()]),
      take: (client) => this.#limit.take(client as string, performance.now()),
    });
    worker.on("exit", (code, signal) => this.#died(worker, code, signal));
    try {
      await Promise.race([listening, ended]);
      const url = await this.#start(calls);
      this.#members.set(worker.id, { worker, calls, started: performance.now() });
      return url;
    } catch (error) {
      worker.process.kill("SIGKILL");
      // How the worker ended says more than the failed call.
      throw worker.isConnected() ? error : await ended;
    }
  }

  async #start(calls: ProcessCalls): Promise<string> {
    let told = this.#apiKeys;
    let seen = this.#reloads;
    const { url } = await calls.call<{ url: string }>("start", { ...this.#options, apiKeys: told });
    // Keys or the model may have changed while the worker was opening its model. A damaged model was refused by the other workers too.
    while (told !== this.#apiKeys || seen !== this.#reloads) {
      if (told !== this.#apiKeys) {
        told = this.#apiKeys;
        await calls.call("useApiKeys", told);
      } else {
        seen = this.#reloads;
        await calls.call("reload").catch(() => {});
      }
    }
    if (this.#leaving) await calls.call("leave");
    return url;
  }

  #died(worker: Worker, code: number, signal: string): void {
    const member = this.#members.get(worker.id);
    this.#members.delete(worker.id);
    if (this.#stopping.signal.aborted || member === undefined) return;
    this.#counts.leave(member);
    this.#logger.error({ worker: worker.process.pid, code, signal }, "a worker died; starting another");
    const lived = performance.now() - member.started;
    void this.#replaceAfter(lived > longestPause ? leastPause : 2 * this.#pause);
  }

  async #replaceAfter(milliseconds: number): Promise<void> {
    this.#pause = Math.min(longestPause, milliseconds);
    const { signal } = this.#stopping;
    try {
      // Ended by a stop: it would keep this process alive.
      await wait(this.#pause, undefined, { signal });
      await this.add();
    } catch (error) {
      if (signal.aborted) return;
      this.#logger.error({ reason: messageOf(error) }, "a worker could not start");
      void this.#replaceAfter(2 * this.#pause);
    }
  }

  async reload(): Promise<ReloadResult> {
    this.#reloads++;
    const results: ReloadResult[] = [];
    for (const { worker, calls } of [...this.#members.values()]) {
      try {
        results.push(await calls.call<ReloadResult>("reload"));
      } catch (error) {
        // A worker that died meanwhile does not fail the reload: its replacement opens the new model.
        if (worker.isConnected()) throw error;
      }
    }
    return { version: results[0]?.version ?? "", changed: results.some((result) => result.changed) };
  }

  async useApiKeys(next: readonly string[]): Promise<void> {
    this.#keys.replace(next);
    this.#apiKeys = next;
    await this.#tellAll("useApiKeys", next);
  }

  /** All workers report from now on that they are not ready, and still answer requests. */
  async leave(): Promise<void> {
    this.#leaving = true;
    await this.#tellAll("leave");
  }

  refuse(): Promise<void> {
    return this.#tellAll("refuse");
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    // A worker that is still starting has no requests yet.
    for (const worker of Object.values(cluster.workers ?? {})) {
      if (worker !== undefined && !this.#members.has(worker.id)) worker.process.kill("SIGKILL");
    }
    // All must refuse before one tells its clients to leave, or they would reconnect to one that is about to refuse.
    await this.refuse();
    const { drainTimeout = 10_000 } = this.#options;
    await Promise.all([...this.#members.values()].map((member) => stop(member, drainTimeout)));
  }

  /** Ignores workers that died meanwhile. */
  async #tellAll(call: "leave" | "refuse" | "useApiKeys", argument?: unknown): Promise<void> {
    const all = [...this.#members.values()];
    await Promise.all(all.map(({ calls }) => calls.call(call, argument).catch(() => {})));
  }
}

function endedEarly(code: number | null, signal: string | null): SegueError {
  const hint =
    signal === "SIGKILL" ? "it may have run out of memory: use fewer --workers, or more memory" : undefined;
  return new SegueError(`a worker ended before it could start (${signal ?? `exit code ${code}`})`, { hint });
}

/** Lets a worker finish its requests in flight; kills it if it does not. */
async function stop({ worker, calls }: Member, drainTimeout: number): Promise<void> {
  const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  const late = setTimeout(() => worker.process.kill("SIGKILL"), drainTimeout + 2_000);
  await calls.call("stop").catch(() => {});
  await ended;
  clearTimeout(late);
}
