/**
 * Protects an endpoint that only this machine can reach, and that needs no API key, from websites: one whose name is made to resolve to
 * 127.0.0.1 (DNS rebinding) could ask it through the browser of somebody on this machine, and read the answers.
 *
 * A browser sends the port that it connects to after the name. A reverse proxy on this machine listens on another port, so the names that
 * it passes on are accepted.
 */
import { type AddressInfo, isIP } from "node:net";
import type { FastifyInstance } from "fastify";
import { HttpError } from "../http/http-error.js";

const loopbackName = /^(?:(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i;

/** Whether a name or address means this machine, whoever asks: "localhost", "127.0.0.1", "[::1]". */
const isLoopback = (name: string): boolean => loopbackName.test(name);

/**
 * @param ownNamesOnly refuses other names whatever port follows them, on open routes too; default: only with the port of this endpoint, and
 *   not on open routes
 */
export function refuseForeignHosts(app: FastifyInstance, ownNamesOnly = false): void {
  // Almost all requests have the same Host, and asking for the server's address takes a system call.
  let accepted: string | undefined;
  app.addHook("onRequest", (request, _reply, done) => {
    const { host } = request.raw.headers;
    if (host === undefined || host === accepted) return done();
    // Fastify makes `routeOptions` anew each time.
    if (!ownNamesOnly && request.routeOptions.config.open) return done();
    if (isForeign(host, app.server.address(), ownNamesOnly)) return done(refusal(host, ownNamesOnly));
    accepted = host;
    done();
  });
}

/** @param listens where the server does, see `Server.address` */
function isForeign(host: string, listens: AddressInfo | string | null, ownNamesOnly: boolean): boolean {
  if (listens === null || typeof listens === "string" || !isLoopback(listens.address)) return false;
  const [, name, port = "80"] = /^(.*?)(?::(\d+))?$/.exec(host)!;
  // No name resolves to another address than the one that was called.
  const isHere = isLoopback(name!) || isIP(name!.replace(/^\[|\]$/g, "")) !== 0;
  return !isHere && (ownNamesOnly || Number(port) === listens.port);
}

const refusal = (host: string, ownNamesOnly: boolean) =>
  new HttpError(403, {
    error: `${ownNamesOnly ? "this server" : "without API keys this endpoint"} is only for this machine, and does not answer to the name ${JSON.stringify(host.slice(0, 200))}`,
    code: "foreign-host",
    hint: ownNamesOnly
      ? "open it at 127.0.0.1 or localhost, or start it with --host to share it"
      : "call it at 127.0.0.1 or localhost; a proxy may pass its own name without this port; or start it with --api-key-file",
  });
