/** Questions to a model and its answers: plain data, so that the model can run in another thread. */
import type { z } from "zod";
import type { extendRequest, invocationsRequest, recommendRequest, tracksQuery } from "../schemas.js";
import type { LiveModel } from "./served-model.js";

/** In UTF-16 units: the longest track id, title or name in a request. */
export const longestText = 2_000;

/** A validated request. */
export type Question =
  | { readonly of: "recommend"; readonly request: z.output<typeof recommendRequest> }
  | { readonly of: "extend"; readonly request: z.output<typeof extendRequest> }
  | { readonly of: "invocations"; readonly request: z.output<typeof invocationsRequest> }
  | { readonly of: "tracks"; readonly request: z.output<typeof tracksQuery> };

export interface Answer {
  /** The whole body, serialized in the model's thread: only text is sent between threads. */
  readonly json: string;
  /** How many tracks of the request the model does not know. */
  readonly unknownTracks: number;
  /** How many of its rankings had no known track and no title. */
  readonly fallbacks: number;
}

/** The most work a thread is given at a time, in units of `weightOf`: its largest batch, so that it never runs idle. */
export const threadHolds = 32;

/** The cost of a question, capped at `threadHolds`. */
export function weightOf(question: Question): number {
  return Math.min(threadHolds, costOf(question));
}

/** The cost of a question in rankings, roughly, at least 1. The length of the context and k matter little. */
export function costOf({ of, request }: Question): number {
  switch (of) {
    case "recommend":
      // Explaining some twenty tracks takes as long as ranking them.
      return request.explain ? 1 + request.k / 20 : 1;
    case "extend":
      return request.n;
    case "invocations":
      return (request.instances ?? columnOf(request.inputs!)).length;
    case "tracks":
      return 1;
  }
}

type Inputs = NonNullable<z.output<typeof invocationsRequest>["inputs"]>;

/** The tracks of TensorFlow Serving's column form. */
export function columnOf(inputs: Inputs) {
  return Array.isArray(inputs) ? inputs : inputs.input_1;
}

/** A model that answers questions, in this thread or in others. */
export interface Answerer {
  /** Changes with the contents; shown in answers, metrics and logs. */
  readonly version: string;
  readonly defaultRecommender: string;
  /** False once it can no longer answer. */
  readonly alive: boolean;
  /** The most work it should be given at a time, in units of `weightOf`. The rest waits outside, where it can still be dropped. */
  readonly holds: number;
  /** The model itself, if it is in this thread. */
  readonly live?: LiveModel;
  /** @throws HttpError if the request names something that the model does not have */
  answer(question: Question): Promise<Answer>;
  /**
   * Frees its resources. Called once, when no request uses it any more. If it is `interruptible`, it may be called earlier, and then
   * rejects the questions still open.
   */
  close(): Promise<void>;
  /** Whether it can be closed while it answers. */
  readonly interruptible: boolean;
}
