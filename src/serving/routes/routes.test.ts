import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FittedRecommender } from "../../recommenders/index.js";
import type { EndpointPlugin, EndpointSettings } from "../options.js";
import { extendAnswer, recommendAnswer, tracksAnswer } from "../schemas.js";
import { postJson, songApp, songs } from "../serving.testkit.js";

type Songs = Awaited<ReturnType<typeof songApp>>;

interface OpenApiRequest {
  readonly operationId?: string;
  readonly security?: object[];
  readonly responses: Record<string, { readonly description: string; readonly content?: object }>;
}

interface OpenApi {
  readonly paths: Record<string, Record<string, OpenApiRequest>>;
  readonly security?: object[];
  readonly components: { readonly securitySchemes?: object };
}

describe("the endpoint's routes", () => {
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
        recommendAnswer
          .omit({ tracks: true })
          .parse((await post(url, { context: [songs[0]], exclude })).body);
      expect((await asked(["radiohead - karma police"])).not_excluded).toBeUndefined();
      expect((await asked(["radiohead-Lotus", songs[3]!, "x"])).not_excluded).toEqual([
        "radiohead-Lotus",
        "x",
      ]);
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

  it("says what is wrong with a request, and where", async () => {
    const wrong: Array<[url: string, payload: object | string, status: number, error: RegExp]> = [
      ["/v1/recommend", { context: null }, 400, /^context: /],
      ["/v1/recommend", { context: ["a", 3] }, 400, /^context\[1\]: .*string/],
      ["/v1/recommend", { context: ["a"], k: 0 }, 400, /^k: /],
      ["/v1/recommend", { context: ["a"], k: 1e9 }, 400, /^k: .*1000/],
      ["/v1/recommend", { context: ["a"], k: 2.5 }, 400, /^k: .*int/],
      ["/v1/recommend", { context: ["a"], kk: 2 }, 400, /"kk"/],
      [
        "/v1/recommend",
        { tracks: ["a"] },
        400,
        /^body: unknown field "tracks"; the fields are context, title, /,
      ],
      ["/v1/recommend", '{"context":["\\ud800"]}', 400, /^context\[0\]: .*surrogate/],
      [
        "/v1/recommend",
        { context: Array(1001).fill("a") },
        400,
        /^context: .*1000 tracks: send the last ones/,
      ],
      ["/invocations", { instances: Array(1001).fill("a") }, 400, /^instances: .*1000: send them in several/],
      [
        "/v1/recommend",
        { context: ["a"], filters: { artists: Array(20_000).fill(1) } },
        400,
        /^filters\.artists: a list of 20000/,
      ],
      ["/v1/recommend", "{", 400, /JSON/],
      ["/v1/recommend", "[]", 400, /^body: .*object/],
      ["/v1/recommend", `${"[".repeat(50_000)}${"]".repeat(50_000)}`, 400, /^body: /],
      ["/v1/recommend", '{"__proto__":{"a":1},"context":[]}', 400, /^a key named "__proto__"/],
      ["/v1/recommend", '{"context": ["a-b" "c-d"]}', 400, /^the body is not JSON: .* position 19/],
      ["/v1/recommend", { context: [], per_artist: 0 }, 400, /^per_artist: /],
      ["/v1/recommend", { context: [], artist_separation: -1 }, 400, /^artist_separation: .*>=0/],
      ["/v1/playlists/extend", { context: [], artist_separation: 1001 }, 400, /^artist_separation: .*1000/],
      [
        "/v1/recommend",
        { context: [], filters: { artist: ["a"] } },
        400,
        /^filters: unknown field "artist"; the fields are artists, words$/,
      ],
      ["/v1/playlists/extend", { context: [], n: 101 }, 400, /^n: .*100/],
      ["/v1/playlists/extend", { context: [], variety: 2 }, 400, /^variety: /],
      ["/invocations", {}, 400, /instances/],
      ["/invocations", { instances: [] }, 400, /^instances: /],
      ["/invocations", { instances: [7] }, 400, /^instances\[0\]: .*string/],
      ["/invocations", { instances: [songs[0]], inputs: [songs[0]] }, 400, /either/],
      ["/v1/recommend", `{"context":["${"x".repeat(1 << 20)}"]}`, 413, /large/],
      ["/nowhere", {}, 404, /POST \/nowhere/],
    ];
    for (const [url, payload, status, error] of wrong) {
      const answer = await post(url, payload);
      expect({ status: answer.status, of: url }).toEqual({ status, of: url });
      expect((answer.body as { error: string }).error).toMatch(error);
      expect((answer.body as { code: string }).code).toMatch(/^[a-z-]+$/);
    }
    const latin1 = await app.inject({
      method: "POST",
      url: "/v1/recommend",
      payload: Buffer.from('{"context": ["Beyonc\u00e9-Halo"]}', "latin1"),
      headers: { "content-type": "application/json" },
    });
    expect(latin1.statusCode).toBe(400);
    expect(latin1.json()).toMatchObject({ error: "the body is not UTF-8 text", code: "not-json" });
    const marked = await post("/v1/recommend", `\ufeff${JSON.stringify({ context: [songs[0]] })}`);
    expect(marked.status).toBe(200);
    // What forms and scripts send that do not say what it is.
    for (const type of ["application/x-www-form-urlencoded", "text/plain;charset=UTF-8"]) {
      const untold = await app.inject({
        method: "POST",
        url: "/v1/recommend",
        payload: JSON.stringify({ context: [songs[0]] }),
        headers: { "content-type": type },
      });
      expect(untold.statusCode).toBe(415);
      expect(untold.json()).toMatchObject({
        error: `bodies with Content-Type ${type} are not accepted`,
        code: "unsupported-media-type",
      });
      expect(untold.json()).toMatchObject({ hint: "send the header Content-Type: application/json" });
    }
    const missing = await app.inject("/v1/tracks");
    expect([missing.statusCode, missing.json().error]).toEqual([400, "q: is missing: /v1/tracks?q=words"]);
    for (const limit of ["1000", "0x10", "1e1", "", "%205"])
      expect((await app.inject(`/v1/tracks?q=a&limit=${limit}`)).statusCode).toBe(400);
    expect((await app.inject("/v1/tracks?q=a&limit=7")).statusCode).toBe(200);
  });

  it("takes what is just within each limit, and refuses what is just beyond", async () => {
    const [recommend, extend] = ["/v1/recommend", "/v1/playlists/extend"];
    const many = (count: number) => Array<string>(count).fill("a");
    const limits: Array<[url: string, within: object, beyond: object]> = [
      [recommend, { context: many(1000) }, { context: many(1001) }],
      [recommend, { context: ["a"] }, { context: [""] }],
      [recommend, { title: "a".repeat(2000) }, { title: "a".repeat(2001) }],
      [recommend, { k: 1 }, { k: 0 }],
      [recommend, { k: 1000 }, { k: 1001 }],
      [recommend, { exclude: many(10_000) }, { exclude: many(10_001) }],
      [recommend, { exclude: ["a"] }, { exclude: [""] }],
      [recommend, { per_artist: 1 }, { per_artist: 0 }],
      [recommend, { artist_separation: 1000 }, { artist_separation: 1001 }],
      [recommend, { filters: { artists: ["a"] } }, { filters: { artists: [] } }],
      [recommend, { filters: { artists: many(1000) } }, { filters: { artists: many(1001) } }],
      [recommend, { filters: { words: ["a"] } }, { filters: { words: [] } }],
      [recommend, { filters: { words: many(100) } }, { filters: { words: many(101) } }],
      [extend, { n: 1 }, { n: 0 }],
      [extend, { n: 100 }, { n: 101 }],
      [extend, { variety: 0 }, { variety: -0.001 }],
      [extend, { variety: 1 }, { variety: 1.001 }],
      [extend, { seed: 0 }, { seed: -1 }],
      [extend, { seed: 2 ** 32 - 1 }, { seed: 2 ** 32 }],
      ["/invocations", { inputs: ["a"] }, { inputs: [] }],
      ["/invocations", { inputs: { input_1: ["a"] } }, { inputs: { input_1: [] } }],
      ["/invocations", { inputs: many(1000) }, { inputs: many(1001) }],
      ["/invocations", { inputs: { input_1: many(1000) } }, { inputs: { input_1: many(1001) } }],
      ["/invocations", { instances: many(1000) }, { instances: many(1001) }],
    ];
    for (const [url, within, beyond] of limits) {
      const statuses = [(await post(url, within)).status, (await post(url, beyond)).status];
      expect({ of: Object.keys(within), statuses }).toEqual({
        of: Object.keys(beyond),
        statuses: [200, 400],
      });
    }
    for (const [query, status] of [
      [`q=${"a".repeat(200)}`, 200],
      [`q=${"a".repeat(201)}`, 400],
      ["q=", 400],
      ["q=a&limit=100", 200],
      ["q=a&limit=101", 400],
      ["q=a&limit=0", 400],
    ] as const)
      expect((await app.inject(`/v1/tracks?${query}`)).statusCode, query).toBe(status);
  });

  it("serves health, readiness, metrics and docs", async () => {
    expect((await app.inject("/healthz")).json()).toEqual({ status: "ok", pid: process.pid });
    for (const url of ["/readyz", "/ping"])
      expect((await app.inject(url)).json()).toMatchObject({ status: "ready", bundle: "songs-1" });
    const metrics = (await app.inject("/metrics")).body;
    expect(metrics).toMatch(/segue_bundle_info\{version="songs-1",recommender="transitions"\} 1/);
    expect(metrics).toMatch(
      /segue_http_request_duration_seconds_count\{route="\/v1\/recommend",method="POST",status="200"\} \d/,
    );
    const { paths, openapi } = (await app.inject("/openapi.json")).json() as {
      paths: object;
      openapi: string;
    };
    expect(openapi).toBe("3.1.0");
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(["/invocations", "/v1/recommend", "/v1/tracks", "/readyz"]),
    );
    expect(Object.keys(paths).filter((path) => path.startsWith("/docs"))).toEqual([]);
    expect(paths).toMatchObject({
      "/invocations": {
        post: {
          operationId: "invocations",
          requestBody: {
            content: {
              "application/json": { schema: { type: "object", title: "InvocationsRequest" } },
              "application/jsonlines": { schema: { type: "string" } },
              "text/csv": { schema: { type: "string", description: expect.stringContaining("in quotes") } },
            },
          },
          responses: { "200": {}, "4XX": {} },
        },
      },
      "/admin/reload": {
        post: {
          responses: {
            "200": {},
            "4XX": {},
            "500": { description: expect.stringContaining("the previous one goes on answering") },
            "503": {},
          },
        },
      },
    });
    expect((await app.inject("/docs/")).statusCode).toBe(200);
  });

  it("measures each recommender separately, and no unknown one", async () => {
    const { app } = await songApp();
    const ask = (url: string, payload: object) => app.inject({ method: "POST", url, payload });
    await ask("/v1/recommend", {});
    await ask("/v1/recommend", { recommender: "popularity" });
    await ask("/v1/recommend", { recommender: "made up" });
    await ask("/v1/playlists/extend", {});
    await ask("/invocations", { instances: [songs[0]] });
    await app.inject("/v1/tracks?q=daft");
    const { body } = await app.inject("/metrics");
    const counts = [...body.matchAll(/^segue_answer_duration_seconds_count\{(.*)\} (\d+)$/gm)];
    expect(Object.fromEntries(counts.map(([, labels, count]) => [labels, count]))).toEqual({
      'recommender="transitions",question="recommend"': "1",
      'recommender="popularity",question="recommend"': "1",
      'recommender="transitions",question="extend"': "1",
      'recommender="transitions",question="invocations"': "1",
    });
    for (const bound of ["0.001", "0.0025", "0.005", "0.01"])
      expect(body).toContain(`segue_answer_duration_seconds_bucket{le="${bound}",recommender="transitions"`);
  });

  it("starts counters at zero, so that the first failed reload shows", async () => {
    const { body } = await (await songApp()).app.inject("/metrics");
    for (const why of ["too-many", "client-gone"])
      expect(body).toContain(`segue_dropped_questions_total{why="${why}"} 0\n`);
    for (const outcome of ["done", "failed"])
      expect(body).toContain(`segue_reloads_total{outcome="${outcome}"} 0\n`);
  });

  it("documents a name for each request, and the API key if needed", async () => {
    const described = async (settings: EndpointSettings) => {
      const { paths, security, components } = (
        await (await songApp(settings)).app.inject("/openapi.json")
      ).json() as OpenApi;
      const requests = Object.values(paths).flatMap((path) => Object.values(path));
      return { requests, security, schemes: Object.keys(components.securitySchemes ?? {}) };
    };
    const open = await described({});
    expect(open.requests.map(({ operationId }) => operationId).sort()).toEqual([
      "extendPlaylist",
      "findTracks",
      "healthz",
      "invocations",
      "metrics",
      "ping",
      "readyz",
      "recommend",
      "reload",
    ]);
    expect(open).toMatchObject({ security: undefined, schemes: [] });
    const closed = await described({ apiKeys: ["first-key-0123456789"] });
    expect(closed).toMatchObject({
      security: [{ bearer: [] }, { header: [] }],
      schemes: ["bearer", "header"],
    });
    const withoutKey = closed.requests.filter(({ security }) => security?.length === 0);
    expect(withoutKey.map(({ operationId }) => operationId).sort()).toEqual(["healthz", "ping", "readyz"]);
  });

  it("refuses a query that is not UTF-8, which would be searched literally", async () => {
    const search = async (q: string) => (await app.inject(`/v1/tracks?q=${q}`)).json();
    for (const broken of ["Beyonc%e9", "%ed%a0%80", "100%", "%zz"])
      expect(await search(broken), broken).toMatchObject({ code: "bad-url" });
    for (const right of ["Beyonc%C3%A9", "Beyoncé", "beyonce+d%C3%A9j%c3%a0"])
      expect((await search(right)).tracks, right).toMatchObject([{ id: "Beyoncé-Déjà Vu" }]);
  });

  it("refuses a query string if only the body is read, which would be ignored", async () => {
    const payload = { context: [songs[0]] };
    for (const url of ["/v1/recommend", "/v1/playlists/extend", "/invocations", "/admin/reload"]) {
      const { status, body } = await post(`${url}?k=5`, payload);
      expect({ status, body }).toMatchObject({
        status: 400,
        body: {
          error: `POST ${url} takes no query string, got ?k=5`,
          code: "unread-query",
          hint: 'leave it out; a field such as "k" belongs in the JSON of the body',
        },
      });
    }
    expect(await post("/v1/recommend?%FF&'", payload)).toMatchObject({
      status: 400,
      body: { hint: "leave it out; fields belong in the JSON of the body" },
    });
    expect((await post("/v1/recommend?", payload)).status).toBe(200);
    // A probe may be asked past a cache.
    expect((await app.inject("/ping?t=1")).statusCode).toBe(200);
  });

  it("describes each answer, and sends requests from the docs page to its own origin", async () => {
    const { paths } = (await app.inject("/openapi.json")).json() as OpenApi;
    const answers = Object.values(paths).flatMap((path) =>
      Object.values(path).flatMap(({ responses }) => Object.values(responses)),
    );
    expect(answers.length).toBeGreaterThan(20);
    for (const { description, content } of answers) {
      expect(description).not.toBe("Default Response");
      expect(content).toBeDefined();
    }
    expect(paths["/metrics"]).toMatchObject({
      get: { responses: { 200: { content: { "text/plain": {} } }, "4XX": {} } },
    });
    expect(paths["/v1/tracks"]).toMatchObject({
      get: {
        parameters: [{ name: "q" }, { name: "limit", description: expect.stringContaining("default 10") }],
      },
    });
    // A bundle's best recommender answers it, nearest tracks or not.
    expect(paths["/invocations"]).toMatchObject({
      post: { summary: expect.stringContaining("What should follow each track") },
    });
    // It has the document from /docs/json.
    expect((await app.inject("/docs/json")).json()).toMatchObject({ servers: [{ url: ".." }] });
    expect((await app.inject("/openapi.json")).json()).not.toHaveProperty("servers");
  });

  it("heads the docs page with its own name and icon", async () => {
    const script = (await app.inject("/docs/static/swagger-initializer.js")).body;
    const [, logo] = /data:image\/svg\+xml;base64,([\w+/=]+)/.exec(script)!;
    expect(Buffer.from(logo!, "base64").toString()).toContain(">segue</text>");
    const [, icon] = /rel="icon"[^>]*href="([^"]+)"/.exec((await app.inject("/docs/")).body)!;
    const answer = await app.inject(`/docs/${icon!.replace(/^\.\//, "")}`);
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toContain("<svg");
  });

  it("lists the methods of a path on a wrong method", async () => {
    const { app } = await songApp({}, [(app) => void app.delete("/v1/lists/:list", async () => ({}))]);
    const refused = async (method: "GET" | "PUT" | "OPTIONS", url: string) => {
      const { statusCode, headers, body } = await app.inject({ method, url });
      return { status: statusCode, allow: headers.allow, ...(JSON.parse(body) as object) };
    };
    expect(await refused("PUT", "/v1/recommend?k=3")).toMatchObject({
      status: 405,
      allow: "POST",
      error: "/v1/recommend takes POST, not PUT",
      code: "method-not-allowed",
    });
    expect(await refused("OPTIONS", "/v1/tracks")).toMatchObject({ status: 405, allow: "GET, HEAD" });
    expect(await refused("GET", "/v1/lists/7")).toMatchObject({ status: 405, allow: "DELETE" });
    // Whatever it brings.
    const form = { method: "PUT", url: "/v1/recommend", payload: "k=3" } as const;
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    expect((await app.inject({ ...form, headers })).statusCode).toBe(405);
    for (const nowhere of ["/v1/recommend/", "/v1/lists/", "/v1/lists/7/x", "/v1"])
      expect(await refused("PUT", nowhere)).toMatchObject({ status: 404, allow: undefined });
  });

  it("points to the docs only if they are enabled", async () => {
    const hintOf = async (settings: EndpointSettings) =>
      (await (await songApp(settings)).app.inject("/v1/nothing")).json().hint as unknown;
    expect(await hintOf({})).toBe("GET /docs lists what there is");
    expect(await hintOf({ docs: false })).toBeUndefined();
    const home = async (settings: EndpointSettings, plugins: readonly EndpointPlugin[] = []) =>
      (await songApp(settings, plugins)).app.inject("/");
    expect(await home({})).toMatchObject({ statusCode: 302, headers: { location: "docs/" } });
    expect(await home({ docs: false })).toMatchObject({ statusCode: 404 });
    expect(await home({}, [(app) => void app.get("/", async () => "ours")])).toMatchObject({ body: "ours" });
  });

  it("says that it accepts no compressed body, instead of invalid JSON", async () => {
    const { statusCode, body } = await app.inject({
      method: "POST",
      url: "/v1/recommend",
      payload: gzipSync(JSON.stringify({ context: [songs[0]] })),
      headers: { "content-type": "application/json", "content-encoding": "gzip" },
    });
    expect(statusCode).toBe(415);
    expect(JSON.parse(body)).toMatchObject({
      error: "bodies with Content-Encoding gzip are not accepted",
      code: "unsupported-encoding",
    });
  });
});
