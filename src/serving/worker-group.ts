/**
 * The workers of a cluster: processes that answer on one port. They are started, replaced where they die, reloaded one after the other, and
 * ended.
 */
import cluster, { type Worker } from "node:cluster";
import { fileURLToPath } from "node:url";
import { besideUrl, memoryFlags, messageOf, SegueError } from "../system/index.js";
import { ApiKeys } from "./api-keys.js";
import type { BundleOptions } from "./bundle-source.js";
import { ClusterCounts, type Counts } from "./cluster-counts.js";
import { createLogger } from "./log.js";
import type { EndpointSettings } from "./options.js";
import { type Channel, ProcessCalls } from "./process-calls.js";
import { RateLimit } from "./rate-limit.js";
import { type AdminParts, type ReloadResult, renewAndReload } from "./routes/admin.js";

/** What one worker is told. */
export interface WorkerOptions extends EndpointSettings, BundleOptions {
  readonly bundle: string;
  readonly host?: string;
  readonly port?: number;
}

/** A worker that answers. */
interface Member {
  readonly worker: Worker;
  readonly calls: ProcessCalls;
  readonly started: number;
}

/** Milliseconds before a worker that has died is replaced: more each time that they die soon. */
const leastPause = 100;
const longestPause = 10_000;

export class WorkerGroup {
  readonly #options: WorkerOptions;
  readonly #renewKeys: AdminParts["renewKeys"];
  readonly #members = new Map<number, Member>();
  readonly #counts = new ClusterCounts<Member>(({ calls }) => calls.call<Counts>("counts"));
  /** Connections of one client may be any worker's, so the counts are here. */
  readonly #limit: RateLimit;
  readonly #logger: ReturnType<typeof createLogger>;
  readonly #keys: ApiKeys;
  #apiKeys: readonly string[];
  #reloads = 0;
  #pause = leastPause;
  #leaving = false;
  #stopping = false;

  /** @param renewKeys as `AdminParts` has it */
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

  /** Starts one more, and waits until it answers: at the URL that is returned. */
  async add(): Promise<string> {
    const worker = cluster.fork();
    // What is sent before the worker listens would be lost: it says when it does.
    let listens = () => {};
    const listening = new Promise<void>((resolve) => {
      listens = resolve;
    });
    const ended = new Promise<never>((_, reject) => {
      worker.once("exit", (code, signal) => reject(endedEarly(code, signal)));
    });
    // Once it answers nobody waits for that here.
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
      // That a call found nobody says less than how the worker ended.
      throw worker.isConnected() ? error : await ended;
    }
  }

  async #start(calls: ProcessCalls): Promise<string> {
    let told = this.#apiKeys;
    let seen = this.#reloads;
    const { url } = await calls.call<{ url: string }>("start", { ...this.#options, apiKeys: told });
    // Others may have come while it opened its model, and so may another model. One that is damaged nobody has taken.
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
    if (this.#stopping || member === undefined) return;
    this.#counts.leave(member);
    this.#logger.error({ worker: worker.process.pid, code, signal }, "a worker died; starting another");
    const lived = performance.now() - member.started;
    this.#replaceAfter(lived > longestPause ? leastPause : 2 * this.#pause);
  }

  #replaceAfter(milliseconds: number): void {
    this.#pause = Math.min(longestPause, milliseconds);
    setTimeout(() => void this.#replace(), this.#pause);
  }

  async #replace(): Promise<void> {
    if (this.#stopping) return;
    try {
      await this.add();
    } catch (error) {
      this.#logger.error({ reason: messageOf(error) }, "a worker could not start");
      this.#replaceAfter(2 * this.#pause);
    }
  }

  async reload(): Promise<ReloadResult> {
    this.#reloads++;
    const results: ReloadResult[] = [];
    for (const { worker, calls } of [...this.#members.values()]) {
      try {
        results.push(await calls.call<ReloadResult>("reload"));
      } catch (error) {
        // One that has died meanwhile keeps it from nobody: another one opens it in its place.
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

  /** All say from here on that requests should go elsewhere, and answer those that come. */
  async leave(): Promise<void> {
    this.#leaving = true;
    await this.#tellAll("leave");
  }

  refuse(): Promise<void> {
    return this.#tellAll("refuse");
  }

  async close(): Promise<void> {
    this.#stopping = true;
    // One that is still starting has nobody to answer yet.
    for (const worker of Object.values(cluster.workers ?? {})) {
      if (worker !== undefined && !this.#members.has(worker.id)) worker.process.kill("SIGKILL");
    }
    // All refuse before any of them tells its clients to leave: they would come back to one that is about to refuse.
    await this.refuse();
    const { drainTimeout = 10_000 } = this.#options;
    await Promise.all([...this.#members.values()].map((member) => stop(member, drainTimeout)));
  }

  /** One that has died meanwhile needs not be told. */
  async #tellAll(call: "leave" | "refuse" | "useApiKeys", argument?: unknown): Promise<void> {
    const all = [...this.#members.values()];
    await Promise.all(all.map(({ calls }) => calls.call(call, argument).catch(() => {})));
  }
}

function endedEarly(code: number | null, signal: string | null): SegueError {
  const hint =
    signal === "SIGKILL" ? "was there not enough memory? Then fewer --workers, or more memory" : undefined;
  return new SegueError(`a worker ended before it could start (${signal ?? `exit code ${code}`})`, { hint });
}

/** Lets a worker finish what it has in flight; one that does not is ended. */
async function stop({ worker, calls }: Member, drainTimeout: number): Promise<void> {
  const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  const late = setTimeout(() => worker.process.kill("SIGKILL"), drainTimeout + 2_000);
  await calls.call("stop").catch(() => {});
  await ended;
  clearTimeout(late);
}
