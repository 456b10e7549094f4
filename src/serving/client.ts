/** Whom a request comes from: what is shared out among clients is shared out among these. */
import type { FastifyRequest } from "fastify";
import { type ApiKeys, presentedKey } from "./api-keys.js";

/** The holder of an API key, wherever it calls from; of a request without a known one its address. */
export function clientOf(request: FastifyRequest, keys: ApiKeys): string {
  const key = presentedKey(request);
  return keys.has(key) ? `key ${key}` : request.ip;
}
