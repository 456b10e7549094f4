/** `/openapi.json`, generated from the routes' schemas, and `/docs`, which shows it. */
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { FastifyContextConfig, FastifyInstance } from "fastify";
import { jsonSchemaTransform } from "fastify-type-provider-zod";
import { z } from "zod";
import { packageVersion } from "../../system/index.js";
import type { App } from "./routes.js";

/** A client may use either; requests sent from /docs use the one entered there. */
const keys = {
  bearer: { type: "http", scheme: "bearer" },
  header: { type: "apiKey", in: "header", name: "X-API-Key" },
} as const;

const arrows = `<path d="M2 3l6 5-6 5zm6 0l6 5-6 5z" fill="#78acff"/>`;
const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">${arrows}</svg>`;
/** For the dark bar at the top. */
const logo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 66 16">${arrows}<text x="19" y="12.5" font-family="system-ui,sans-serif" font-size="14" font-weight="700" fill="#fff">segue</text></svg>`;

/**
 * Must run before the routes are added, since it collects them with a hook.
 *
 * @param keysRequired whether requests need an API key
 */
export async function addDocs(app: App, keysRequired: boolean): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Segue",
        description: "What should play next?",
        version: packageVersion(),
      },
      ...(keysRequired
        ? { security: [{ bearer: [] }, { header: [] }], components: { securitySchemes: keys } }
        : {}),
    },
    transform: describeRoute,
  });
  app.addHook("onRoute", (route) => {
    if (keysRequired && (route.config as FastifyContextConfig | undefined)?.open)
      route.schema = { ...route.schema, security: [] };
    if (!route.url.startsWith("/docs")) return;
    route.config = { ...route.config, open: true };
    route.schema = { ...route.schema, hide: true };
  });
  await app.register(swaggerUi, {
    routePrefix: "/docs",
    uiConfig: { deepLinking: true },
    logo: { type: "image/svg+xml", content: logo },
    theme: {
      title: "Segue: what should play next?",
      favicon: [{ filename: "icon.svg", rel: "icon", type: "image/svg+xml", sizes: "any", content: icon }],
    },
    // Relative to /docs/json: a proxy may serve the endpoint under a path prefix.
    transformSpecification: (document) => ({
      ...document,
      servers: [{ url: "..", description: "this endpoint" }],
    }),
    transformSpecificationClone: false,
    uiHooks: {
      // Without the slash, the page's links to its own files would be absolute, and lead past a proxy's path prefix.
      onRequest: (request, reply, next) => {
        if (/^\/docs(?:\?|$)/.test(request.url)) reply.redirect("docs/");
        else next();
      },
    },
  });
  app.get("/openapi.json", { config: { open: true }, schema: { hide: true } }, async () => app.swagger());
}

/** Redirects "/" to the docs. The redirect is relative, since a proxy may serve the endpoint under a path prefix. */
export function leadHome(app: FastifyInstance): void {
  // A plugin may serve its own page here.
  if (app.hasRoute({ method: "GET", url: "/" })) return;
  app.get("/", { config: { open: true }, schema: { hide: true } }, (_, reply) => reply.redirect("docs/"));
}

/** If a body has several content types, each has its own schema. */
const describeRoute: typeof jsonSchemaTransform = (document) => {
  const body = document.schema?.body as { content?: Record<string, { schema: unknown }> } | undefined;
  if (body?.content === undefined || body instanceof z.ZodType) return jsonSchemaTransform(document);
  const described = (schema: object) => jsonSchemaTransform({ ...document, schema }).schema;
  const content = Object.entries(body.content).map(([type, { schema }]) => {
    return [type, { schema: described({ body: schema }).body }];
  });
  const { body: _, ...others } = document.schema;
  return {
    ...document,
    schema: { ...described(others), body: { content: Object.fromEntries(content) } },
  };
};
