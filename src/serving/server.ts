/** Starts the endpoint in this process: opens the model, listens, watches for a newer one, and stops without losing a request. */
import { setTimeout as wait } from "node:timers/promises";
import type { Logger } from "pino";
import {
  aFunction,
  asWritten,
  misuse,
  requireWithin,
  someText,
  thingWith,
  trueOrFalse,
  type ValueRange,
} from "../system/index.js";
import type { ServedModel } from "./answers/served-model.js";
import { checkedApart, checkSettings, milliseconds } from "./check-settings.js";
import { ApiKeys } from "./guards/api-keys.js";
import type { GuardParts } from "./guards/guards.js";
import { Connections } from "./http/connections.js";
import { cannotListen } from "./http/listen-error.js";
import type { EndpointMetrics } from "./metrics.js";
import { ModelOpener } from "./model/model-opener.js";
import { ModelSlot } from "./model/model-slot.js";
import { type ModelSource, watchSource } from "./model/model-source.js";
import { type EndpointPlugin, type EndpointSettings, ports } from "./options.js";
import type { AdminParts, ReloadResult } from "./routes/admin.js";

export interface ServerOptions extends EndpointSettings, AdminParts, GuardParts {
  /** A source, which can be reopened, or a model in memory. */
  readonly model: ModelSource | ServedModel;
  /** Default 127.0.0.1: only this machine. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Milliseconds between checks for a newer model; default 0: never. */
  readonly watchInterval?: number;
  /** Adds routes; the model then stays in the HTTP thread. */
  readonly plugins?: readonly EndpointPlugin[];
  /** Default: JSON lines on standard error, at `logLevel`. */
  readonly logger?: Logger;
  /** Default: new metrics. */
  readonly metrics?: EndpointMetrics;
}

export interface RunningServer {
  /** Such as "http://127.0.0.1:8080". */
  readonly url: string;
  /** Reopens the model and switches to it. If that fails it throws, and the old one goes on answering. */
  reload(): Promise<ReloadResult>;
  /**
   * Replaces the API keys from the next request on. Include the keys that clients still use.
   *
   * @throws SegueError (misuse) if the endpoint was started without keys, `keys` is empty, or a key is too short or has spaces
   */
  useApiKeys(keys: readonly string[]): Promise<void>;
  /** Reports from now on that it is not ready, and tells clients to close their connections; still answers all requests. */
  leave(): void;
  /** Accepts no new connections from now on; existing ones stay open. */
  refuse(): void;
  /** Calls `leave`, waits for `drainDelay`, refuses new connections, finishes requests in flight, then frees the model. */
  close(): Promise<void>;
}

const others: Readonly<Record<Exclude<keyof ServerOptions, keyof EndpointSettings>, ValueRange>> = {
  gatherMetrics: aFunction,
  host: someText,
  logger: thingWith("a logger of pino", "info", "child"),
  metrics: thingWith("the metrics of an endpoint", "registry"),
  model: checkedApart,
  ownNamesOnly: trueOrFalse,
  plugins: {
    wanted: "a list of functions",
    holds: (value) => Array.isArray(value) && value.every(aFunction.holds),
  },
  port: checkedApart,
  reload: aFunction,
  renewKeys: aFunction,
  takeRequest: aFunction,
  watchInterval: milliseconds,
};

/**
 * Starts the endpoint in this process; resolves when it answers. It handles no signals, unlike `serve`: stop it with `close()`.
 *
 * @throws SegueError (misuse) if an option is unknown or out of range; SegueError if the model cannot be opened or the port is not
 *   available
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  checkSettings(options, others);
  const { host = "127.0.0.1", port = 0, watchInterval = 0, drainDelay = 0, model } = options;
  requireWithin(ports, "port", port, "0 is any free one");
  requireModel(model);
  const source = "open" in model ? model : undefined;
  const before = await source?.fingerprint().catch(() => undefined);
  // Plugins read the model, so it must be in this thread.
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
    // The model's threads would keep the process alive.
    models.close();
    throw error;
  };
  const app = await createApp({
    ...options,
    models,
    settings: options,
    keys,
    metrics,
    logger,
    leaving: () => leaving,
    reload: options.reload ?? (source === undefined ? undefined : reload),
  }).catch(giveUp);
  let url: string;
  try {
    // For "localhost" Fastify opens a second server on the other address, which `close` below would not stop.
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
