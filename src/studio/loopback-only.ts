/**
 * Makes a studio that listens only on this machine refuse other host names. Otherwise a website whose name is made to resolve to 127.0.0.1
 * (DNS rebinding) could read runs and logs through the user's browser.
 */
import type { FastifyInstance } from "fastify";
import { HttpError, isLoopback } from "../serving/index.js";

/** @param host where the studio listens, default 127.0.0.1; if it is not a loopback address, every host name is accepted */
export function loopbackOnly(app: FastifyInstance, host = "127.0.0.1"): void {
  if (!isLoopback(host)) return;
  app.addHook("onRequest", async (request) => {
    if (isLoopback(request.hostname)) return;
    throw new HttpError(403, {
      error: `the studio is only for this machine, and does not answer to the name ${JSON.stringify(request.hostname)}`,
      code: "foreign-host",
      hint: "open the address that it printed, or start it with --host to share it",
    });
  });
}
