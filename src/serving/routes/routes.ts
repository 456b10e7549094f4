/** What all groups of routes share. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  RawServerDefault,
} from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { Question } from "../answers/question.js";
import type { ApiKeys } from "../guards/api-keys.js";
import { clientOf } from "../guards/client.js";
import type { EndpointMetrics } from "../metrics.js";
import type { Asker, ModelSlot } from "../model/model-slot.js";

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
  readonly keys: ApiKeys;
}

const jsonType = "application/json; charset=utf-8";

/**
 * Gets the model's answer, and records its duration and how many tracks were unknown. The body is already text; `Body` only matches the
 * route's schema.
 */
export async function answered<Body>(
  { models, metrics, keys }: RouteParts,
  question: Question,
  reply: FastifyReply,
): Promise<Body> {
  const { defaultRecommender } = models.current;
  const asked = performance.now();
  const { json, unknownTracks, fallbacks } = await models.answer(question, askerOf(reply.request, keys));
  if (question.of !== "tracks") {
    const recommender = recommenderOf(question) ?? defaultRecommender;
    metrics.answered({ recommender, question: question.of }, (performance.now() - asked) / 1000);
  }
  metrics.unknownTracks(unknownTracks);
  metrics.fallbacks(fallbacks);
  reply.type(jsonType);
  return json as Body;
}

/** Evaluated lazily: only read if the question has to wait. */
function askerOf(request: FastifyRequest, keys: ApiKeys): Asker {
  const { socket } = request.raw;
  return {
    get client() {
      return clientOf(request, keys);
    },
    get gone() {
      return socket.destroyed;
    },
  };
}

/** The recommender that an answered question named, which the model therefore has. */
function recommenderOf({ request }: Question): string | undefined {
  return "recommender" in request ? request.recommender : undefined;
}
