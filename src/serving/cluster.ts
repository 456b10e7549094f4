/**
 * Several processes on one port (node:cluster): this one holds the port and hands connections round, starts workers, replaces
 * those that die, and reloads them one after the other.
 */
import cluster, { type Worker } from "node:cluster";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { besideUrl, memoryFlags, messageOf, SegueError } from "../system/index.js";
import { ApiKeys } from "./api-keys.js";
import { type BundleOptions, bundleSource } from "./bundle-source.js";
import { checkSettings } from "./check-settings.js";
import { ClusterCounts, type Counts } from "./cluster-counts.js";
import { createLogger } from "./log.js";
import { watchSource } from "./model-source.js";
import type { EndpointSettings } from "./options.js";
import { type Channel, ProcessCalls } from "./process-calls.js";
import { RateLimit } from "./rate-limit.js";
import { type AdminParts, type ReloadResult, renewAndReload } from "./routes/admin.js";
import type { RunningServer } from "./server.js";

/** What one worker is told. */
export interface WorkerOptions extends EndpointSettings, BundleOptions {
  readonly bundle: string;
  readonly host?: string;
  readonly port?: number;
}

export interface ClusterOptions extends WorkerOptions {
  readonly workers: number;
  readonly watchInterval?: number;
  /** As `AdminParts` has it. */
  readonly renewKeys?: AdminParts["renewKeys"];
  /** Where it is aborted while workers are started, no more are: whoever aborts it is about to close those that there are. */
  readonly signal?: AbortSignal;
}

interface Member {
  readonly worker: Worker;
  readonly calls: ProcessCalls;
  readonly started: number;
}

const others: Readonly<Record<Exclude<keyof ClusterOptions, keyof EndpointSettings>, true>> = {
  bundle: true,
  host: true,
  port: true,
  renewKeys: true,
  signal: true,
  watchInterval: true,
  workers: true,
};

const longestPause = 10_000;

export async function startCluster(options: ClusterOptions): Promise<RunningServer> {
  const { workers, watchInterval = 0, drainDelay = 0, renewKeys, signal, ...workerOptions } = options;
  checkSettings(options, others);
  // Connections of one client may be any worker's, so the counts are here.
  const limit = new RateLimit(options.rateLimit ?? Number.POSITIVE_INFINITY);
  const logger = createLogger(options.logLevel);
  const counts = new ClusterCounts<Member>(({ calls }) => calls.call<Counts>("counts"));
  const members = new Map<number, Member>();
  let leaving = false;
  let stopping = false;
  let pause = 100;
  cluster.setupPrimary({
    exec: fileURLToPath(besideUrl(import.meta.url, "./endpoint-worker.js")),
    args: [],
    execArgv: memoryFlags(),
  });

  let reloads = 0;
  const reload = async (): Promise<ReloadResult> => {
    reloads++;
    const results: ReloadResult[] = [];
    for (const { worker, calls } of [...members.values()]) {
      try {
        results.push(await calls.call<ReloadResult>("reload"));
      } catch (error) {
        // One that has died meanwhile keeps it from nobody: another one opens it in its place.
        if (worker.isConnected()) throw error;
      }
    }
    return { version: results[0]?.version ?? "", changed: results.some((result) => result.changed) };
  };

  const keys = new ApiKeys(options.apiKeys ?? []);
  let apiKeys = options.apiKeys ?? [];
  const useApiKeys = async (next: readonly string[]): Promise<void> => {
    keys.replace(next);
    apiKeys = next;
    await tellAll("useApiKeys", next);
  };

  const add = async (): Promise<string> => {
    const worker = cluster.fork();
    // What is sent before the worker listens would be lost: it says when it does.
    let listens = () => {};
    const listening = new Promise<void>((resolve, reject) => {
      listens = resolve;
      worker.once("exit", () => reject(new SegueError("a worker ended before it could start")));
    });
    const calls = new ProcessCalls(worker as unknown as Channel, {
      listens: () => listens(),
      reload: () => renewAndReload(renewKeys, reload),
      metrics: () => counts.gather([...members.values()]),
      take: (client) => limit.take(client as string, performance.now()),
    });
    worker.on("exit", (code, signal) => {
      const member = members.get(worker.id);
      members.delete(worker.id);
      if (stopping || member === undefined) return;
      counts.leave(member);
      logger.error({ worker: worker.process.pid, code, signal }, "a worker died; starting another");
      pause = performance.now() - member.started > longestPause ? 100 : Math.min(longestPause, 2 * pause);
      setTimeout(() => void replace(), pause);
    });
    try {
      await listening;
      let told = apiKeys;
      let seen = reloads;
      const { url } = await calls.call<{ url: string }>("start", { ...workerOptions, apiKeys });
      // Others may have come while it opened its model, and so may another model. One that is damaged nobody has taken.
      while (told !== apiKeys || seen !== reloads) {
        if (told !== apiKeys) await calls.call("useApiKeys", (told = apiKeys));
        else {
          seen = reloads;
          await calls.call("reload").catch(() => {});
        }
      }
      if (leaving) await calls.call("leave");
      members.set(worker.id, { worker, calls, started: performance.now() });
      return url;
    } catch (error) {
      worker.process.kill("SIGKILL");
      throw error;
    }
  };

  const replace = async (): Promise<void> => {
    if (stopping) return;
    try {
      await add();
    } catch (error) {
      logger.error({ reason: messageOf(error) }, "a worker could not start");
      pause = Math.min(longestPause, 2 * pause);
      setTimeout(() => void replace(), pause);
    }
  };

  /** One that has died meanwhile needs not be told. */
  const tellAll = async (call: "leave" | "refuse" | "useApiKeys", argument?: unknown): Promise<void> => {
    await Promise.all([...members.values()].map(({ calls }) => calls.call(call, argument).catch(() => {})));
  };

  const close = async (): Promise<void> => {
    stopping = true;
    stopWatching();
    // One that is still starting has nobody to answer yet.
    for (const worker of Object.values(cluster.workers ?? {})) {
      if (worker !== undefined && !members.has(worker.id)) worker.process.kill("SIGKILL");
    }
    // All refuse before any of them tells its clients to leave: they would come back to one that is about to refuse.
    await tellAll("refuse");
    await Promise.all([...members.values()].map((member) => stop(member, options.drainTimeout ?? 10_000)));
  };

  let stopWatching = () => {};
  // Nothing is opened of it here.
  const source = bundleSource(options.bundle);
  const before = await source.fingerprint().catch(() => undefined);
  let url = "";
  try {
    for (let i = 0; i < workers && (i === 0 || !signal?.aborted); i++) url = await add();
  } catch (error) {
    await close();
    throw error;
  }
  if (watchInterval > 0) stopWatching = watchSource(source, watchInterval, reload, before);
  const leave = async () => {
    leaving = true;
    await tellAll("leave");
  };
  const leaveAndClose = async () => {
    await leave();
    if (drainDelay > 0) await wait(drainDelay);
    await close();
  };
  let closing: Promise<void> | undefined;
  return {
    url,
    reload,
    useApiKeys,
    leave: () => void leave(),
    refuse: () => void tellAll("refuse"),
    close: () => (closing ??= leaveAndClose()),
  };
}

/** Lets a worker finish what it has in flight; one that does not is ended. */
async function stop({ worker, calls }: Member, drainTimeout: number): Promise<void> {
  const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  const late = setTimeout(() => worker.process.kill("SIGKILL"), drainTimeout + 2_000);
  await calls.call("stop").catch(() => {});
  await ended;
  clearTimeout(late);
}
