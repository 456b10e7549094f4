/** `POST /v1/playlists/extend`: the next n tracks of a playlist, each chosen after the one before it. */
import { extendPlaylist } from "../../recommenders/index.js";
import { errorAnswer, extendAnswer, extendRequest } from "../schemas.js";
import { nearestTitles, readContext, readRules } from "./context.js";
import type { App, RouteParts } from "./routes.js";

export function extendRoute(app: App, { models, metrics }: RouteParts): void {
  app.post(
    "/v1/playlists/extend",
    {
      schema: {
        summary: "Make a playlist longer, or one from a title alone",
        body: extendRequest,
        response: { 200: extendAnswer, "4xx": errorAnswer },
      },
    },
    async (request) => {
      const { n, variety, seed } = request.body;
      const lease = models.lease();
      try {
        const { live } = lease;
        const { context, recommender, fallback, unknown } = readContext(live, request.body, metrics);
        const rules = readRules(request.body);
        const added = extendPlaylist(recommender, live.model.catalogue, context, n, {
          variety,
          seed,
          ...(rules === undefined ? {} : { rules }),
        });
        return {
          bundle: live.version,
          recommender: recommender.name,
          fallback,
          unknown: await nearestTitles(live, unknown),
          tracks: added.map((id) => live.view(id)),
        };
      } finally {
        lease.release();
      }
    },
  );
}
