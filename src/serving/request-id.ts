/**
 * What a request is called in answers and in the log: as whoever sent it says, so that it can be followed through several services, or
 * else by a name that no other request has.
 */
import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";

export const requestIdHeader = "x-request-id";

/** It comes back in a header and goes into the log, so neither may take harm from it. */
const harmless = /^[\w.:@/+=-]{1,128}$/;

/** The id that a request brings along, or a new one where it brings none, or one that is too long or has other characters. */
export function requestIdOf({ headers }: Pick<IncomingMessage, "headers">): string {
  const given = headers[requestIdHeader];
  return typeof given === "string" && harmless.test(given) ? given : randomUUID();
}
