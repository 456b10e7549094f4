/** What every group of routes is given. */

import type { IncomingMessage, ServerResponse } from "node:http";
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { Batcher } from "../batcher.js";
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
  readonly batcher: Batcher;
  readonly metrics: EndpointMetrics;
}
