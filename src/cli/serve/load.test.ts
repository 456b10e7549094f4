/** An endpoint that is asked more than it can answer. */
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { Agent, get, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { expect, it } from "vitest";
import { randomVectors } from "../../bundle/bundle.testkit.js";
import { writeBundle } from "../../bundle/index.js";
import { nearestOf } from "../../recommenders/index.js";
import { msUntil } from "../../system/time.testkit.js";
import { segue, servedModels, serving } from "./serve.testkit.js";

const at = servedModels();

/** Sends a request two thousand times, over as many connections as it takes. */
async function flood(url: string, request: string) {
  const sockets = Array.from({ length: 20 }, () => connect(Number(new URL(url).port), "127.0.0.1"));
  await Promise.all(sockets.map((socket) => once(socket, "connect")));
  let heard = "";
  for (const socket of sockets) {
    socket.setEncoding("utf8").on("data", (text: string) => {
      heard += text;
    });
    socket.write(request.repeat(100));
  }
  return {
    /** All that was answered so far. */
    heard: () => heard,
    destroy: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Milliseconds that one answer takes of those that a flood asks for; the first is not counted. */
async function msForOne(url: string, body: string, headers: Readonly<Record<string, string>> = {}) {
  const given = { "content-type": "application/json", ...headers };
  const ask = async () => {
    const answer = await fetch(`${url}/v1/playlists/extend`, { method: "POST", headers: given, body });
    expect(answer.status).toBe(200);
    await answer.text();
  };
  await ask();
  return msUntil(ask);
}

it("answers others soon after a client that requested minutes of work has gone, and refuses too much work", async () => {
  const many = randomVectors(
    Array.from({ length: 20_000 }, (_, i) => `A-${i}`),
    32,
  );
  const nearest = nearestOf(many, many).save();
  await writeBundle(at("crowd"), { catalogue: many, recommenders: { nearest }, vectors: many });
  await serving([at("crowd"), "--max-waiting", "100"], {}, async (url) => {
    const body = JSON.stringify({ context: ["A-0"], n: 100 });
    const head = `POST /v1/playlists/extend HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
    const one = await msForOne(url, body);
    const client = await flood(url, head + body);
    const ask = () => fetch(`${url}/v1/tracks?q=a`);
    // The answers of the client itself: a question of another may come when there is room again, and wait.
    // An answer follows the body of the one before it without a line's end.
    await expect.poll(client.heard).toMatch(/(^|\})HTTP\/1\.1 503 /);
    expect(client.heard()).toMatch(/^retry-after: 1\r$/im);
    expect(client.heard()).toMatch(/"error":"[^"]*100[^"]*","code":"too-busy"/);
    client.destroy();
    const soon = await msUntil(() =>
      expect.poll(async () => (await ask()).status, { timeout: 30_000 }).toBe(200),
    );
    // The hundred that waited are not answered first.
    expect(soon).toBeLessThan(Math.max(5_000, 50 * one));
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toMatch(/segue_dropped_questions_total\{why="too-many"\} [1-9]/);
    expect(metrics).toMatch(/segue_dropped_questions_total\{why="client-gone"\} [1-9]/);
  });
});

it("does not let a client that fills the queue shut out others, identified by key or by the address that a proxy saw", async () => {
  const many = randomVectors(
    Array.from({ length: 20_000 }, (_, i) => `A-${i}`),
    32,
  );
  const nearest = nearestOf(many, many).save();
  await writeBundle(at("shared"), { catalogue: many, recommenders: { nearest }, vectors: many });
  const [eager, other] = ["the-key-of-the-eager", "the-key-of-another"];
  await writeFile(at("two-keys"), `${eager}\n${other}\n`);
  const cases = [
    [["--trust-proxy"], "X-Forwarded-For", "198.51.100.1", "198.51.100.2"],
    [["--api-key-file", at("two-keys")], "X-API-Key", eager, other],
  ] as const;
  for (const [args, header, full, free] of cases) {
    await serving([at("shared"), "--max-waiting", "1000", ...args], {}, async (url) => {
      const body = JSON.stringify({ context: ["A-0"], n: 100 });
      const head = `POST /v1/playlists/extend HTTP/1.1\r\nHost: a\r\n${header}: ${full}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
      const one = await msForOne(url, body, { [header]: full });
      const client = await flood(url, head + body);
      const ask = async (as: string) =>
        (await fetch(`${url}/v1/tracks?q=a`, { headers: { [header]: as } })).status;
      await expect.poll(() => client.heard()).toContain("HTTP/1.1 503");
      const soon = await msUntil(async () => {
        for (let i = 0; i < 3; i++) expect(await ask(free), header).toBe(200);
      });
      // Behind the thousand that wait already it would be half a minute.
      expect(soon).toBeLessThan(Math.max(10_000, 200 * one));
      client.destroy();
    });
  }
});

it("refuses an unreasonable number of waiting questions", async () => {
  const { code, stderr } = await segue("serve", at("models"), "--max-waiting", "100001");
  expect(stderr).toContain("It should be a whole number from 0 to 100000.");
  expect(code).toBe(2);
});

it("counts a client's requests over all connections and workers", async () => {
  await serving([at("models/20260101-a"), "--workers", "2", "--rate-limit", "3"], {}, async (url) => {
    // A connection is kept by the worker that took it first.
    const one = new Agent({ keepAlive: true, maxSockets: 1 });
    const other = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = async (agent: Agent) => {
      const [answer] = (await once(get(`${url}/v1/tracks?q=one`, { agent }), "response")) as [
        IncomingMessage,
      ];
      answer.resume();
      await once(answer, "end");
      return answer.statusCode;
    };
    const askOften = (agent: Agent) => Promise.all(Array.from({ length: 12 }, () => ask(agent)));
    const passed = (statuses: readonly unknown[]) => statuses.filter((status) => status === 200).length;
    try {
      // Twice the limit at once, and three for each second that all of it took.
      const first = passed(await askOften(one));
      expect(first).toBeGreaterThanOrEqual(6);
      expect(first + passed(await askOften(other))).toBeLessThan(12);
      expect(await ask(one)).toBe(429);
    } finally {
      one.destroy();
      other.destroy();
    }
  });
});

it("stops soon even if disconnected clients left half a minute of work", async () => {
  const many = randomVectors(
    Array.from({ length: 20_000 }, (_, i) => `A-${i}`),
    32,
  );
  const nearest = nearestOf(many, many).save();
  await writeBundle(at("many"), { catalogue: many, recommenders: { nearest }, vectors: many });
  let stopped = 0;
  await serving([at("many")], {}, async (url) => {
    const body = JSON.stringify({ context: ["A-0"], n: 100 });
    const head = `POST /v1/playlists/extend HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
    const client = await flood(url, head + body);
    // They are with the model by then.
    await wait(300);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    client.destroy();
    stopped = performance.now();
  });
  expect(performance.now() - stopped).toBeLessThan(8_000);
});
