/** Runs the endpoint until it is told to stop: SIGTERM and SIGINT finish what is in flight, SIGHUP opens the bundle again. */
import { misuse, requireWithin } from "../system/index.js";
import { bundleSource } from "./bundle-source.js";
import type { ClusterOptions } from "./cluster.js";
import { type EndpointPlugin, workerCounts } from "./options.js";
import { type RunningServer, startServer } from "./server.js";

export interface ServeOptions extends ClusterOptions {
  /** Called once, when requests are answered. */
  readonly onReady?: (server: RunningServer) => void;
  /** Added routes; with one worker only. */
  readonly plugins?: readonly EndpointPlugin[];
  /** Stops it as SIGTERM does. */
  readonly signal?: AbortSignal;
}

/** @throws SegueError when the bundle cannot be opened or the port not be had */
export async function serve(options: ServeOptions): Promise<void> {
  const { workers, onReady, plugins, signal, ...rest } = options;
  requireWithin(workerCounts, "workers", workers);
  if (workers > 1 && plugins !== undefined) throw misuse("added routes need one process: use --workers 1");
  const server =
    workers === 1
      ? await startServer({ ...rest, model: bundleSource(options.bundle, options), plugins })
      : await (await import("./cluster.js")).startCluster({ ...rest, workers });
  const onHangup = () => void server.reload().catch(() => {});
  process.on("SIGHUP", onHangup);
  const stopped = new Promise<void>((resolve) => {
    process.once("SIGTERM", () => resolve());
    process.once("SIGINT", () => resolve());
    signal?.addEventListener("abort", () => resolve(), { once: true });
    if (signal?.aborted) resolve();
  });
  onReady?.(server);
  await stopped;
  await server.close();
  process.off("SIGHUP", onHangup);
}
