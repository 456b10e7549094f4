/** What the endpoint says of itself, and of requests that are wrong. */
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { postJson, songApp, songs } from "../serving.testkit.js";

type Songs = Awaited<ReturnType<typeof songApp>>;

let app: Songs["app"];
beforeAll(async () => {
  ({ app } = await songApp());
});
afterAll(() => app.close());

const post = (url: string, payload: object | string) => postJson(app, url, payload);

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
    ["/v1/recommend", { context: Array(1001).fill("a") }, 400, /^context: .*1000 tracks: send the last ones/],
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
