/** What an endpoint makes of connections and requests, whatever they ask. */
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { Agent } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { expect, it } from "vitest";
import { folderOfEachTest } from "../../system/files/temporary-folder.testkit.js";
import { createLogger } from "../log.js";
import type { EndpointSettings } from "../options.js";
import { raw, recommend, songApp, songServers, songs, statusOf } from "../serving.testkit.js";

const at = folderOfEachTest("web");

const start = songServers();

const type = (name: string) => `content-type: application/${name}\r\n`;

it("answers requests that are too slow or not HTTP", async () => {
  const { url } = await start({ requestTimeout: 300 });
  const head = "POST /v1/recommend HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n";
  expect(await raw(url, `${head}content-length: 50\r\n\r\n{"context`)).toMatch(
    /^HTTP\/1\.1 408 .*"code":"too-slow"/s,
  );
  expect(await raw(url, "nonsense\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 /);
  const half = connect({ port: Number(new URL(url).port), host: "127.0.0.1", allowHalfOpen: true });
  half.end(`${head}content-length: 50\r\n\r\n{"context`);
  expect(String(await once(half, "data"))).toMatch(
    /400 .*the connection ended before the request was complete/s,
  );
  half.destroy();
  expect(await raw(url, `GET /ping HTTP/1.1\r\nhost: a\r\nx: ${"y".repeat(100_000)}\r\n\r\n`)).toMatch(
    /^HTTP\/1\.1 431 /,
  );
  expect(await raw(url, "GET /ping HTTP/1.1\r\nhost: a\r\nexpect: tea\r\nconnection: close\r\n\r\n")).toMatch(
    /^HTTP\/1\.1 417 .*\{"error":"the expectation \\"tea\\" cannot be met","code":"expectation-failed".*"request_id"/s,
  );
  expect(await raw(url, "GET /ping HTTP/1.1\r\nconnection: close\r\n\r\n")).toMatch(
    /^HTTP\/1\.1 400 .*"error":"the request has no Host header","code":"no-host".*"request_id"/s,
  );
  expect(await raw(url, "GET /ping HTTP/1.0\r\n\r\n")).toMatch(/^HTTP\/1\.1 200 /);
  expect((await recommend(url)).status).toBe(200);
});

it("names a request that it could not read in the answer, the log and the metrics", async () => {
  const lines: string[] = [];
  const logger = createLogger("info", { write: (line) => void lines.push(line) });
  const { url } = await start({ logger, requestTimeout: 300, apiKeys: ["0123456789abcdef"] });
  const key = { "x-api-key": "0123456789abcdef" };
  const head = (id: string, more = "") =>
    `POST /v1/recommend HTTP/1.1\r\nhost: a\r\nx-request-id: ${id}\r\ncontent-length: 50\r\n${type("json")}${more}\r\n`;
  const slow = await raw(url, `${head("slow", "x-api-key: 0123456789abcdef\r\n")}{"context`);
  expect(slow).toMatch(/^HTTP\/1\.1 408 .*x-request-id: slow\r\n.*"request_id":"slow"\}$/s);
  // Its headers were enough to refuse it: it gets one answer, not a second one for the body.
  const refused = await raw(url, `${head("refused")}{"context`);
  expect(refused).toMatch(/^HTTP\/1\.1 401 /);
  expect(refused).not.toContain("408");
  // On a connection that had a whole request before, whose id is not this one's.
  const socket = connect(Number(new URL(url).port), "127.0.0.1").setEncoding("utf8");
  socket.write("GET /ping HTTP/1.1\r\nhost: a\r\nx-request-id: whole\r\n\r\n");
  await once(socket, "data");
  socket.write(`GET /ping HTTP/1.1\r\nhost: a\r\nx: ${"y".repeat(100_000)}\r\n\r\n`);
  const [long] = (await once(socket, "data")) as [string];
  const id = /431 .*"request_id":"([0-9a-f-]{36})"/s.exec(long)?.[1];
  expect(
    await raw(url, "GET /% HTTP/1.1\r\nhost: a\r\nx-request-id: bad\r\nconnection: close\r\n\r\n"),
  ).toMatch(/^HTTP\/1\.1 400 /);
  const told = () =>
    lines
      .map((line) => JSON.parse(line))
      .flatMap(({ request_id, status }) => (status ? [[request_id, status]] : []));
  await expect.poll(told).toEqual([
    ["slow", 408],
    ["refused", 401],
    ["whole", 200],
    [id, 431],
    ["bad", 400],
  ]);
  const metrics = await (await fetch(`${url}/metrics`, { headers: key })).text();
  const count = (labels: string) =>
    metrics.match(`segue_http_request_duration_seconds_count{${labels}} (\\d+)`)?.[1];
  expect(count('route="/v1/recommend",method="POST",status="408"')).toBe("1");
  expect(count('route="none",method="none",status="431"')).toBe("1");
  expect(count('route="none",method="GET",status="400"')).toBe("1");
});

it("closes connections on which nothing moves for two minutes", async () => {
  const { app } = await songApp();
  expect(app.server.timeout).toBe(120_000);
});

it("keeps idle connections longer than a load balancer does: it would send a request on a closing one, and answer 502", async () => {
  const kept = async (settings: EndpointSettings) => (await songApp(settings)).app.server.keepAliveTimeout;
  expect(await kept({})).toBeGreaterThan(60_000);
  // Google's has 600 s.
  expect(await kept({ trustProxy: true })).toBeGreaterThan(600_000);
  expect(await kept({ trustProxy: 2 })).toBeGreaterThan(600_000);
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
  for (const [path, status] of [["/fails", 500] as const, ["/nowhere", 404] as const, ["/%", 400] as const]) {
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
  const webRoot = at("web");
  await mkdir(join(webRoot, "assets"), { recursive: true });
  await writeFile(at("secret.txt"), "secret");
  await writeFile(join(webRoot, "index.html"), "<title>Studio</title>");
  await writeFile(join(webRoot, "assets", "app-1a2b.js"), "let a;");
  await writeFile(join(webRoot, ".env"), "secret");
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
  await expect(start({ webRoot: at("none") })).rejects.toMatchObject({
    hint: expect.stringContaining("build"),
  });
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
