/** The routes of Map and Data: the analysis and the map, or their progress. */
import type { FastifyInstance } from "fastify";
import type { Study } from "./study.js";

export function studyRoutes(app: FastifyInstance, study: Study): void {
  const hidden = { schema: { hide: true } };
  app.get("/v1/studio/analysis", hidden, async () => study.analysis);
  for (const theme of ["light", "dark"] as const) {
    app.get(`/v1/studio/power-law-${theme}.svg`, hidden, async (_, reply) => {
      const picture = study.powerLaw(theme);
      if (picture === undefined) return reply.code(404).send({ error: "there is no power-law fit (yet)" });
      return reply.type("image/svg+xml").send(picture);
    });
  }
  app.get("/v1/studio/map", hidden, async () => study.map);
}
