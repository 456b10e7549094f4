/** Starts the endpoint in this process: opens the model, listens, watches for a newer one, and stops without losing a request. */
import { setTimeout as wait } from "node:timers/promises";
import type { Logger } from "pino";
import { asWritten, messageOf, misuse, requireWithin, SegueError } from "../system/index.js";
import type { Answerer } from "./answers/question.js";
import type { ServedModel } from "./answers/served-model.js";
import { ApiKeys } from "./api-keys.js";
import { checkSettings } from "./check-settings.js";
import { Connections } from "./connections.js";
import type { GuardParts } from "./guards.js";
import type { EndpointMetrics } from "./metrics.js";
import { ModelSlot } from "./model-slot.js";
import { type ModelSource, watchSource } from "./model-source.js";
import { oneAtATime } from "./one-at-a-time.js";
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

/** How long the threads of a model that takes over from another one warm up. */
const warmUp = 300;
/** Between two tries to open a model again whose thread died. */
const revivePause = 1_000;

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
  const onBatch = (size: number) => metrics.batch(size);
  let leaving = false;
  let stopping = false;
  const openings = new AbortController();
  /** Added routes look into the model, so then it has to be in this thread. */
  const openNext = async (from: ModelSource, hooks: { readonly warmUp?: number } = {}): Promise<Answerer> =>
    from.openBeside === undefined || options.plugins !== undefined
      ? openHere(await from.open(), onBatch)
      : from.openBeside({ ...hooks, signal: openings.signal, onBatch, onDeath: reviveAfter });
  const reviveAfter = (reason: string) => {
    if (stopping) return;
    logger.error({ reason }, "the model's thread died; opening the model again");
    reload().catch(() => setTimeout(reviveAfter, revivePause, reason).unref());
  };
  const before = await source?.fingerprint().catch(() => undefined);
  // A model's threads read it while this one loads what speaks HTTP.
  const opening = source === undefined ? openHere(model as ServedModel, onBatch) : openNext(source);
  opening.catch(() => {});
  const { createApp, createLogger, EndpointMetrics } = await import("./app.js");
  const logger = options.logger ?? createLogger(options.logLevel);
  const metrics = options.metrics ?? new EndpointMetrics();
  const models = new ModelSlot(await opening, {
    maxWaiting: options.maxWaiting,
    onDropped: (why) => metrics.dropped(why),
  });
  const keys = new ApiKeys(options.apiKeys ?? []);
  const useApiKeys = async (next: readonly string[]) => {
    keys.replace(next);
    logger.info({ keys: next.length }, "API keys replaced");
  };
  const reloadNow = async (from: ModelSource): Promise<ReloadResult> => {
    const before = models.current.version;
    try {
      // Where nobody answers meanwhile, the sooner the better.
      const next = await openNext(from, { warmUp: models.current.alive ? warmUp : 0 });
      // The stop may have come while it was opened in this thread.
      if (stopping) await next.close();
      openings.signal.throwIfAborted();
      models.replace(next);
      metrics.reloaded("done");
      metrics.serving(next.version, next.defaultRecommender);
      logger.info({ from: before, to: next.version }, "model reloaded");
      return { version: next.version, changed: next.version !== before };
    } catch (error) {
      if (stopping) throw error;
      metrics.reloaded("failed");
      logger.error(
        { reason: messageOf(error), serving: before },
        "reload failed; the model before it goes on answering",
      );
      throw error;
    }
  };
  const reload: () => Promise<ReloadResult> =
    source === undefined
      ? async () => {
          throw misuse("this endpoint's model came from memory: there is nothing to open again");
        }
      : oneAtATime(() => reloadNow(source));

  const giveUp = (error: unknown): never => {
    stopping = true;
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
    stopping = true;
    stopWatching();
    openings.abort(new SegueError("the endpoint is stopping", { code: "stopping" }));
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

/** In this thread. */
async function openHere(model: ServedModel, onBatch: (size: number) => void): Promise<Answerer> {
  const { LocalAnswerer } = await import("./answers/local.js");
  return new LocalAnswerer(model, onBatch);
}

function cannotListen(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const addresses = "use --host 127.0.0.1, 0.0.0.0 for all addresses, or one of IPv6 without brackets: ::1";
  const reasons: Readonly<Record<string, [message: string, hint: string]>> = {
    EADDRINUSE: [
      `port ${port} on ${host} is in use`,
      "choose another with --port, or --port 0 for any free one",
    ],
    EACCES: [`port ${port} may not be opened by this user`, "choose one above 1023 with --port"],
    EADDRNOTAVAIL: [`${host} is not an address of this machine`, addresses],
    // A link-local one of IPv6 without its interface.
    EINVAL: [`${host} is not an address to listen on`, addresses],
    ENOTFOUND: [`the host name ${host} is not known`, addresses],
  };
  const reason = reasons[error.code ?? ""];
  if (reason === undefined) return error;
  return new SegueError(reason[0], { hint: reason[1], code: error.code, cause: error });
}
