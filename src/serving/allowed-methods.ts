/** Which methods a path has, so that a request with another one is told so rather than that nothing is there. */
import type { FastifyInstance } from "fastify";

interface Route {
  readonly parts: readonly string[];
  readonly methods: readonly string[];
}

/**
 * Must run before the routes are added: they are gathered as they come. Those that take any path do not count: they are files.
 *
 * @returns the methods of the routes that a path (without its query) belongs to, in alphabetical order; none: there is no such path
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
