/**
 * Runs the endpoint until it is told to stop. SIGTERM and SIGINT stop it once requests in flight are finished; SIGHUP reopens the bundle
 * and rereads the API keys.
 */
import { once } from "node:events";
import {
  aFunction,
  aSignal,
  messageOf,
  misuse,
  requireObject,
  requireOptions,
  requireWithin,
} from "../system/index.js";
import type { ClusterOptions } from "./cluster/cluster.js";
import { ProcessSignals } from "./cluster/process-signals.js";
import { bundleSource } from "./model/bundle-source.js";
import { type EndpointPlugin, workerCounts } from "./options.js";
import { type RunningServer, startServer } from "./server.js";

export interface ServeOptions extends Omit<ClusterOptions, "renewKeys" | "signal"> {
  /** Rereads the API keys on SIGHUP and `/admin/reload`; default: they stay. */
  readonly readApiKeys?: () => Promise<readonly string[]>;
  /** Called once, when the endpoint answers; not called if it was told to stop before that. */
  readonly onReady?: (server: RunningServer) => void;
  /** Adds routes; only with one worker. */
  readonly plugins?: readonly EndpointPlugin[];
  /** Has the same effect as SIGTERM when aborted. */
  readonly signal?: AbortSignal;
}

/**
 * Runs the endpoint; resolves when it has stopped (after SIGTERM, SIGINT or `signal`) and requests in flight are finished.
 *
 * @throws SegueError (misuse) if an option is unknown or out of range; SegueError if the bundle cannot be opened or the port is not
 *   available
 */
export async function serve(options: ServeOptions): Promise<void> {
  // Only that it is an object; the endpoint checks its own settings.
  requireObject(options, "serve");
  const { bundle, workers, onReady, plugins, signal, readApiKeys, ...rest } = options;
  const { recommender, threads } = rest;
  requireWithin(workerCounts, "workers", workers);
  requireOptions(
    { readApiKeys, onReady, signal },
    { readApiKeys: aFunction, onReady: aFunction, signal: aSignal },
    "serve",
  );
  if (workers > 1 && plugins !== undefined) throw misuse("plugins need a single process: use --workers 1");
  const readKeysAgain = async (): Promise<string | undefined> => {
    const { createLogger } = await import("./log.js");
    const logger = createLogger(options.logLevel);
    if (readApiKeys === undefined) {
      logger.info(
        options.apiKeys?.length
          ? "API keys unchanged: they did not come from a file that can be reread"
          : "there are no API keys to reread, and everybody may call: to require keys, restart the endpoint with --api-key-file",
      );
      return undefined;
    }
    try {
      // A cluster's first worker may be asked while the others are starting.
      await (await starting).useApiKeys(await readApiKeys());
      return undefined;
    } catch (error) {
      const reason = messageOf(error);
      logger.error({ reason }, "the API keys cannot be reread; the previous ones stay");
      return reason;
    }
  };
  // One after the other: otherwise a slow earlier read could overwrite a later one.
  let renewed: Promise<string | undefined> = Promise.resolve(undefined);
  const renewKeys = () => {
    renewed = renewed.then(readKeysAgain);
    return renewed;
  };
  const signals = new ProcessSignals(signal);
  const { stop } = signals;
  const start = async (): Promise<RunningServer> =>
    workers === 1
      ? startServer({ ...rest, model: bundleSource(bundle, { recommender, threads }), plugins, renewKeys })
      : (await import("./cluster/cluster.js")).startCluster({
          ...rest,
          bundle,
          workers,
          renewKeys,
          signal: stop,
        });
  const starting = start();
  const server = await starting.catch((error: unknown) => {
    signals.ignore();
    throw error;
  });
  signals.onHangup(() => {
    void renewKeys();
    server.reload().catch(() => {});
  });
  if (!stop.aborted) onReady?.(server);
  if (!stop.aborted) await once(stop, "abort");
  await server.close();
  signals.ignore();
}
