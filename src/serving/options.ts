/** What can be set on an endpoint. */
import type { FastifyInstance } from "fastify";
import { wholeNumber } from "../system/index.js";
import type { ModelSlot } from "./model-slot.js";

/** Where an endpoint may listen; 0 is any free port. */
export const ports = wholeNumber(0, 65_535);

/** How many processes, or threads of a process, make sense on one machine. */
export const workerCounts = wholeNumber(1, 256);

/** How many proxies may stand before an endpoint. */
export const proxyCounts = wholeNumber(0, 16);

/** How many questions may wait in one process until a thread takes them; 0: none does. */
export const waitingCounts = wholeNumber(0, 100_000);
/** Some seconds of work for a thread with the blend: a short stall refuses nobody. */
export const defaultMaxWaiting = 10_000;

/** Settings that are plain data, so that they can be sent to worker processes. */
export interface EndpointSettings {
  /** The recommender that answers; default: the bundle's own choice. */
  readonly recommender?: string;
  /** Threads that each process answers with, beside the one that speaks HTTP; default 1. */
  readonly threads?: number;
  /**
   * How many questions may wait in each process until one of its threads takes them, 0 to 100,000; beyond it they are refused with 503.
   * Default 10,000.
   */
  readonly maxWaiting?: number;
  /** Whoever calls must present one of these; none: everybody may call. Health probes are always open. */
  readonly apiKeys?: readonly string[];
  /** Largest request body in bytes; default 1 MiB. */
  readonly bodyLimit?: number;
  /** Requests a second of one client (its API key's or address's) and twice that in a burst; default: no limit. */
  readonly rateLimit?: number;
  /** Milliseconds within which a request must have arrived whole; default 10,000. */
  readonly requestTimeout?: number;
  /**
   * Milliseconds that the endpoint goes on taking requests after it was told to stop, while it says that it is not ready and tells its
   * clients to leave, so that a balancer can take it out; default 0.
   */
  readonly drainDelay?: number;
  /** Milliseconds that requests in flight have to finish when the endpoint stops; default 10,000. */
  readonly drainTimeout?: number;
  /** Origins that browsers may call from; default none. */
  readonly corsOrigins?: readonly string[];
  /**
   * How many proxies stand before the endpoint, each of which adds to X-Forwarded-For whom it has its request from; true: one. What
   * stands there before that the client may have made up. Default false: none, the header is not read.
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

/** Adds routes of its own to an endpoint; they get its keys, limits, metrics and error answers. */
export type EndpointPlugin = (
  app: FastifyInstance,
  context: { readonly models: ModelSlot },
) => void | Promise<void>;
