import { Agent } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { pino } from "pino";
import { expect, it } from "vitest";
import { createLogger } from "./log.js";
import type { ModelSource } from "./model/model-source.js";
import type { ServerOptions } from "./server.js";
import { changingSource, raw, recommend, songModel, songServers, statusOf } from "./serving.testkit.js";

const start = songServers();

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
  [{ logLevel: "trace" as never }, /^logLevel must be one of silent, error, warn, info, debug, got "trace"$/],
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

it.each([0, 300])(
  "answers connections that the system accepted just before it stops, also if it stands still for %i ms",
  async (still) => {
    const { url, close } = await start();
    const request = "GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    const answers = Array.from({ length: 20 }, () => raw(url, request));
    // They connect now; Node learns of it in the next turn of its loop.
    await new Promise<void>((then) => process.nextTick(then));
    const stopped = close();
    // As a process does that gets no processor.
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, still));
    for (const answer of await Promise.all(answers)) expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    await stopped;
  },
);

it("keeps answering during the drain delay, and says that it is not ready", async () => {
  const drainDelay = 2000;
  const { url, close } = await start({ drainDelay });
  const began = performance.now();
  const stopped = close();
  for (const path of ["/ping", "/readyz"]) expect((await fetch(url + path)).status).toBe(503);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  // Each on a connection of its own, since the one before was told to close.
  for (let i = 0; i < 10; i++) {
    const answer = await recommend(url);
    expect({ status: answer.status, connection: answer.headers.get("connection") }).toEqual({
      status: 200,
      connection: "close",
    });
  }
  await stopped;
  expect(performance.now() - began).toBeGreaterThan(drainDelay - 10);
  await expect(fetch(`${url}/healthz`)).rejects.toThrow();
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
