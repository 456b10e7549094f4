/**
 * Keeps a studio that listens on this machine alone to this machine's names. Without it a page elsewhere whose name is made to resolve to
 * 127.0.0.1 (DNS rebinding) could have a browser here read runs and logs for it.
 */
import type { FastifyInstance } from "fastify";
import { HttpError } from "../serving/index.js";

const loopbackName = /^(?:localhost|(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i;

/** @param host what the studio listens on; on any other than a loopback address every name is answered. Default 127.0.0.1 */
export function loopbackOnly(app: FastifyInstance, host = "127.0.0.1"): void {
  if (!loopbackName.test(host)) return;
  app.addHook("onRequest", async (request) => {
    if (loopbackName.test(request.hostname)) return;
    throw new HttpError(403, {
      error: `the studio is for this machine alone, and not known as ${JSON.stringify(request.hostname)}`,
      code: "foreign-host",
      hint: "open it by the address that it printed, or start it with --host to share it",
    });
  });
}
