/** Who sent a request: the rate limit and the waiting line treat clients separately. */
import type { FastifyRequest } from "fastify";
import { type ApiKeys, presentedKey } from "./api-keys.js";

/** Identifies the client by its API key or, without a valid one, by its address. */
export function clientOf(request: FastifyRequest, keys: ApiKeys): string {
  const key = presentedKey(request);
  return keys.has(key) ? `key ${key}` : request.ip;
}
