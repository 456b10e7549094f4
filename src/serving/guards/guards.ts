/** The checks before every route: CORS, host name, rate limit, API key. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { HttpError } from "../http/http-error.js";
import { requestIdHeader } from "../http/request-id.js";
import type { EndpointSettings } from "../options.js";
import { type ApiKeys, presentedKey } from "./api-keys.js";
import { clientOf } from "./client.js";
import { refuseForeignHosts } from "./foreign-host.js";
import { RateLimit } from "./rate-limit.js";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Needs no API key and is not rate-limited: probes and static files. */
    open?: boolean;
  }
}

export interface GuardParts {
  /**
   * Takes one request from the client's rate limit; false if none is left. For workers, which share the counts. Default: this process
   * counts for itself.
   */
  readonly takeRequest?: (client: string) => Promise<boolean>;
  /**
   * While only this machine can reach the endpoint, refuses requests to any name but this machine's, even those that a proxy passes on, and
   * on every route: for plugins whose pages show what is only for this machine. Default false.
   */
  readonly ownNamesOnly?: boolean;
}

export function addGuards(
  app: FastifyInstance,
  {
    keys,
    settings,
    takeRequest,
    ownNamesOnly,
  }: GuardParts & { readonly keys: ApiKeys; readonly settings: EndpointSettings },
): void {
  addCors(app, settings.corsOrigins ?? []);
  const { rateLimit } = settings;
  const take = rateLimit === undefined ? undefined : (takeRequest ?? countHere(rateLimit));
  if (ownNamesOnly || !keys.required) refuseForeignHosts(app, ownNamesOnly);
  if (!keys.required && take === undefined) return;
  app.addHook("onRequest", async (request) => {
    if (isOpen(request)) return;
    if (take !== undefined && !(await take(clientOf(request, keys)))) {
      throw new HttpError(429, {
        error: `more than ${rateLimit} requests a second`,
        code: "rate-limit",
        hint: "wait a second and try again",
      });
    }
    if (!keys.required) return;
    const key = presentedKey(request);
    if (!keys.has(key)) {
      throw new HttpError(401, {
        error: key === undefined ? "an API key is needed" : "this API key is not known here",
        code: "unauthorized",
        hint: "send the header Authorization: Bearer KEY",
      });
    }
  });
}

function countHere(rateLimit: number) {
  const limit = new RateLimit(rateLimit);
  return (client: string) => limit.take(client, performance.now());
}

function isOpen(request: FastifyRequest): boolean {
  return request.routeOptions.config.open === true;
}

function addCors(app: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return;
  app.addHook("onRequest", async (request, reply) => {
    reply.header("vary", "origin");
    const { origin } = request.headers;
    if (origin === undefined || !(origins.includes(origin) || origins.includes("*"))) return;
    reply.header("access-control-allow-origin", origin);
    reply.header("access-control-expose-headers", `retry-after, ${requestIdHeader}`);
    if (request.method !== "OPTIONS" || !request.headers["access-control-request-method"]) return;
    return reply
      .code(204)
      .header("access-control-allow-methods", "GET, POST")
      .header("access-control-allow-headers", `authorization, content-type, x-api-key, ${requestIdHeader}`)
      .header("access-control-max-age", "600")
      .send();
  });
}
