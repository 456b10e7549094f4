/** What the server's thread and a model's thread say to each other. */
import type { MessagePort } from "node:worker_threads";
import type { BundleContents } from "../../bundle/index.js";
import { type ErrorData, errorData, errorFrom, isSegueError } from "../../system/index.js";
import { describe, type ErrorBody, HttpError } from "../http-error.js";
import type { Answer, Question } from "./question.js";

/** What a model's thread is started with. */
export interface ThreadData {
  /** A bundle's folder or archive, or what points to one. */
  readonly place: string;
  readonly recommender: string | undefined;
  /** For how long the thread answers questions of its own before it says that it is ready, in milliseconds; default 0. */
  readonly warmUp?: number;
  /** Where another thread tells what it has read and checked already. */
  readonly from?: MessagePort;
}

/** What the server's thread says: questions, or to whom to tell what was read. */
export type ToThread = readonly Asked[] | { readonly share: MessagePort };

/**
 * From thread to thread. It never passes through the server's thread: what a thread has been sent stays in memory until its heap
 * is collected, and a server's small heap is collected seldom, while each reload would add the arrays of a model.
 */
export interface Shared {
  /** Undefined where each thread has to read for itself. */
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
  /** What to answer with, where it is a request's own fault and no `SegueError` that says so itself. */
  readonly http?: { readonly status: number; readonly body: ErrorBody };
}

export function failureOf(error: unknown): Failure {
  const http = describe(error);
  return {
    ...errorData(error),
    stack: error instanceof Error ? error.stack : undefined,
    // Opening a bundle fails, too, and then the command line wants the hint and the exit code.
    ...(!isSegueError(error) && http.status < 500 ? { http } : {}),
  };
}

export function errorOf({ stack, http, ...data }: Failure): Error {
  if (http !== undefined) return new HttpError(http.status, http.body);
  const error = errorFrom(data);
  if (stack !== undefined) error.stack = stack;
  return error;
}
