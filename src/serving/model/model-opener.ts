/** Opens an endpoint's model, and reopens it on request or if its thread has died. */
import type { Logger } from "pino";
import { messageOf, misuse, SegueError } from "../../system/index.js";
import type { Answerer } from "../answers/question.js";
import type { ServedModel } from "../answers/served-model.js";
import type { EndpointMetrics } from "../metrics.js";
import type { ReloadResult } from "../routes/admin.js";
import type { ModelSlot } from "./model-slot.js";
import type { ModelSource } from "./model-source.js";
import { oneAtATime } from "./one-at-a-time.js";

/** How long the threads of a model that replaces another warm up, in milliseconds. */
const warmUp = 300;
/** Milliseconds between attempts to reopen a model whose thread died. */
const revivePause = 1_000;

/** Where an opened model goes, and where it is reported. */
interface Serving {
  readonly models: ModelSlot;
  readonly metrics: EndpointMetrics;
  readonly logger: Logger;
}

export class ModelOpener {
  /** The first model. Opening starts in the constructor, so that the caller can load the HTTP modules meanwhile. */
  readonly first: Promise<Answerer>;
  /** Reopens the model and switches to it. If that fails, the old one goes on answering. */
  readonly reload: () => Promise<ReloadResult>;
  readonly #inThisThread: boolean;
  readonly #stopped = new AbortController();
  #serving!: Serving;
  /** Why the thread of the first model died, if it did before `serve` was called. */
  #diedEarly: string | undefined;

  /** @param inThisThread opens the model in this thread, because plugins read it directly */
  constructor(model: ModelSource | ServedModel, inThisThread: boolean) {
    this.#inThisThread = inThisThread;
    if ("open" in model) {
      this.first = this.#open(model);
      this.reload = oneAtATime(() => this.#reload(model));
    } else {
      this.first = this.#openHere(model);
      this.reload = async () => {
        throw misuse("this endpoint serves a model in memory: there is nothing to reopen");
      };
    }
    this.first.catch(() => {});
  }

  /** To be called once, with the first model in its slot. */
  serve(serving: Serving): void {
    this.#serving = serving;
    if (this.#diedEarly !== undefined) this.#revive(this.#diedEarly);
  }

  /** Cancels any opening in progress; nothing is opened afterwards. */
  stop(): void {
    this.#stopped.abort(new SegueError("the endpoint is stopping", { code: "stopping" }));
  }

  async #open(source: ModelSource, hooks: { readonly warmUp?: number } = {}): Promise<Answerer> {
    if (source.openBeside === undefined || this.#inThisThread) return this.#openHere(await source.open());
    const { signal } = this.#stopped;
    const onDeath = (reason: string) => this.#revive(reason);
    return source.openBeside({ ...hooks, signal, onBatch: this.#onBatch, onDeath });
  }

  async #openHere(model: ServedModel): Promise<Answerer> {
    const { LocalAnswerer } = await import("../answers/local.js");
    return new LocalAnswerer(model, this.#onBatch);
  }

  readonly #onBatch = (size: number) => this.#serving.metrics.batch(size);

  #revive(reason: string): void {
    if (this.#stopped.signal.aborted) return;
    if (this.#serving === undefined) {
      this.#diedEarly = reason;
      return;
    }
    this.#serving.logger.error({ reason }, "the model's thread died; reopening the model");
    this.reload().catch(() => setTimeout(() => this.#revive(reason), revivePause).unref());
  }

  async #reload(source: ModelSource): Promise<ReloadResult> {
    const { models, metrics, logger } = this.#serving;
    const { signal } = this.#stopped;
    const before = models.current.version;
    try {
      // If the old model is dead, nothing answers meanwhile: skip the warm-up.
      const next = await this.#open(source, { warmUp: models.current.alive ? warmUp : 0 });
      // Opening in this thread cannot be cancelled, so the stop may have come meanwhile.
      if (signal.aborted) await next.close();
      signal.throwIfAborted();
      models.replace(next);
      metrics.reloaded("done");
      metrics.serving(next.version, next.defaultRecommender);
      logger.info({ from: before, to: next.version }, "model reloaded");
      return { version: next.version, changed: next.version !== before };
    } catch (error) {
      if (signal.aborted) throw error;
      metrics.reloaded("failed");
      logger.error(
        { reason: messageOf(error), serving: before },
        "reload failed; the previous model goes on answering",
      );
      throw error;
    }
  }
}
