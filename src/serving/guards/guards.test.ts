/** Who may call an endpoint, from where and how often. */
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { expect, it } from "vitest";
import type { ServerOptions } from "../server.js";
import { changingSource, recommend, songServers } from "../serving.testkit.js";

const start = songServers();

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
