/** What routes ask of a model, and what they get: plain data, so that the model may live in another thread. */
import type { z } from "zod";
import type { extendRequest, invocationsRequest, recommendRequest, tracksQuery } from "../schemas.js";
import type { LiveModel } from "./served-model.js";

/** A request that has passed its schema. */
export type Question =
  | { readonly of: "recommend"; readonly request: z.output<typeof recommendRequest> }
  | { readonly of: "extend"; readonly request: z.output<typeof extendRequest> }
  | { readonly of: "invocations"; readonly request: z.output<typeof invocationsRequest> }
  | { readonly of: "tracks"; readonly request: z.output<typeof tracksQuery> };

export interface Answer {
  /** The whole body, written where it was made: only text travels between threads. */
  readonly json: string;
  /** Tracks of the request that the model does not know. */
  readonly unknownTracks: number;
  /** Rankings of which no track was known, and no title given. */
  readonly fallbacks: number;
}

/** How much work a thread has in hand at most, by `weightOf`: as much as its largest batch, so that it never waits for more. */
export const threadHolds = 32;

/** What it costs, at most `threadHolds`. */
export function weightOf(question: Question): number {
  return Math.min(threadHolds, costOf(question));
}

/** Roughly how many rankings' work an answer is, at least 1. How long a context is and how many tracks are asked for matters little. */
export function costOf({ of, request }: Question): number {
  switch (of) {
    case "recommend":
      // The reasons of some twenty tracks take as long as their ranking.
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

/** A model that answers, wherever it lives. */
export interface Answerer {
  /** Changes with the contents; shown in answers, metrics and logs. */
  readonly version: string;
  readonly defaultRecommender: string;
  /** False from the moment it can answer no more. */
  readonly alive: boolean;
  /** How much work it should have in hand at most, by `weightOf`. What is more waits better where it can still be dropped. */
  readonly holds: number;
  /** The model itself, where it is in this thread. */
  readonly live?: LiveModel;
  /** @throws HttpError where the request names what the model does not have */
  answer(question: Question): Promise<Answer>;
  /**
   * Frees what it holds. Called once, when no request uses it any more; where it is `interruptible` also before, and what it has not
   * answered by then it refuses.
   */
  close(): Promise<void>;
  /** Whether it can be closed while it answers. */
  readonly interruptible: boolean;
}
