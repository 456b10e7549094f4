/** Several processes on one port (node:cluster): this one holds the port and distributes connections. */
import { setTimeout as wait } from "node:timers/promises";
import { aFunction, aSignal, someText, type ValueRange } from "../../system/index.js";
import { checkedApart, checkSettings, milliseconds } from "../check-settings.js";
import { bundleSource } from "../model/bundle-source.js";
import { watchSource } from "../model/model-source.js";
import { type EndpointSettings, ports, workerCounts } from "../options.js";
import type { AdminParts } from "../routes/admin.js";
import type { RunningServer } from "../server.js";
import { WorkerGroup, type WorkerOptions } from "./worker-group.js";

export interface ClusterOptions extends WorkerOptions {
  readonly workers: number;
  readonly watchInterval?: number;
  /** See `AdminParts`. */
  readonly renewKeys?: AdminParts["renewKeys"];
  /** If aborted while workers are starting, no more are started, and none has to: the caller is about to close the others. */
  readonly signal?: AbortSignal;
}

const others: Readonly<Record<Exclude<keyof ClusterOptions, keyof EndpointSettings>, ValueRange>> = {
  bundle: checkedApart,
  host: someText,
  port: ports,
  renewKeys: aFunction,
  signal: aSignal,
  watchInterval: milliseconds,
  workers: workerCounts,
};

/** Milliseconds between a signal's arrival in one process of a group and in another. */
const signalsApart = 50;

export async function startCluster(options: ClusterOptions): Promise<RunningServer> {
  const { workers, watchInterval = 0, drainDelay = 0, renewKeys, signal, ...workerOptions } = options;
  checkSettings(options, others);
  const group = new WorkerGroup(workerOptions, renewKeys);
  // Used only to watch it; the workers open it.
  const source = bundleSource(options.bundle);
  const before = await source.fingerprint().catch(() => undefined);
  let url = "";
  try {
    for (let i = 0; i < workers && (i === 0 || !signal?.aborted); i++) url = await group.add();
  } catch (error) {
    // Ctrl-C reaches all processes of a terminal, in any order, and ends a worker that does not handle it yet.
    await wait(signalsApart);
    if (!signal?.aborted) {
      await group.close();
      throw error;
    }
  }
  const reload = () => group.reload();
  const stopWatching = watchInterval > 0 ? watchSource(source, watchInterval, reload, before) : () => {};
  const leaveAndClose = async () => {
    await group.leave();
    if (drainDelay > 0) await wait(drainDelay);
    stopWatching();
    await group.close();
  };
  let closing: Promise<void> | undefined;
  return {
    url,
    reload,
    useApiKeys: (keys) => group.useApiKeys(keys),
    leave: () => void group.leave(),
    refuse: () => void group.refuse(),
    close: () => (closing ??= leaveAndClose()),
  };
}
