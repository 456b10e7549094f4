/**
 * The id of a request in answers and in the log: the one that the client sent, so that a request can be traced through several services,
 * or else a new UUID.
 */
import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";

export const requestIdHeader = "x-request-id";

/** Ids that are safe in a header and in the log. */
const harmless = /^[\w.:@/+=-]{1,128}$/;

/** The id that the request sent, or a new one if it sent none, or one that is too long or has other characters. */
export function requestIdOf({ headers }: Pick<IncomingMessage, "headers">): string {
  const given = headers[requestIdHeader];
  return typeof given === "string" && harmless.test(given) ? given : randomUUID();
}
