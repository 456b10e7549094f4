/** `/openapi.json`, generated from the routes' schemas, and `/docs`, which shows it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { FastifyContextConfig } from "fastify";
import { jsonSchemaTransform } from "fastify-type-provider-zod";
import { packageRoot } from "../system/index.js";
import type { App } from "./routes/routes.js";

/** Either of the two; what is tried out on /docs sends what was given there. */
const keys = {
  bearer: { type: "http", scheme: "bearer" },
  header: { type: "apiKey", in: "header", name: "X-API-Key" },
} as const;

/**
 * Must run before the routes are added: they are gathered as they come.
 *
 * @param keysRequired whether requests must present an API key
 */
export async function addDocs(app: App, keysRequired: boolean): Promise<void> {
  const { version } = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as {
    version: string;
  };
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Segue",
        description: "What should play next?",
        version,
      },
      ...(keysRequired
        ? { security: [{ bearer: [] }, { header: [] }], components: { securitySchemes: keys } }
        : {}),
    },
    transform: jsonSchemaTransform,
  });
  app.addHook("onRoute", (route) => {
    if (keysRequired && (route.config as FastifyContextConfig | undefined)?.open)
      route.schema = { ...route.schema, security: [] };
    if (!route.url.startsWith("/docs")) return;
    route.config = { ...route.config, open: true };
    route.schema = { ...route.schema, hide: true };
  });
  await app.register(swaggerUi, { routePrefix: "/docs", uiConfig: { deepLinking: true } });
  app.get("/openapi.json", { config: { open: true }, schema: { hide: true } }, async () => app.swagger());
}
