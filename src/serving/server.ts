/** Starts the endpoint in this process: opens the model, listens, watches for a newer one, and stops without losing a request. */
import { setTimeout as wait } from "node:timers/promises";
import type { Logger } from "pino";
import { asWritten, misuse, requireWithin } from "../system/index.js";
import type { ServedModel } from "./answers/served-model.js";
import { ApiKeys } from "./api-keys.js";
import { checkSettings } from "./check-settings.js";
import { Connections } from "./connections.js";
import type { GuardParts } from "./guards.js";
import { cannotListen } from "./listen-error.js";
import type { EndpointMetrics } from "./metrics.js";
import { ModelOpener } from "./model-opener.js";
import { ModelSlot } from "./model-slot.js";
import { type ModelSource, watchSource } from "./model-source.js";
import { type EndpointPlugin, type EndpointSettings, ports } from "./options.js";
import type { AdminParts, ReloadResult } from "./routes/admin.js";

export interface ServerOptions extends EndpointSettings, AdminParts, GuardParts {
  /** What to answer from: a source that can be opened again, or a model in memory. */
  readonly model: ModelSource | ServedModel;
  /** Default 127.0.0.1: only this machine. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Milliseconds between looks for a newer model; default 0: never. */
  readonly watchInterval?: number;
  /** Added routes; the model is then kept in the thread that speaks HTTP. */
  readonly plugins?: readonly EndpointPlugin[];
  /** Default: JSON lines on standard error, as `logLevel` says. */
  readonly logger?: Logger;
  /** Default: counts of its own. */
  readonly metrics?: EndpointMetrics;
}

export interface RunningServer {
  /** "http://127.0.0.1:8080" */
  readonly url: string;
  /** Opens the model again and lets it take over. The old one goes on answering where that fails. */
  reload(): Promise<ReloadResult>;
  /**
   * Requires these API keys from the next request on, in place of those before. Keys that clients still use have to be among them.
   *
   * @throws SegueError (misuse) where it was started without keys, gets none, or gets one that is too short
   */
  useApiKeys(keys: readonly string[]): Promise<void>;
  /** Says from here on that it is not ready, and tells its clients to leave; whoever comes is answered as before. */
  leave(): void;
  /** Takes no new connection from here on; those that are there go on. */
  refuse(): void;
  /** Leaves, waits for `drainDelay`, refuses new connections, finishes what is in flight, then frees the model. */
  close(): Promise<void>;
}

const others: Readonly<Record<Exclude<keyof ServerOptions, keyof EndpointSettings>, true>> = {
  gatherMetrics: true,
  host: true,
  logger: true,
  metrics: true,
  model: true,
  plugins: true,
  port: true,
  reload: true,
  renewKeys: true,
  takeRequest: true,
  watchInterval: true,
};

/**
 * Runs the endpoint in this process; resolves when it answers. Signals are the caller's: `serve` is stopped by them, this one by `close()`.
 *
 * @throws SegueError when a setting makes no sense, the model cannot be opened, or the port not be had
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  checkSettings(options, others);
  const { host = "127.0.0.1", port = 0, watchInterval = 0, drainDelay = 0, model } = options;
  requireWithin(ports, "port", port, "0 is any free one");
  requireModel(model);
  const source = "open" in model ? model : undefined;
  const before = await source?.fingerprint().catch(() => undefined);
  // Added routes look into the model.
  const opener = new ModelOpener(model, options.plugins !== undefined);
  const { createApp, createLogger, EndpointMetrics } = await import("./app.js");
  const logger = options.logger ?? createLogger(options.logLevel);
  const metrics = options.metrics ?? new EndpointMetrics();
  const models = new ModelSlot(await opener.first, {
    maxWaiting: options.maxWaiting,
    onDropped: (why) => metrics.dropped(why),
  });
  opener.serve({ models, metrics, logger });
  const { reload } = opener;
  const keys = new ApiKeys(options.apiKeys ?? []);
  const useApiKeys = async (next: readonly string[]) => {
    keys.replace(next);
    logger.info({ keys: next.length }, "API keys replaced");
  };
  let leaving = false;

  const giveUp = (error: unknown): never => {
    opener.stop();
    // Its threads would keep the process alive.
    models.close();
    throw error;
  };
  const app = await createApp({
    models,
    settings: options,
    keys,
    metrics,
    logger,
    plugins: options.plugins,
    leaving: () => leaving,
    reload: options.reload ?? (source === undefined ? undefined : reload),
    renewKeys: options.renewKeys,
    gatherMetrics: options.gatherMetrics,
    takeRequest: options.takeRequest,
  }).catch(giveUp);
  let url: string;
  try {
    // By that name Fastify would open a second server for the other address of it, which the stop below knows nothing of.
    url = await app.listen({ host: host === "localhost" ? "127.0.0.1" : host, port });
  } catch (error) {
    await app.close();
    return giveUp(cannotListen(error as NodeJS.ErrnoException, host, port));
  }
  const stopWatching =
    source !== undefined && watchInterval > 0 ? watchSource(source, watchInterval, reload, before) : () => {};
  logger.info({ url, model: models.current.version, keys: options.apiKeys?.length ?? 0 }, "endpoint ready");

  const connections = new Connections(app.server);
  const leave = () => {
    leaving = true;
  };
  let closing: Promise<void> | undefined;
  const close = async () => {
    leave();
    if (drainDelay > 0) await wait(drainDelay);
    stopWatching();
    opener.stop();
    await connections.end(options.drainTimeout ?? 10_000);
    await app.close();
    models.close();
    logger.info("endpoint stopped");
  };
  return {
    url,
    reload,
    useApiKeys,
    leave,
    refuse: () => void connections.refuse(),
    close: () => (closing ??= close()),
  };
}

function requireModel(model: unknown): void {
  const given = model as Partial<ModelSource & ServedModel> | null | undefined;
  if (typeof given?.open === "function" || (given?.recommenders && given.catalogue)) return;
  throw misuse(
    `model must be a source or a model in memory${typeof given === "object" ? "" : `, got ${asWritten(model)}`}`,
    typeof model === "string"
      ? `write bundleSource(${asWritten(model)})`
      : 'write bundleSource("data/04_models")',
  );
}
