/** Puts the endpoint together: guards, routes, metrics, docs and error answers around the model in the slot. */
import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { Logger } from "pino";
import { gatherMethods } from "./allowed-methods.js";
import { ApiKeys } from "./api-keys.js";
import { addDocs, leadHome } from "./docs.js";
import { addGuards, type GuardParts } from "./guards.js";
import { answerError, answerNotFound, HttpError, refuseEncodedBodies } from "./http-error.js";
import { createLogger, logRequests } from "./log.js";
import { EndpointMetrics } from "./metrics.js";
import type { ModelSlot } from "./model-slot.js";
import type { EndpointPlugin, EndpointSettings } from "./options.js";
import { limitPipelining } from "./pipelining.js";
import { readJsonBodies } from "./request-body.js";
import { requestIdHeader, requestIdOf } from "./request-id.js";
import { type AdminParts, adminRoutes } from "./routes/admin.js";
import { extendRoute } from "./routes/extend.js";
import { healthRoutes } from "./routes/health.js";
import { invocationsRoute } from "./routes/invocations.js";
import { recommendRoute } from "./routes/recommend.js";
import { tracksRoute } from "./routes/tracks.js";
import { pageOrNotFound, serveFiles } from "./static-files.js";
import { validatorCompiler } from "./validation.js";

export interface AppParts extends AdminParts, GuardParts {
  readonly models: ModelSlot;
  readonly settings: EndpointSettings;
  /** Default: those of the settings, for good. */
  readonly keys?: ApiKeys;
  readonly metrics?: EndpointMetrics;
  readonly logger?: Logger;
  readonly plugins?: readonly EndpointPlugin[];
  /** True from the moment the endpoint was told to stop. */
  readonly leaving?: () => boolean;
}

export { createLogger } from "./log.js";
export { EndpointMetrics } from "./metrics.js";

/** The endpoint, not yet listening: for `app.inject` in tests and for `startServer`. */
export async function createApp(parts: AppParts): Promise<FastifyInstance> {
  const { models, settings, plugins = [], leaving = () => false } = parts;
  const keys = parts.keys ?? new ApiKeys(settings.apiKeys ?? []);
  const metrics = parts.metrics ?? new EndpointMetrics();
  const requestTimeout = settings.requestTimeout ?? 10_000;
  // Fastify's own true believes the first address, which is the client's to invent.
  const proxies = Number(settings.trustProxy ?? false);
  const loggerInstance: FastifyBaseLogger = parts.logger ?? createLogger(settings.logLevel);
  const app: FastifyInstance = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: "request_id" }),
    genReqId: requestIdOf,
    bodyLimit: settings.bodyLimit ?? 1024 * 1024,
    trustProxy: proxies === 0 ? false : (_address: string, hop: number) => hop < proxies,
    requestTimeout,
    // Above the idle time of common load balancers (60 s), so that they close first and never meet a closing socket.
    keepAliveTimeout: 72_000,
    return503OnClosing: false,
    forceCloseConnections: "idle",
    http: { headersTimeout: requestTimeout, connectionsCheckingInterval: Math.min(1000, requestTimeout) },
    frameworkErrors: answerError,
    clientErrorHandler: answerBrokenRequest,
    routerOptions: { maxParamLength: 500 },
  });
  const typed = app.withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  readJsonBodies(app);
  // Most answers come as text from the model; checking the others again at run time would cost more than making them.
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
  const { webRoot } = settings;
  const hasDocs = settings.docs ?? true;
  const notFound = answerNotFound(gatherMethods(app), hasDocs ? "GET /docs lists what there is" : undefined);
  app.setErrorHandler((error, request, reply) =>
    // A body is read before it is known that no route wants it; that it is none of JSON matters less.
    request.is404 && !(error instanceof HttpError)
      ? notFound(request, reply)
      : answerError(error, request, reply),
  );
  app.setNotFoundHandler(webRoot === undefined ? notFound : pageOrNotFound(webRoot, notFound));

  app.addHook("onSend", async (request, reply) => {
    reply.header(requestIdHeader, request.id);
    // As late as possible, so that requests that were under way when the stop began tell their clients too.
    if (leaving()) reply.header("connection", "close");
  });
  limitPipelining(app);
  addGuards(app, { ...parts, keys });
  app.addHook("onRequest", refuseEncodedBodies);
  logRequests(app, settings.logTracks ?? false);
  app.addHook("onResponse", async (request, reply) => {
    const route = request.routeOptions.url ?? "none";
    metrics.request({ route, method: request.method, status: reply.statusCode }, reply.elapsedTime / 1000);
  });
  if (hasDocs) await addDocs(typed, keys.required);

  const routeParts = { models, metrics, keys, leaving };
  healthRoutes(typed, routeParts);
  await invocationsRoute(typed, routeParts);
  recommendRoute(typed, routeParts);
  extendRoute(typed, routeParts);
  tracksRoute(typed, routeParts);
  adminRoutes(typed, { ...parts, metrics, keys });
  for (const plugin of plugins) await plugin(app, { models });
  if (webRoot !== undefined) await serveFiles(app, webRoot);
  else if (hasDocs) leadHome(app);
  metrics.serving(models.current.version, models.current.defaultRecommender);
  await app.ready();
  return app;
}

/** Requests that never become one: too slow, too long headers, not HTTP. The connection is closed after the answer. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, reason] =
    error.code === "ERR_HTTP_REQUEST_TIMEOUT"
      ? [408, "the request did not arrive in time"]
      : error.code === "HPE_HEADER_OVERFLOW"
        ? [431, "the headers are too long"]
        : [400, "this is not an HTTP request"];
  const body = JSON.stringify({ error: reason, code: status === 408 ? "too-slow" : "bad-request" });
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/json; charset=utf-8\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n`;
  socket.end(head + body);
}
