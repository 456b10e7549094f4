/** One of several processes that answer on the same port: started by `WorkerGroup`, controlled over its IPC channel. */
import cluster from "node:cluster";
import { logWritten } from "../log.js";
import { EndpointMetrics } from "../metrics.js";
import { bundleSource } from "../model/bundle-source.js";
import type { ReloadResult } from "../routes/admin.js";
import { type RunningServer, startServer } from "../server.js";
import { type Channel, ProcessCalls } from "./process-calls.js";
import type { WorkerOptions } from "./worker-group.js";

let running: RunningServer | undefined;
const metrics = new EndpointMetrics();

const first = new ProcessCalls(process as Channel, {
  start: async (argument) => {
    const { bundle, ...options } = argument as WorkerOptions;
    const { recommender, threads } = options;
    running = await startServer({
      ...options,
      model: bundleSource(bundle, { recommender, threads }),
      metrics,
      reload: () => first.call<ReloadResult>("reload"),
      gatherMetrics: () => first.call<string>("metrics"),
      takeRequest: (client) => first.call<boolean>("take", client),
    });
    return { url: running.url };
  },
  counts: () => metrics.registry.getMetricsAsJSON(),
  reload: () => running!.reload(),
  useApiKeys: (keys) => running!.useApiKeys(keys as string[]),
  leave: () => running?.leave(),
  refuse: () => running?.refuse(),
  stop: async () => {
    await running?.close();
    await logWritten();
    // Sends the answer first. Without its channel the process ends; log lines that no reader took are lost.
    setImmediate(() => process.disconnect());
  },
});

// The primary process decides when to stop: a terminal sends Ctrl-C to all processes at once.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});

// Once the primary process has been killed, Node's own message that asks it for the port fails.
cluster.worker?.on("error", () => process.exit(1));

await first.call("listens");
