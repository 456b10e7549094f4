/** The settings of an endpoint. */
import type { FastifyInstance } from "fastify";
import { wholeNumber } from "../system/index.js";
import type { ModelSlot } from "./model/model-slot.js";

/** Where an endpoint may listen; 0 is any free port. */
export const ports = wholeNumber(0, 65_535);

/** How many processes, or threads per process, are allowed. */
export const workerCounts = wholeNumber(1, 256);

/** How many proxies may be in front of an endpoint. */
export const proxyCounts = wholeNumber(0, 16);

/** How many tracks `/invocations` returns if the model does not say, as the original's `knn_k`. */
export const defaultInvocationsK = 100;

/** How many questions may wait for a thread in each process; 0: none may. */
export const waitingCounts = wholeNumber(0, 100_000);
/** Some seconds of work for a thread with the blend, so that no request is refused during a short stall. */
export const defaultMaxWaiting = 10_000;

/** Settings that are plain data, so that they can be sent to worker processes. */
export interface EndpointSettings {
  /** The recommender that answers; default: the bundle's own choice. */
  readonly recommender?: string;
  /** Answering threads per process, beside its HTTP thread, 1 to 256; default 1. */
  readonly threads?: number;
  /**
   * How many questions may wait for a thread in each process, 0 to 100,000; default 10,000. More are refused with 503.
   */
  readonly maxWaiting?: number;
  /** Clients must send one of these; default none: everybody may call. Probes and docs are always open. */
  readonly apiKeys?: readonly string[];
  /** Largest request body in bytes; default 1 MiB. */
  readonly bodyLimit?: number;
  /** Requests per second and client (an API key or an address), with bursts of twice that; default: no limit. */
  readonly rateLimit?: number;
  /** Milliseconds for a request to arrive in full; default 10,000. */
  readonly requestTimeout?: number;
  /**
   * Milliseconds for which the endpoint keeps accepting requests after it was told to stop, so that a load balancer can take it out;
   * default 0. It reports that it is not ready meanwhile, and tells clients to close their connections.
   */
  readonly drainDelay?: number;
  /** Milliseconds for requests in flight to finish when the endpoint stops; default 10,000. */
  readonly drainTimeout?: number;
  /** Origins that browsers may call from; default none. */
  readonly corsOrigins?: readonly string[];
  /**
   * How many proxies are in front of the endpoint, 0 to 16; true: one. Each appends the address it was called from to X-Forwarded-For;
   * earlier entries may be forged by the client. Idle connections are kept for 620 s rather than 72 s, longer than load balancers do.
   * Default false: the header is ignored.
   */
  readonly trustProxy?: boolean | number;
  /** Write the tracks of requests to the log; default false. */
  readonly logTracks?: boolean;
  /** "silent", "error", "warn", "info" or "debug"; default "info". */
  readonly logLevel?: LogLevel;
  /** Serve /docs and /openapi.json; default true. */
  readonly docs?: boolean;
  /** A folder of static files to serve at "/", such as a built web app. */
  readonly webRoot?: string;
}

export const logLevels = ["silent", "error", "warn", "info", "debug"] as const;
export type LogLevel = (typeof logLevels)[number];

/** Adds routes to an endpoint; its API keys, limits, metrics and error answers apply to them too. */
export type EndpointPlugin = (
  app: FastifyInstance,
  context: { readonly models: ModelSlot },
) => void | Promise<void>;
