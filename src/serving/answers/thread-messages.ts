/** The messages between the server's thread and a model's threads. */
import type { MessagePort } from "node:worker_threads";
import type { BundleContents } from "../../bundle/index.js";
import { type ErrorData, errorData, errorFrom } from "../../system/index.js";
import { type ErrorBody, HttpError } from "../http/http-error.js";
import type { Answer, Question } from "./question.js";

/** The data that a model's thread starts with. */
export interface ThreadData {
  /** A bundle's folder or archive, or a folder of bundles. */
  readonly place: string;
  readonly recommender: string | undefined;
  /** How long the thread warms up before it reports that it is ready, in milliseconds; default 0. */
  readonly warmUp?: number;
  /** The port on which another thread sends the contents that it has already read and checked. */
  readonly from?: MessagePort;
}

/** From the server's thread: questions, or the port on which to send the contents to another thread. */
export type ToThread = readonly Asked[] | { readonly share: MessagePort };

/**
 * From one model thread to another, not through the server's thread: a received message stays in memory until the receiver's heap is
 * collected. The server's small heap is collected rarely, and each reload would add a model's arrays.
 */
export interface Shared {
  /** Undefined if each thread has to read the bundle itself. */
  readonly contents: BundleContents | undefined;
}

export interface Asked {
  readonly id: number;
  readonly question: Question;
}

export type Answered =
  | { readonly id: number; readonly answer: Answer }
  | { readonly id: number; readonly failure: Failure };

export type FromThread =
  | { readonly ready: { readonly version: string; readonly defaultRecommender: string } }
  | { readonly failure: Failure }
  /** `batches`: how many requests each call of a recommender answered since the last message. */
  | { readonly answers: readonly Answered[]; readonly batches: readonly number[] };

/** An error as plain data. */
export interface Failure extends ErrorData {
  readonly stack?: string | undefined;
  /** The answer, if the error is an `HttpError`. */
  readonly http?: { readonly status: number; readonly body: ErrorBody };
}

export function failureOf(error: unknown): Failure {
  return {
    ...errorData(error),
    stack: error instanceof Error ? error.stack : undefined,
    ...(error instanceof HttpError ? { http: { status: error.status, body: error.body } } : {}),
  };
}

export function errorOf({ stack, http, ...data }: Failure): Error {
  if (http !== undefined) return new HttpError(http.status, http.body);
  const error = errorFrom(data);
  if (stack !== undefined) error.stack = stack;
  return error;
}
