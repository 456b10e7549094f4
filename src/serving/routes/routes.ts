/** What every group of routes is given, and how they answer. */

import type { IncomingMessage, ServerResponse } from "node:http";
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, RawServerDefault } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { Question } from "../answers/question.js";
import type { EndpointMetrics } from "../metrics.js";
import type { ModelSlot } from "../model-slot.js";

export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

export interface RouteParts {
  readonly models: ModelSlot;
  readonly metrics: EndpointMetrics;
}

const jsonType = "application/json; charset=utf-8";

/**
 * Has the model answer, and counts how long that took and what it did not know. The body comes as text; its type is for the schema alone, which
 * describes it.
 */
export async function answered<Body>(
  { models, metrics }: RouteParts,
  question: Question,
  reply: FastifyReply,
): Promise<Body> {
  const { defaultRecommender } = models.current;
  const asked = performance.now();
  const { json, unknownTracks, fallbacks } = await models.answer(question, reply.request.raw.socket);
  if (question.of !== "tracks") {
    const recommender = recommenderOf(question) ?? defaultRecommender;
    metrics.answered({ recommender, question: question.of }, (performance.now() - asked) / 1000);
  }
  metrics.unknownTracks(unknownTracks);
  metrics.fallbacks(fallbacks);
  reply.type(jsonType);
  return json as Body;
}

/** The one that a question names; where it has been answered, the model has it. */
function recommenderOf({ request }: Question): string | undefined {
  return "recommender" in request ? request.recommender : undefined;
}
