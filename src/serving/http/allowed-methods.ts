/** Knows which methods each path accepts, so that a wrong method gets 405 and not 404. */
import type { FastifyInstance } from "fastify";

interface Route {
  readonly parts: readonly string[];
  readonly methods: readonly string[];
}

/**
 * Must run before the routes are added, since it collects them with a hook. Wildcard routes are ignored: they serve files.
 *
 * @returns the methods accepted at a path (without its query), in alphabetical order; empty if no route has that path
 */
export function gatherMethods(app: FastifyInstance): (path: string) => string[] {
  const routes: Route[] = [];
  app.addHook("onRoute", ({ url, method }) => {
    if (!url.includes("*")) routes.push({ parts: url.split("/"), methods: [method].flat() });
  });
  return (path) => {
    const parts = path.split("/");
    const methods = routes.flatMap((route) => (belongsTo(route, parts) ? route.methods : []));
    return [...new Set(methods)].sort();
  };
}

/** "/v1/runs/7" belongs to "/v1/runs/:run". */
function belongsTo(route: Route, parts: readonly string[]): boolean {
  if (route.parts.length !== parts.length) return false;
  return route.parts.every((part, i) => (part.startsWith(":") ? parts[i] !== "" : part === parts[i]));
}
