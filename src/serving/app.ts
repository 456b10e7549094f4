/** Assembles the endpoint: guards, routes, metrics, docs and error answers around the model slot. */
import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { ApiKeys } from "./guards/api-keys.js";
import { addGuards, type GuardParts } from "./guards/guards.js";
import { gatherMethods } from "./http/allowed-methods.js";
import { answerError, answerNotFound } from "./http/answer-error.js";
import { HttpError } from "./http/http-error.js";
import { limitPipelining } from "./http/pipelining.js";
import { refuseEncodedBodies, refuseExpectations } from "./http/refusals.js";
import { letBodyArrive, readJsonBodies } from "./http/request-body.js";
import { requestIdHeader, requestIdOf } from "./http/request-id.js";
import { pageOrNotFound, serveFiles } from "./http/static-files.js";
import { validatorCompiler } from "./http/validation.js";
import { logRequests } from "./log.js";
import type { EndpointMetrics } from "./metrics.js";
import type { ModelSlot } from "./model/model-slot.js";
import type { EndpointPlugin, EndpointSettings } from "./options.js";
import { type AdminParts, adminRoutes } from "./routes/admin.js";
import { addDocs, leadHome } from "./routes/docs.js";
import { healthRoutes } from "./routes/health.js";
import { invocationsRoute } from "./routes/invocations.js";
import { questionRoutes } from "./routes/questions.js";

export interface AppParts extends AdminParts, GuardParts {
  readonly models: ModelSlot;
  readonly settings: EndpointSettings;
  readonly keys: ApiKeys;
  readonly metrics: EndpointMetrics;
  readonly logger: FastifyBaseLogger;
  readonly plugins?: readonly EndpointPlugin[];
  /** True once the endpoint has been told to stop. */
  readonly leaving: () => boolean;
}

export { createLogger } from "./log.js";
export { EndpointMetrics } from "./metrics.js";

/** Creates the endpoint, not yet listening: for `startServer`, and for `app.inject` in tests. */
export async function createApp(parts: AppParts): Promise<FastifyInstance> {
  const { models, settings, keys, metrics, logger, plugins = [], leaving } = parts;
  const requestTimeout = settings.requestTimeout ?? 10_000;
  // Fastify's `trustProxy: true` trusts the first address of X-Forwarded-For, which a client can forge.
  const proxies = Number(settings.trustProxy ?? false);
  const app: FastifyInstance = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: "request_id" }),
    genReqId: requestIdOf,
    bodyLimit: settings.bodyLimit ?? 1024 * 1024,
    trustProxy: proxies === 0 ? false : (_address: string, hop: number) => hop < proxies,
    requestTimeout,
    // A client that sends requests and never reads would keep its answers in memory for ever.
    connectionTimeout: 120_000,
    // Longer than the idle timeout of common load balancers (60 s), so that they close connections first and never send on a closing one.
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
  // Most answers arrive as text from the model. Validating the others would cost more than making them.
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
  const { webRoot } = settings;
  const hasDocs = settings.docs ?? true;
  const notFound = answerNotFound(gatherMethods(app), hasDocs ? "GET /docs lists what there is" : undefined);
  app.setErrorHandler(async (error, request, reply) => {
    // Fastify closes the connection after a body that is too large. Left open, Node reads the rest after the answer.
    if (!(error instanceof HttpError)) reply.removeHeader("connection");
    // Fastify parses the body before it answers 404: a wrong path is reported rather than a wrong body.
    if (request.is404 && !(error instanceof HttpError)) notFound(request, reply);
    else answerError(error, request, reply);
    return reply;
  });
  app.setNotFoundHandler(webRoot === undefined ? notFound : pageOrNotFound(webRoot, notFound));

  app.addHook("onSend", async (request, reply) => {
    reply.header(requestIdHeader, request.id);
    // As late as possible, so that requests in flight when the stop began tell their clients too.
    if (leaving()) reply.header("connection", "close");
    if (!request.raw.complete) await letBodyArrive(request, reply);
  });
  limitPipelining(app);
  addGuards(app, parts);
  refuseExpectations(app);
  app.addHook("onRequest", refuseEncodedBodies);
  logRequests(app, settings.logTracks ?? false);
  app.addHook("onResponse", async (request, reply) => {
    const route = request.routeOptions.url ?? "none";
    metrics.request({ route, method: request.method, status: reply.statusCode }, reply.elapsedTime / 1000);
  });
  if (hasDocs) await addDocs(typed, keys.required);

  healthRoutes(typed, parts);
  await invocationsRoute(typed, parts);
  questionRoutes(typed, parts);
  adminRoutes(typed, parts);
  for (const plugin of plugins) await plugin(app, { models });
  if (webRoot !== undefined) await serveFiles(app, webRoot);
  else if (hasDocs) leadHome(app);
  metrics.serving(models.current.version, models.current.defaultRecommender);
  await app.ready();
  return app;
}

/** Answers requests that Node could not parse: too slow, headers too long, not HTTP. The connection is closed after the answer. */
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
