/** Serves a built web app at "/", with its index.html for every page that no route has. */
import { createReadStream, existsSync } from "node:fs";
import { join, resolve } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { misuse } from "../../system/index.js";

export async function serveFiles(app: FastifyInstance, webRoot: string): Promise<void> {
  const root = resolve(webRoot);
  if (!existsSync(join(root, "index.html"))) {
    throw misuse(`there is no index.html in ${root}`, "build the web app first: npm run build");
  }
  await app.register(async (files) => {
    files.addHook("onRoute", (route) => {
      route.config = { ...route.config, open: true };
      route.schema = { ...route.schema, hide: true };
    });
    await files.register(fastifyStatic, {
      root,
      dotfiles: "deny",
      // Vite puts a digest of the contents into the names under assets/.
      setHeaders: (reply, path) => {
        const fixed = path.startsWith(join(root, "assets"));
        reply.header("cache-control", fixed ? "public, max-age=31536000, immutable" : "no-cache");
        reply.header("x-content-type-options", "nosniff");
      },
    });
  });
}

/** Answers requests that match no route: pages that a browser asks for with the app's index.html, anything else with 404. */
export function pageOrNotFound(
  webRoot: string,
  notFound: (request: FastifyRequest, reply: FastifyReply) => void,
) {
  const index = join(resolve(webRoot), "index.html");
  return (request: FastifyRequest, reply: FastifyReply) => {
    const page = request.method === "GET" && (request.headers.accept ?? "").includes("text/html");
    if (!page || request.url.startsWith("/v1/")) return notFound(request, reply);
    return reply
      .header("cache-control", "no-cache")
      .type("text/html; charset=utf-8")
      .send(createReadStream(index));
  };
}
