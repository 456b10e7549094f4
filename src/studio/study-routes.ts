/** What Map and Data ask: the analysis and the map, or how far they are. */
import type { FastifyInstance } from "fastify";
import type { Study } from "./study.js";

export function studyRoutes(app: FastifyInstance, study: Study): void {
  const hidden = { schema: { hide: true } };
  app.get("/v1/studio/analysis", hidden, async () => study.analysis);
  app.get("/v1/studio/map", hidden, async () => study.map);
}
