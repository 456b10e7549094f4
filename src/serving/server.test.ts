import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { Agent, request as httpRequest } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { pino } from "pino";
import { afterEach, describe, expect, it } from "vitest";
import type { ServedModel } from "./answers/served-model.js";
import { createLogger } from "./log.js";
import type { ModelSource } from "./model/model-source.js";
import { type RunningServer, type ServerOptions, startServer } from "./server.js";
import { songApp, songModel, songs } from "./serving.testkit.js";

const running: RunningServer[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

async function start(options: Partial<ServerOptions> = {}): Promise<RunningServer> {
  const server = await startServer({ model: await songModel(), logLevel: "silent", ...options });
  running.push(server);
  return server;
}

const json = { "content-type": "application/json" };

function recommend(url: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}/v1/recommend`, {
    method: "POST",
    headers: { ...json, ...headers },
    body: JSON.stringify({ context: [songs[0]], k: 3 }),
  });
}

/** A source whose model can be changed, and which tells which of its models have been closed. */
interface ChangingSource extends ModelSource {
  version: string;
  broken: boolean;
  readonly closed: string[];
}

function changingSource(): ChangingSource {
  const closed: string[] = [];
  const source: ChangingSource = {
    place: "memory",
    version: "v1",
    broken: false,
    closed,
    fingerprint: async () => `${source.version} ${source.broken}`,
    open: async (): Promise<ServedModel> => {
      if (source.broken) throw new Error("manifest.json: checksum differs");
      const model = await songModel(source.version);
      return { ...model, close: () => void closed.push(model.version) };
    },
  };
  return source;
}

describe("the endpoint as a server", () => {
  it("listens on this machine only and answers", async () => {
    const { url } = await start();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await (await recommend(url)).json()).toMatchObject({ bundle: "songs-1" });
  });

  it("says which port is in use, and what to do", async () => {
    const { url } = await start();
    const port = Number(new URL(url).port);
    await expect(start({ port })).rejects.toMatchObject({
      message: `port ${port} on 127.0.0.1 is in use`,
      hint: expect.stringContaining("--port 0"),
    });
    await expect(start({ port: 70_000 })).rejects.toMatchObject({ exitCode: 2 });
    await expect(start({ host: "203.0.113.7" })).rejects.toMatchObject({
      message: expect.stringContaining("203.0.113.7"),
    });
    await expect(start({ host: "fe80::1" })).rejects.toMatchObject({
      message: expect.stringContaining("fe80::1 is not an address"),
    });
    await expect(start({ host: "[::1]" })).rejects.toMatchObject({
      hint: expect.stringContaining("without brackets, such as ::1"),
    });
  });

  it("uses one address if localhost has several, since a stop would leave the others open", async () => {
    const { url } = await start({ host: "localhost" });
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    await expect(fetch(url.replace("127.0.0.1", "[::1]"))).rejects.toThrow();
  });

  it.each([
    // It would be open to everybody.
    [{ apikeys: ["long-enough-0123456789"] } as object, /^there is no option apikeys$/],
    [{ corsOrigins: "https://app.example" as never }, /^corsOrigins must be a list of origins$/],
    [{ apiKeys: "long-enough-0123456789" as never }, /^apiKeys must be a list of keys$/],
    [{ apiKeys: [""] }, /^the API key at apiKeys\[0\] is too short/],
    [
      { apiKeys: ["long-enough-0123456789", undefined as never] },
      /^the API key at apiKeys\[1\] is not a string$/,
    ],
    [{ model: {} as never }, /^model must be a source or a model in memory$/],
    [{ trustProxy: -1 }, /^trustProxy must be a whole number from 0 to 16, got -1$/],
    [{ rateLimit: -1 }, /^rateLimit must be a number > 0, got -1$/],
    [
      { requestTimeout: 2009.9999999999998 },
      /^requestTimeout must be a whole number from 1 to 2147483647, got 2009/,
    ],
    [{ watchInterval: 9_999_999_000 }, /^watchInterval must be a whole number from 0 to 2147483647/],
    [{ docs: "no" as never }, /^docs must be true or false, got "no"$/],
    [{ logTracks: "false" as never }, /^logTracks must be true or false, got "false"$/],
    [{ recommender: 5 as never }, /^recommender must be text, got 5$/],
    [{ webRoot: 5 as never }, /^webRoot must be a path on this machine, got 5$/],
    [{ host: 5 as never }, /^host must be text, got 5$/],
    [{ plugins: [5] as never }, /^plugins must be a list of functions, got \[5\]$/],
    [{ logger: {} as never }, /^logger must be a logger of pino, got \{\}$/],
    [{ bodyLimit: Number.NaN }, /^bodyLimit must be a whole number ≥ 1, got NaN$/],
    [{ threads: 0 }, /^threads must be a whole number from 1 to 256, got 0$/],
    [
      { logLevel: "trace" as never },
      /^logLevel must be one of silent, error, warn, info, debug, got "trace"$/,
    ],
    [
      { corsOrigins: ["https://app.example/"] },
      /^"https:\/\/app.example\/" is not an origin that a browser sends$/,
    ],
    [{ corsOrigins: ["app.example"] }, /^"app.example" is not an origin that a browser sends$/],
    [
      { model: "data/04_models" as never },
      /^model must be a source or a model in memory, got "data\/04_models"$/,
    ],
  ] satisfies [Partial<ServerOptions>, RegExp][])("refuses %j", async (options, message) => {
    let opened = 0;
    const source: ModelSource = {
      ...changingSource(),
      open: async () => {
        opened++;
        return songModel();
      },
    };
    await expect(start({ model: source, ...options })).rejects.toMatchObject({
      name: "SegueError",
      exitCode: 2,
      message: expect.stringMatching(message),
    });
    expect(opened).toBe(0);
  });

  it("allows origins of apps that are not on the web", async () => {
    const corsOrigins = ["https://app.example:8443", "capacitor://localhost", "null", "*"];
    await expect(start({ corsOrigins })).resolves.toBeDefined();
  });

  it("closes the model if it cannot start", async () => {
    const source = changingSource();
    const plugins = [() => Promise.reject(new Error("no such table"))];
    await expect(start({ model: source, plugins })).rejects.toThrow("no such table");
    expect(source.closed).toEqual(["v1"]);
  });

  it("switches to a new model without a failed request, and closes the old one", async () => {
    const source = changingSource();
    const server = await start({ model: source });
    const seen = new Set<string>();
    let going = true;
    const load = Array.from({ length: 8 }, async () => {
      while (going) {
        const answer = await recommend(server.url);
        expect(answer.status).toBe(200);
        seen.add(((await answer.json()) as { bundle: string }).bundle);
      }
    });
    for (let version = 2; version <= 5; version++) {
      await expect.poll(() => seen.has(`v${version - 1}`), { timeout: 10_000 }).toBe(true);
      source.version = `v${version}`;
      expect(await server.reload()).toEqual({ version: `v${version}`, changed: true });
    }
    await expect.poll(() => seen.has("v5"), { timeout: 10_000 }).toBe(true);
    going = false;
    await Promise.all(load);
    expect([...seen].sort()).toEqual(["v1", "v2", "v3", "v4", "v5"]);
    expect(source.closed).toEqual(["v1", "v2", "v3", "v4"]);
  });

  it("reloads once more for all requests made during a reload", async () => {
    const source = changingSource();
    let opened = 0;
    const slow: ModelSource = {
      ...source,
      open: async () => {
        opened++;
        const model = await songModel(source.version);
        await wait(100);
        return model;
      },
    };
    const server = await start({ model: slow });
    const first = server.reload();
    await wait(50);
    source.version = "v2";
    const others = Array.from({ length: 10 }, () => server.reload());
    expect((await first).version).toBe("v1");
    for (const { version } of await Promise.all(others)) expect(version).toBe("v2");
    expect(opened).toBe(3);
    expect((await server.reload()).changed).toBe(false);
  });

  it("notices a newer model by itself, and keeps the old one if the new one is broken", async () => {
    const source = changingSource();
    const { url } = await start({ model: source, watchInterval: 20 });
    const version = async () => ((await (await fetch(`${url}/readyz`)).json()) as { bundle: string }).bundle;
    source.version = "v2";
    await expect.poll(version).toBe("v2");
    source.version = "v3";
    source.broken = true;
    await expect
      .poll(async () => (await fetch(`${url}/metrics`)).text())
      .toMatch(/segue_reloads_total\{outcome="failed"\} [1-9]/);
    expect(await version()).toBe("v2");
    source.broken = false;
    await expect.poll(version).toBe("v3");
  });

  it("switches to a model that appeared while the previous one was being opened", async () => {
    const source = changingSource();
    const model: ModelSource = {
      ...source,
      fingerprint: async () => source.version,
      open: async () => {
        const opened = await source.open();
        source.version = "v2";
        return opened;
      },
    };
    const { url } = await start({ model, watchInterval: 20 });
    await expect
      .poll(async () => ((await (await fetch(`${url}/readyz`)).json()) as { bundle: string }).bundle)
      .toBe("v2");
  });

  it("switches to a model once it is complete", async () => {
    const source = changingSource();
    let tries = 0;
    // As a bundle that is copied into its place: its manifest stays as it is while the other files come.
    const model: ModelSource = {
      ...source,
      fingerprint: async () => source.version,
      open: () => {
        tries++;
        return source.open();
      },
    };
    const { url } = await start({ model, watchInterval: 20 });
    const version = async () => ((await (await fetch(`${url}/readyz`)).json()) as { bundle: string }).bundle;
    source.version = "v2";
    source.broken = true;
    await wait(700);
    // One of the start, and 20, 60, 140, 300 and 620 ms after the first that failed.
    expect(tries).toBeLessThan(10);
    expect(await version()).toBe("v1");
    source.broken = false;
    await expect.poll(version, { timeout: 5_000 }).toBe("v2");
    tries = 0;
    await wait(200);
    expect(tries).toBe(0);
  });

  it("finishes what is in flight when it stops", async () => {
    const { url, close } = await start({
      plugins: [(app) => void app.get("/slow", async () => wait(500, { done: true }))],
    });
    const agent = new Agent({ keepAlive: true });
    const slow = fetch(`${url}/slow`);
    const kept = await statusOf(`${url}/healthz`, agent);
    expect(kept).toEqual({ status: 200, connection: "keep-alive" });
    await wait(50);
    const stopped = close();
    // The kept connection still answers, tells its client to leave, and the probe says no.
    expect(await statusOf(`${url}/readyz`, agent)).toEqual({ status: 503, connection: "close" });
    expect(await (await slow).json()).toEqual({ done: true });
    const finished = performance.now();
    await stopped;
    // Waiting for connections that nobody uses would take ten seconds.
    expect(performance.now() - finished).toBeLessThan(5_000);
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
    agent.destroy();
  });

  it("answers connections that the system accepted just before it stops", async () => {
    const { url, close } = await start();
    const request = "GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    const answers = Array.from({ length: 20 }, () => raw(url, request));
    // They connect now; Node learns of it in the next turn of its loop.
    await new Promise<void>((then) => process.nextTick(then));
    const stopped = close();
    for (const answer of await Promise.all(answers)) expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    await stopped;
  });

  it("keeps answering during the drain delay, and says that it is not ready", async () => {
    const { url, close } = await start({ drainDelay: 600 });
    const began = performance.now();
    const stopped = close();
    for (const path of ["/ping", "/readyz"]) expect((await fetch(url + path)).status).toBe(503);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    // Each on a connection of its own, since the one before was told to close.
    let answered = 0;
    for (; performance.now() - began < 500; answered++) {
      const answer = await recommend(url);
      expect({ status: answer.status, connection: answer.headers.get("connection") }).toEqual({
        status: 200,
        connection: "close",
      });
    }
    expect(answered).toBeGreaterThan(0);
    await stopped;
    expect(performance.now() - began).toBeGreaterThan(590);
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  });

  it("requires an API key if keys are set, except for probes and docs", async () => {
    const apiKeys = ["first-key-0123456789", "second-key-0123456789"];
    const source = changingSource();
    const { url } = await start({ apiKeys, model: source });
    expect((await recommend(url)).status).toBe(401);
    expect((await recommend(url, { authorization: "Bearer wrong" })).status).toBe(401);
    expect((await recommend(url, { authorization: `Bearer ${apiKeys[1]}` })).status).toBe(200);
    expect((await recommend(url, { "x-api-key": apiKeys[0]! })).status).toBe(200);
    for (const open of ["/ping", "/healthz", "/readyz", "/openapi.json", "/docs/", "/"]) {
      expect((await fetch(url + open)).status, open).toBe(200);
    }
    for (const guarded of ["/metrics", "/v1/tracks?q=a", "/nowhere"]) {
      expect((await fetch(url + guarded)).status, guarded).toBe(401);
    }
    expect((await fetch(`${url}/admin/reload`, { method: "POST" })).status).toBe(401);
    source.version = "v2";
    const reloaded = await fetch(`${url}/admin/reload`, {
      method: "POST",
      headers: { "x-api-key": apiKeys[0]! },
    });
    expect(await reloaded.json()).toEqual({ version: "v2", changed: true });
  });

  it("replaces API keys while it runs, without becoming open or closed to all", async () => {
    const [first, second] = ["first-key-0123456789", "second-key-0123456789"] as const;
    const closed = await start({ apiKeys: [first] });
    await closed.useApiKeys([second]);
    expect((await recommend(closed.url, { "x-api-key": first })).status).toBe(401);
    const misused = { name: "SegueError", exitCode: 2 };
    for (const wrong of [[], [second, "short"], second as never])
      await expect(closed.useApiKeys(wrong)).rejects.toMatchObject(misused);
    expect((await recommend(closed.url, { "x-api-key": second })).status).toBe(200);
    const open = await start();
    await expect(open.useApiKeys([first])).rejects.toMatchObject(misused);
    expect((await recommend(open.url)).status).toBe(200);
  });

  it("refuses /admin/reload if no API keys are set", async () => {
    const { url } = await start({ model: changingSource() });
    const refused = await fetch(`${url}/admin/reload`, { method: "POST" });
    expect(refused.status).toBe(403);
  });

  it("limits the rate of one client", async () => {
    const { url } = await start({ rateLimit: 2 });
    const answers = await Promise.all(Array.from({ length: 12 }, () => recommend(url)));
    const statuses = answers.map((answer) => answer.status);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(4);
    const refused = answers.find((answer) => answer.status === 429)!;
    expect(refused.headers.get("retry-after")).toBe("1");
    expect(await refused.json()).toMatchObject({ code: "rate-limit" });
    expect((await fetch(`${url}/ping`)).status).toBe(200);
  });

  it.each([
    [true, "the address that the proxy saw", (i: number) => `203.0.113.${i}, 198.51.100.7`],
    [2, "the address that the farther proxy saw", (i: number) => `203.0.113.${i}, 198.51.100.7, 10.0.0.1`],
  ])("behind proxies (trustProxy %s) counts by %s, not by a forged address", async (trustProxy, _, from) => {
    const { url } = await start({ rateLimit: 2, trustProxy });
    const made = (i: number) => recommend(url, { "x-forwarded-for": from(i) });
    const statuses = (await Promise.all(Array.from({ length: 12 }, (_, i) => made(i)))).map(
      ({ status }) => status,
    );
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(2);
    expect((await recommend(url, { "x-forwarded-for": "192.0.2.99" })).status).toBe(200);
  });

  it("allows no other origin by default", async () => {
    const origin = "https://app.example";
    const closed = await start();
    expect((await recommend(closed.url, { origin })).headers.get("access-control-allow-origin")).toBeNull();
    const opened = await start({ corsOrigins: [origin], apiKeys: ["first-key-0123456789"] });
    const preflight = await fetch(`${opened.url}/v1/recommend`, {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "POST" },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-origin")).toBe(origin);
    // An answer may tell to try again after the seconds of this one.
    expect((await recommend(opened.url, { origin })).headers.get("access-control-expose-headers")).toContain(
      "retry-after",
    );
    const other = await recommend(opened.url, {
      origin: "https://other.example",
      "x-api-key": "first-key-0123456789",
    });
    expect(other.headers.get("access-control-allow-origin")).toBeNull();
  });

  it("on this machine alone and without API keys, answers to no website's name", async () => {
    /** The status for a request whose Host is each of the names. */
    const statuses = async (options: Partial<ServerOptions>, names: readonly string[], path = "/metrics") => {
      const { url } = await start(options);
      const { port } = new URL(url);
      const asked = names.map(async (name) => {
        const headers = { host: name.replace("PORT", port), "x-api-key": options.apiKeys?.[0] ?? "" };
        const [answer] = await once(
          httpRequest(`http://127.0.0.1:${port}${path}`, { headers }).end(),
          "response",
        );
        answer.resume();
        return answer.statusCode as number;
      });
      return Promise.all(asked);
    };
    const own = ["127.0.0.1:PORT", "localhost:PORT", "[::1]:PORT", "segue.localhost:PORT", "192.0.2.1:PORT"];
    // As reverse proxies pass them on.
    const proxied = ["music.example", "music.example:443", "localhost"];
    const foreign = ["evil.example:PORT", "127.0.0.1.evil.example:PORT", "localhost.evil.example:PORT"];
    expect(await statuses({}, [...own, ...proxied])).toEqual([...own, ...proxied].map(() => 200));
    expect(await statuses({}, foreign)).toEqual(foreign.map(() => 403));
    expect(await statuses({}, foreign, "/ping")).toEqual(foreign.map(() => 200));
    for (const shared of [{ host: "0.0.0.0" }, { apiKeys: ["first-key-0123456789"] }])
      expect(await statuses(shared, foreign)).toEqual(foreign.map(() => 200));
    const others = [...foreign, "music.example", "music.example:443"];
    for (const path of ["/metrics", "/ping", "/docs/", "/no-route"])
      expect(await statuses({ ownNamesOnly: true }, others, path)).toEqual(others.map(() => 403));
    expect(await statuses({ ownNamesOnly: true }, own)).toEqual(own.map(() => 200));
    expect(await statuses({ ownNamesOnly: true, host: "0.0.0.0" }, others)).toEqual(others.map(() => 200));
  });

  it("answers requests that are too slow or not HTTP", async () => {
    const { url } = await start({ requestTimeout: 300 });
    const head = "POST /v1/recommend HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n";
    expect(await raw(url, `${head}content-length: 50\r\n\r\n{"context`)).toMatch(
      /^HTTP\/1\.1 408 .*"code":"too-slow"/s,
    );
    expect(await raw(url, "nonsense\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 /);
    expect(await raw(url, `GET /ping HTTP/1.1\r\nhost: a\r\nx: ${"y".repeat(100_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 431 /,
    );
    expect(
      await raw(url, "GET /ping HTTP/1.1\r\nhost: a\r\nexpect: tea\r\nconnection: close\r\n\r\n"),
    ).toMatch(
      /^HTTP\/1\.1 417 .*\{"error":"the expectation \\"tea\\" cannot be met","code":"expectation-failed".*"request_id"/s,
    );
    expect((await recommend(url)).status).toBe(200);
  });

  it("closes connections on which nothing moves for two minutes", async () => {
    const { app } = await songApp();
    expect(app.server.timeout).toBe(120_000);
  });

  it("answers a client that sends the whole of a refused body before it reads", async () => {
    const key = "first-key-0123456789";
    const server = await start({ apiKeys: [key] });
    const { port } = new URL(server.url);
    const body = "x".repeat(10_000_000);
    const answerTo = async (fields: string, sent: string): Promise<string> => {
      const socket = connect(Number(port), "127.0.0.1").pause();
      const head = `POST /v1/recommend HTTP/1.1\r\nhost: a\r\n${fields}\r\n\r\n`;
      await new Promise<void>((sentAll, broken) => {
        socket.on("error", broken).write(head + sent, (error) => (error ? broken(error) : sentAll()));
      });
      const [answer] = (await once(socket.resume(), "data")) as [Buffer];
      socket.destroy();
      return String(answer);
    };
    const refused = [
      [`x-api-key: ${key}\r\n${type("json")}`, /^HTTP\/1\.1 413 .*"code":"body-too-large".*--body-limit/s],
      [`x-api-key: ${key}\r\n${type("x-protobuf")}`, /^HTTP\/1\.1 415 .*"code":"unsupported-media-type"/s],
      [type("json"), /^HTTP\/1\.1 401 .*"code":"unauthorized"/s],
    ] as const;
    const bodies = [
      [`content-length: ${body.length}`, body],
      ["transfer-encoding: chunked", `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`],
    ] as const;
    for (const last of ["", "connection: close\r\n", "x-told: to-stop\r\n"]) {
      if (last.includes("to-stop")) server.leave();
      for (const [fields, wanted] of refused)
        for (const [length, sent] of bodies)
          expect(await answerTo(fields + last + length, sent)).toMatch(wanted);
    }
  });

  it("logs no tracks by default", async () => {
    for (const logTracks of [false, true]) {
      const lines: string[] = [];
      const logger = createLogger("info", { write: (line) => void lines.push(line) });
      const { url } = await start({ logger, logTracks });
      await recommend(url);
      await fetch(`${url}/v1/tracks?q=daft`);
      await expect.poll(() => lines.filter((line) => line.includes('"route"'))).toHaveLength(2);
      const entry = JSON.parse(lines.find((line) => line.includes("/v1/recommend"))!) as object;
      expect(entry).toMatchObject({
        method: "POST",
        route: "/v1/recommend",
        status: 200,
        level: pino.levels.values.info,
      });
      const text = lines.join("").toLowerCase();
      expect(text.includes("daft")).toBe(logTracks);
    }
  });

  it("uses the sender's request id in answers, errors and the log, or else a new one", async () => {
    const lines: string[] = [];
    const logger = createLogger("info", { write: (line) => void lines.push(line) });
    const fail = () => {
      throw new Error("a bug");
    };
    const { url } = await start({ logger, plugins: [(app) => void app.get("/fails", fail)] });
    const named = (path: string, id?: string) =>
      fetch(url + path, id === undefined ? {} : { headers: { "x-request-id": id } });
    const idOf = ({ headers }: Response) => headers.get("x-request-id");
    const given = "0af7651916cd43dd:checkout/7@eu-1+a=b_c.d-e";
    expect(idOf(await named("/ping", given))).toBe(given);
    // Whether it was a route that failed, none was there, or the URL is none.
    for (const [path, status] of [
      ["/fails", 500] as const,
      ["/nowhere", 404] as const,
      ["/%", 400] as const,
    ]) {
      const answer = await named(path, `${given}${status}`);
      expect(answer.status).toBe(status);
      expect(idOf(answer)).toBe(`${given}${status}`);
      expect(await answer.json()).toMatchObject({ request_id: `${given}${status}` });
    }
    const log = () => lines.map((line) => JSON.parse(line) as { request_id?: string; msg: string });
    const said = (id: string) => log().flatMap(({ request_id, msg }) => (request_id === id ? msg : []));
    await expect.poll(() => said(given)).toEqual(["request"]);
    await expect.poll(() => said(`${given}500`)).toEqual(["request failed", "request"]);
    const made = new Set<string | null>();
    for (const id of [undefined, "", "two words", "x".repeat(129), 'a"b', "<b>"])
      made.add(idOf(await named("/ping", id)));
    expect(made.size).toBe(6);
    for (const id of made) expect(id).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("serves a web app's files and no others", async () => {
    const folder = await mkdtemp(join(tmpdir(), "segue-web-"));
    const webRoot = join(folder, "web");
    await mkdir(join(webRoot, "assets"), { recursive: true });
    await writeFile(join(folder, "secret.txt"), "secret");
    await writeFile(join(webRoot, "index.html"), "<title>Studio</title>");
    await writeFile(join(webRoot, "assets", "app-1a2b.js"), "let a;");
    await writeFile(join(webRoot, ".env"), "secret");
    try {
      const { url } = await start({
        webRoot,
        apiKeys: ["first-key-0123456789"],
        plugins: [
          (app, { models }) =>
            void app.get("/v1/studio", async () => ({ tracks: models.live.model.catalogue.tracks.length })),
        ],
      });
      expect(await (await fetch(`${url}/`)).text()).toContain("Studio");
      expect(await (await fetch(`${url}/runs/7`, { headers: { accept: "text/html" } })).text()).toContain(
        "Studio",
      );
      const script = await fetch(`${url}/assets/app-1a2b.js`);
      expect(script.headers.get("cache-control")).toContain("immutable");
      for (const path of [
        "/../secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e/secret.txt",
        "/assets/../../secret.txt",
        "/.env",
      ]) {
        expect(
          await raw(url, `GET ${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`),
          path,
        ).not.toContain("\r\n\r\nsecret");
      }
      expect((await fetch(`${url}/v1/studio`)).status).toBe(401);
      const studio = await fetch(`${url}/v1/studio`, { headers: { "x-api-key": "first-key-0123456789" } });
      expect(await studio.json()).toEqual({ tracks: songs.length });
      await expect(start({ webRoot: join(folder, "none") })).rejects.toMatchObject({
        hint: expect.stringContaining("build"),
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("accepts a hundred pipelined requests of a connection, and closes it on more", async () => {
    const { url } = await start();
    const requests = (count: number, last = "") =>
      `${"GET /ping HTTP/1.1\r\nHost: x\r\n\r\n".repeat(count)}${last}`;
    const statuses = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
    const served = Array(100).fill("200");
    const last = "GET /ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    expect(statuses(await raw(url, requests(99, last)))).toEqual(served);
    const refused = await raw(url, requests(1_000));
    expect(statuses(refused)).toEqual([...served, "429"]);
    expect(refused).toContain('"code":"too-many-at-once"');
    // One after the other there may be as many as one likes.
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let i = 0; i < 150; i++) expect((await statusOf(`${url}/ping`, agent)).status).toBe(200);
    agent.destroy();
  });
});

const type = (name: string) => `content-type: application/${name}\r\n`;

function statusOf(url: string, agent: Agent): Promise<{ status: number; connection: string }> {
  return new Promise((resolve, reject) => {
    const asked = httpRequest(url, { agent }, (answer) => {
      answer
        .resume()
        .on("end", () => resolve({ status: answer.statusCode!, connection: answer.headers.connection! }));
    });
    asked.on("error", reject).end();
  });
}

/** Sends bytes and gives back all that comes until the other side closes. */
async function raw(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let text = "";
  socket.setEncoding("utf8").on("data", (chunk) => {
    text += chunk;
  });
  socket.on("error", () => {});
  socket.write(bytes);
  await once(socket, "close");
  return text;
}
