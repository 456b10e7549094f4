/** What the endpoint answers to questions. */
import { afterAll, beforeAll, expect, it } from "vitest";
import type { FittedRecommender } from "../../recommenders/index.js";
import { extendAnswer, recommendAnswer, tracksAnswer } from "../schemas.js";
import { postJson, songApp, songs } from "../serving.testkit.js";

type Songs = Awaited<ReturnType<typeof songApp>>;

let app: Songs["app"];
let model: Songs["model"];
beforeAll(async () => {
  ({ app, model } = await songApp());
});
afterAll(() => app.close());

const post = (url: string, payload: object | string) => postJson(app, url, payload);

const answerOf = (track: string, k: number) =>
  model.recommenders.transitions!.recommend([{ tracks: [track] }], k)[0]!;

it("answers an unknown track on every route like the recommender itself: by its artist", async () => {
  const unknown = "Justice-Nonexistent Song";
  const wanted = answerOf(unknown, 5).tracks;
  expect(wanted[0]).toBe("Justice-D.A.N.C.E.");
  const invoked = await post("/invocations", { instances: [unknown] });
  const { predictions } = invoked.body as { predictions: Array<{ output_2: string[] }> };
  expect(predictions[0]!.output_2).toEqual(wanted);
  const recommended = await post("/v1/recommend", { context: [unknown], k: 5, explain: true });
  const answer = recommendAnswer.parse(recommended.body);
  expect(answer).toMatchObject({ fallback: true, recommender: "transitions" });
  expect(answer.tracks.map(({ id }) => id)).toEqual(wanted);
  for (const { because } of answer.tracks) expect(because).toMatch(/\w/);
  const capped = await post("/v1/recommend", { context: [unknown], k: 5, exclude: [wanted[1]] });
  expect(recommendAnswer.parse(capped.body).tracks[0]!.id).toBe(wanted[0]);
  const extended = await post("/v1/playlists/extend", { context: [unknown], n: 2 });
  expect(extendAnswer.parse(extended.body)).toMatchObject({ fallback: true, recommender: "transitions" });
  expect(extendAnswer.parse(extended.body).tracks[0]!.id).toBe(wanted[0]);
});

it("matches a track with decomposed accents, on each route", async () => {
  const [known, apart] = ["Björk-Jóga", "Björk-Jóga".normalize("NFD")];
  expect(apart).not.toBe(known);
  for (const [url, ask] of [
    ["/v1/recommend", (track: string) => ({ context: [track], exclude: ["Radiohead-Karma Police"], k: 5 })],
    ["/v1/playlists/extend", (track: string) => ({ context: [track], n: 2 })],
    ["/invocations", (track: string) => ({ instances: [track] })],
  ] as const)
    expect((await post(url, ask(apart))).body).toEqual((await post(url, ask(known))).body);
  const rest = await post("/v1/recommend", { context: [songs[6]], exclude: [apart], k: 5 });
  expect(recommendAnswer.parse(rest.body).tracks.map(({ id }) => id)).not.toContain(known);
  expect(
    recommendAnswer
      .parse((await post("/v1/recommend", { context: [songs[6]], k: 5 })).body)
      .tracks.map(({ id }) => id),
  ).toContain(known);
});

it("answers with popularity if a recommender without a fallback knows nothing", async () => {
  const silent: FittedRecommender = {
    name: "silent",
    recommend: (contexts) => contexts.map(() => ({ tracks: [], scores: new Float32Array(0) })),
    save: () => ({ kind: "silent", version: 1, settings: {}, arrays: {} }),
  };
  const { recommenders } = model;
  const { app: quiet } = await songApp({}, [], {
    recommenders: { silent, ...recommenders },
    defaultRecommender: "silent",
  });
  const ask = async (url: string, payload: object) =>
    (await quiet.inject({ method: "POST", url, payload })).json();
  const popular = recommenders.popularity!.recommend([{ tracks: [] }], 5)[0]!.tracks;
  const context = ["Nobody-Nothing"];
  const answer = recommendAnswer.parse(await ask("/v1/recommend", { context, k: 5 }));
  expect(answer).toMatchObject({ fallback: true, recommender: "popularity" });
  expect(answer.tracks.map(({ id }) => id)).toEqual(popular);
  expect(await ask("/v1/playlists/extend", { context })).toMatchObject({ recommender: "popularity" });
  expect((await ask("/invocations", { instances: context })).predictions[0].output_2).toEqual(popular);
  // What it is silent about is known: that is its answer.
  expect(await ask("/v1/recommend", { context: [songs[0]] })).toMatchObject({
    fallback: false,
    recommender: "silent",
    tracks: [],
  });
  await quiet.close();
});

it("recommends from a context, with separate artists and titles", async () => {
  const { status, body } = await post("/v1/recommend", { context: [songs[0], songs[1]], k: 3 });
  expect(status).toBe(200);
  const answer = recommendAnswer.parse(body);
  const wanted = model.recommenders.transitions!.recommend([{ tracks: [songs[0]!, songs[1]!] }], 3)[0]!;
  expect(answer.tracks.map((track) => track.id)).toEqual(wanted.tracks);
  expect(answer).toMatchObject({
    bundle: "songs-1",
    recommender: "transitions",
    fallback: false,
    unknown: [],
  });
  for (const track of answer.tracks) expect(`${track.artist}-${track.title}`).toBe(track.id);
});

it.each([
  ["daft punk - one more time", songs[0]],
  ["DAFT PUNK — One more time (feat. Romanthony) - Radio Edit", songs[0]],
  ["Modjo feat. Somebody - Lady (Hear me tonight)", songs[3]],
  ["sigur ros hoppipolla", "Sigur Rós-Hoppípolla"],
  ["beyonce-deja vu", "Beyoncé-Déjà Vu"],
  ["Cassius-Cassius 1999", "Cassius-Cassius 1999 - Radio Edit"],
  ["cassius - cassius 1999 (Remastered 2009)", "Cassius-Cassius 1999 - Radio Edit"],
])("matches names as people write them, and says so: %s", async (track, as) => {
  const { body } = await post("/v1/recommend", { context: [track], k: 5 });
  const plainly = (await post("/v1/recommend", { context: [as], k: 5 })).body as { tracks: unknown };
  expect(body).toMatchObject({
    fallback: false,
    unknown: [],
    read_as: [{ track, as }],
    tracks: plainly.tracks,
  });
  expect(plainly).not.toHaveProperty("read_as");
  const without = await post("/v1/recommend", { context: [songs[1]], exclude: [track], k: 12 });
  const ids = (without.body as { tracks: { id: string }[] }).tracks.map(({ id }) => id);
  expect(ids).not.toContain(as);
});

it("respells the artist of an unknown track, and of a filter", async () => {
  const asked = { context: ["the beyonce-Unheard"], filters: { artists: ["sigur ros", "cassius"] } };
  const { body } = await post("/v1/recommend", asked);
  const as = "Beyoncé-Unheard";
  expect(body).toMatchObject({ read_as: [{ track: asked.context[0], as }], unknown: [{ track: as }] });
  const artists = recommendAnswer.parse(body).tracks.map(({ artist }) => artist);
  expect(new Set(artists)).toEqual(new Set(["Sigur Rós", "Cassius"]));
});

it("does not match tracks with more, fewer or other words", async () => {
  for (const track of ["Daft Punk-One More", "Daft Punk-One More Time Again", "Time More One-Punk Daft"]) {
    const { body } = await post("/v1/recommend", { context: [track] });
    expect(body).toMatchObject({ unknown: [{ track }] });
  }
});

it("lists unknown tracks with the most similar titles", async () => {
  const { body } = await post("/v1/recommend", { context: ["Daft Pnk-One Mor Time", songs[1]] });
  const answer = recommendAnswer.parse(body);
  expect(answer.fallback).toBe(false);
  expect(answer.unknown).toHaveLength(1);
  expect(answer.unknown[0]).toMatchObject({ track: "Daft Pnk-One Mor Time" });
  expect(answer.unknown[0]!.nearest[0]).toBe(songs[0]);
});

it("says if nothing of the context is known and there is no title", async () => {
  for (const request of [{ context: ["Nobody-Nothing"] }, { context: [] }, {}]) {
    const { body } = await post("/v1/recommend", { ...request, k: 4 });
    const answer = recommendAnswer.parse(body);
    expect(answer).toMatchObject({ fallback: true, recommender: "transitions" });
    expect(answer.tracks).toHaveLength(4);
  }
  for (const url of ["/v1/recommend", "/v1/playlists/extend"]) {
    const { status, body } = await post(url, { title: "rainy sunday" });
    expect(status).toBe(200);
    expect(body).toMatchObject({ fallback: false, recommender: "transitions", unknown: [] });
    const rock = songs.slice(6);
    expect(rock).toContain((body as { tracks: Array<{ id: string }> }).tracks[0]!.id);
  }
});

it("lets the request choose the recommender, and lists them if it is unknown", async () => {
  const chosen = await post("/v1/recommend", { context: [songs[0]], recommender: "popularity" });
  expect(chosen.body).toMatchObject({ recommender: "popularity", fallback: false });
  for (const recommender of ["magic", "constructor", "__proto__"]) {
    const missing = await post("/v1/recommend", { context: [songs[0]], recommender });
    expect(missing.status).toBe(400);
    expect(missing.body).toMatchObject({
      code: "unknown-recommender",
      hint: expect.stringContaining("transitions"),
    });
  }
});

it("applies the rules of a request", async () => {
  const ids = async (extra: object) => {
    const { status, body } = await post("/v1/recommend", { context: [songs[0]], k: 6, ...extra });
    expect(status, JSON.stringify(body)).toBe(200);
    return recommendAnswer.parse(body).tracks;
  };
  const free = await ids({});
  const [best] = free;
  expect((await ids({ exclude: [best!.id] })).map((track) => track.id)).not.toContain(best!.id);
  expect((await ids({ exclude_played: true })).map((track) => track.id)).not.toContain(songs[0]);
  const capped = (await ids({ per_artist: 1, k: 10 })).map((track) => track.artist);
  expect(new Set(capped).size).toBe(capped.length);
  const other = await ids({ artist_separation: 1, k: 10 });
  expect(other.map((track) => track.artist)).not.toContain("Daft Punk");
  expect(await ids({ artist_separation: 0 })).toEqual(free);
  const wanted = await ids({ filters: { artists: ["justice", "modjo"] } });
  expect(new Set(wanted.map((track) => track.artist))).toEqual(new Set(["Justice", "Modjo"]));
});

it("lists the tracks of exclude that leave nothing out, as they were written", async () => {
  for (const url of ["/v1/recommend", "/v1/playlists/extend"]) {
    const asked = async (exclude: string[]) =>
      recommendAnswer.omit({ tracks: true }).parse((await post(url, { context: [songs[0]], exclude })).body);
    expect((await asked(["radiohead - karma police"])).not_excluded).toBeUndefined();
    expect((await asked(["radiohead-Lotus", songs[3]!, "x"])).not_excluded).toEqual(["radiohead-Lotus", "x"]);
  }
});

it("says why there is no track if a filter excludes all", async () => {
  const said = async (url: string, filters: object, extra: object = {}) => {
    const { status, body } = await post(url, { context: [songs[0]], filters, ...extra });
    expect(status, JSON.stringify(body)).toBe(200);
    return body as { tracks: unknown[]; remarks?: string[] };
  };
  for (const [url, played] of [
    ["/v1/recommend", ""],
    ["/v1/playlists/extend", " and without what has played"],
  ] as const) {
    expect(await said(url, { artists: ["Nobody"] })).toMatchObject({
      tracks: [],
      remarks: ['no answer: no track is by "Nobody"'],
    });
    expect(await said(url, { artists: ["Modjo"] }, { exclude: [songs[3]] })).toMatchObject({
      tracks: [],
      remarks: [`no answer: no track passes filters.artists "Modjo" and exclude${played} together`],
    });
    expect(await said(url, { words: ["xyzzy"] })).toMatchObject({
      tracks: [],
      remarks: ['no answer: no playlists have "xyzzy" in their titles'],
    });
    expect(
      await said(url, { artists: ["Modjo"] }, { context: [songs[3]], artist_separation: 1 }),
    ).toMatchObject({
      tracks: [],
      remarks: [
        `no answer: no track passes filters.artists "Modjo" and artist_separation 1${played} together`,
      ],
    });
  }
});

it("names the reason for an empty answer by the request's field, if it has one", async () => {
  const { app: few } = await songApp();
  const remarks = async (url: string, request: object) =>
    (
      await few.inject({ method: "POST", url, payload: { filters: { artists: ["Modjo"] }, ...request } })
    ).json().remarks as string[];
  const context = [songs[3]];
  expect(await remarks("/v1/recommend", { context, exclude_played: true })).toEqual([
    'no answer: no track passes filters.artists "Modjo" and exclude_played together',
  ]);
  expect(await remarks("/v1/playlists/extend", { context })).toEqual([
    'no answer: no track passes filters.artists "Modjo" and without what has played together',
  ]);
  await few.close();
});

it("explains tracks on request", async () => {
  const { body } = await post("/v1/recommend", { context: [songs[0]], k: 3, explain: true });
  const { tracks } = recommendAnswer.parse(body);
  expect(tracks).toHaveLength(3);
  for (const track of tracks) {
    expect(track.reasons!.length).toBeGreaterThan(0);
    expect(track.because).toMatch(/\w/);
  }
  const plain = await post("/v1/recommend", { context: [songs[0]], k: 1 });
  expect(recommendAnswer.parse(plain.body).tracks[0]).not.toHaveProperty("reasons");
});

it("extends a playlist, the same way for the same seed", async () => {
  const extend = async (extra: object) => {
    const { status, body } = await post("/v1/playlists/extend", { context: [songs[0]], n: 5, ...extra });
    expect(status, JSON.stringify(body)).toBe(200);
    return extendAnswer.parse(body).tracks.map((track) => track.id);
  };
  const added = await extend({});
  expect(added).toHaveLength(5);
  expect(new Set([songs[0], ...added]).size).toBe(6);
  expect(await extend({ variety: 1, seed: 3 })).toEqual(await extend({ variety: 1, seed: 3 }));
  expect((await extend({ exclude: [added[0]!] }))[0]).not.toBe(added[0]);
  const byDaftPunk = (list: readonly string[]) => list.findIndex((id) => id.startsWith("Daft Punk-"));
  expect(byDaftPunk(added)).toBe(0);
  expect(byDaftPunk(await extend({ artist_separation: 3 }))).toBeGreaterThanOrEqual(3);
});

it("says why a playlist is extended by fewer tracks than asked for", async () => {
  const asked = { context: [songs[0]], filters: { artists: ["Nobody", "modjo", "daft punk"] } };
  const extend = async (extra: object) =>
    extendAnswer.parse((await post("/v1/playlists/extend", { ...asked, ...extra })).body);
  expect(await extend({ n: 2 })).not.toHaveProperty("remarks");
  expect((await extend({ n: 3, artist_separation: 2, per_artist: 1 })).remarks).toEqual([
    'only 1 of 3 tracks: transitions has no other that passes filters.artists "Nobody", "modjo", "daft punk" and artist_separation 2 and per_artist 1',
  ]);
  expect((await extend({ n: 100, filters: undefined })).remarks).toEqual([
    "only 11 of 100 tracks: transitions has no other",
  ]);
  const ranked = await post("/v1/recommend", asked);
  expect(recommendAnswer.parse(ranked.body).tracks).toHaveLength(2);
  expect(ranked.body).not.toHaveProperty("remarks");
});

it("finds tracks despite typos, accents and case", async () => {
  const find = async (q: string) => {
    const answer = await app.inject({ url: "/v1/tracks", query: { q, limit: "3" } });
    return tracksAnswer.parse(answer.json()).tracks.map((track) => track.id);
  };
  expect((await find("daft pnuk wrold"))[0]).toBe("Daft Punk-Around the World");
  expect((await find("HOPPIPOLLA"))[0]).toBe("Sigur Rós-Hoppípolla");
  expect((await find("beyonce deja"))[0]).toBe("Beyoncé-Déjà Vu");
  expect((await find("林檎"))[0]).toBe("椎名林檎-丸の内サディスティック");
  expect((await find("karma p"))[0]).toBe("Radiohead-Karma Police");
  expect(await find("zzzzqqq")).toEqual([]);
});
