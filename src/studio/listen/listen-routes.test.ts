/** The routes of Listen, with recommenders that know little. */
import { expect, it } from "vitest";
import type { FittedRecommender } from "../../recommenders/index.js";
import { postJson, songApp, songModel, songs } from "../../serving/serving.testkit.js";
import { listenRoutes } from "./listen-routes.js";

/** Knows what follows one song, as track vectors do if the others are too rare. */
const narrow: FittedRecommender = {
  name: "narrow",
  recommend: (contexts) =>
    contexts.map(({ tracks }) =>
      tracks.at(-1) === songs[0]
        ? { tracks: [songs[1]!], scores: Float32Array.of(1) }
        : { tracks: [], scores: new Float32Array() },
    ),
  save: () => {
    throw new Error("not saved");
  },
};

async function extended(recommenders: Record<string, FittedRecommender>, body: object) {
  const { app } = await songApp({}, [(app, { models }) => listenRoutes(app, models, undefined)], {
    recommenders,
    defaultRecommender: Object.keys(recommenders)[0]!,
  });
  const { status, body: answer } = await postJson(app, "/v1/studio/extend", {
    recommender: "narrow",
    ...body,
  });
  expect(status).toBe(200);
  const { tracks, by } = answer as { tracks: Array<{ id: string }>; by: string[] };
  return { ids: tracks.map(({ id }) => id), by };
}

it("extends with the bundle's other recommenders where the chosen one has no answer, and says which", async () => {
  const { recommenders } = await songModel();
  const all = { ...recommenders, narrow };
  const from = async (context: readonly string[]) => extended(all, { context, k: 3 });
  const known = await from([songs[0]!]);
  expect(known.ids[0]).toBe(songs[1]);
  expect(known.by).toEqual(["narrow", "transitions", "transitions"]);
  for (const context of [[songs[7]!], ["Nobody-Nothing"], []]) {
    const { ids, by } = await from(context);
    expect(new Set([...ids, ...context]).size).toBe(3 + context.length);
    expect(by[0]).toBe("transitions");
  }
});

it("adds nothing if no recommender has an answer", async () => {
  expect(await extended({ narrow }, { context: [songs[7]!], k: 3 })).toEqual({ ids: [], by: [] });
});

it("suggests as many as asked, none of which is in the playlist or disliked", async () => {
  const { app } = await songApp({}, [(app, { models }) => listenRoutes(app, models, undefined)], {
    recommenders: { all: { ...narrow, name: "all", recommend: inOrder } },
    defaultRecommender: "all",
  });
  const [first, second, third, ...others] = songs;
  const asked = { context: [first!, second!], disliked: [third!], k: 3 };
  const { body } = await postJson(app, "/v1/studio/next", asked);
  const { tracks } = body as { tracks: Array<{ id: string }> };
  expect(tracks.map(({ id }) => id)).toEqual(others.slice(0, 3));
});

/** All songs in their order, whatever was played. */
const inOrder: FittedRecommender["recommend"] = (contexts, k) =>
  contexts.map(() => ({ tracks: songs.slice(0, k), scores: new Float32Array(k) }));
