/** Assembles the endpoint: guards, routes, metrics, docs and error answers around the model slot. */
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { ApiKeys } from "./guards/api-keys.js";
import { addGuards, type GuardParts } from "./guards/guards.js";
import { gatherMethods } from "./http/allowed-methods.js";
import { answerError, answerNotFound } from "./http/answer-error.js";
import { HttpError } from "./http/http-error.js";
import { limitPipelining } from "./http/pipelining.js";
import { refuseEncodedBodies, refuseExpectations, refuseNoHost } from "./http/refusals.js";
import { letBodyArrive, readJsonBodies } from "./http/request-body.js";
import { requestIdHeader, requestIdOf } from "./http/request-id.js";
import { pageOrNotFound, serveFiles } from "./http/static-files.js";
import { UnreadRequests } from "./http/unread-requests.js";
import { validatorCompiler } from "./http/validation.js";
import { type EndedRequest, logRequest } from "./log.js";
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
  const record = (ended: EndedRequest) => {
    logRequest(logger, ended);
    metrics.request(ended);
  };
  const unread = new UnreadRequests(record);
  const app: FastifyInstance = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: "request_id" }),
    genReqId: requestIdOf,
    bodyLimit: settings.bodyLimit ?? 1024 * 1024,
    trustProxy: proxies === 0 ? false : (_address: string, hop: number) => hop < proxies,
    requestTimeout,
    // A client that sends requests and never reads would keep its answers in memory for ever.
    connectionTimeout: 120_000,
    // Longer than the idle timeout of load balancers, so that they close connections first and never send on a closing one: 60 s for most,
    // 600 s for Google's. From clients themselves come too many connections to keep them so long.
    keepAliveTimeout: proxies === 0 ? 72_000 : 620_000,
    return503OnClosing: false,
    forceCloseConnections: "idle",
    http: {
      headersTimeout: requestTimeout,
      connectionsCheckingInterval: Math.min(1000, requestTimeout),
      // Refused below: Node's answer would say nothing.
      requireHostHeader: false,
    },
    // A malformed URL, which no hook sees.
    frameworkErrors: (error, request, reply) => {
      answerError(error, request, reply);
      record(endedRequest(request, reply, false));
    },
    clientErrorHandler: (error, socket) => unread.answer(error, socket),
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
  unread.follow(app);
  app.addHook("onRequest", refuseNoHost);
  limitPipelining(app);
  addGuards(app, parts);
  refuseExpectations(app);
  app.addHook("onRequest", refuseEncodedBodies);
  app.addHook("onResponse", async (request, reply) => {
    record(endedRequest(request, reply, settings.logTracks ?? false));
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

/** A request that a route, a hook or the router has answered. */
function endedRequest(request: FastifyRequest, reply: FastifyReply, withTracks: boolean): EndedRequest {
  return {
    id: request.id,
    method: request.method,
    route: request.routeOptions.url ?? "none",
    status: reply.statusCode,
    ms: reply.elapsedTime,
    ...(withTracks ? { query: request.query, body: request.body } : {}),
  };
}
