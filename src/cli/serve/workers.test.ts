/** An endpoint of several processes. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, rm, writeFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { randomVectors } from "../../bundle/bundle.testkit.js";
import { writeBundle } from "../../bundle/index.js";
import { nearestOf } from "../../recommenders/index.js";
import { distPath } from "../../system/index.js";
import { msUntil } from "../../system/time.testkit.js";
import { servedModels, serving } from "./serve.testkit.js";

const at = servedModels();
const exec = promisify(execFile);

it("leaves no worker and no trace if it is killed while one begins to listen", async () => {
  const preload = at("killed.mjs");
  await writeFile(
    preload,
    `import cluster from "node:cluster"; import { Server } from "node:net";
    const { listen } = Server.prototype;
    Server.prototype.listen = function (...given) {
      if (cluster.isWorker) {
        process.kill(process.ppid, "SIGKILL");
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
      }
      return listen.apply(this, given);
    };`,
  );
  const args = ["serve", at("models"), "--port", "0", "--workers", "2", "--log-level", "error"];
  const server = spawn(process.execPath, [distPath("cli/main.js"), ...args], {
    env: { ...process.env, NODE_OPTIONS: `--import=${pathToFileURL(preload).href}` },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  server.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  // Its workers hold that pipe, too.
  await once(server, "close");
  expect(server.signalCode).toBe("SIGKILL");
  expect(said).toBe("");
});

it("announces the stop in all workers before it refuses any request", async () => {
  const args = [at("models/20260101-a"), "--workers", "2", "--drain-delay", "3"];
  await serving(args, {}, async (url) => {
    const ask = async (path: string) => {
      const { status, headers } = await fetch(url + path);
      return { status, connection: headers.get("connection") };
    };
    const { pid } = (await (await fetch(`${url}/healthz`)).json()) as { pid: number };
    process.kill(pid, "SIGTERM");
    await expect.poll(() => ask("/ping")).toEqual({ status: 503, connection: "close" });
    // Connections go to the workers in turn.
    for (let i = 0; i < 6; i++) expect((await ask("/readyz")).status).toBe(503);
    for (let i = 0; i < 10; i++)
      expect(await ask("/v1/tracks?q=one")).toEqual({ status: 200, connection: "close" });
    await expect.poll(() => ask("/ping").catch(() => "refused")).toBe("refused");
  });
});

it("includes the requests of a dead worker in the metrics, also while its replacement starts", async () => {
  const args = [at("models/20260101-a"), "--workers", "2", "--log-level", "info"];
  await serving(args, {}, async (url, log) => {
    const ask = async (path: string) =>
      (await fetch(url + path, { headers: { connection: "close" } })).text();
    const answered = async () => {
      const metrics = await ask("/metrics");
      return Number(/request_duration_seconds_count\{route="\/v1\/tracks"\S* (\d+)/.exec(metrics)?.[1]);
    };
    const ready = () => [...log().matchAll(/"pid":(\d+).*"endpoint ready"/g)];
    for (let i = 0; i < 8; i++) await ask("/v1/tracks?q=one");
    const usual = await msUntil(async () => expect(await answered()).toBe(8));
    process.kill(Number(ready()[0]![1]), "SIGKILL");
    await expect.poll(log).toContain("a worker died");
    // A worker that does not answer is waited for two seconds.
    const meanwhile = await msUntil(async () => expect(await answered()).toBe(8));
    expect(meanwhile - usual).toBeLessThan(1_500);
    await expect.poll(ready).toHaveLength(3);
    await ask("/v1/tracks?q=one");
    expect(await answered()).toBe(9);
  });
});

it("stops soon while a dead worker waits to be replaced", async () => {
  const place = at("passing");
  await cp(at("models/20260101-a"), place, { recursive: true });
  let told = 0;
  await serving([place, "--workers", "2", "--log-level", "info"], {}, async (_url, log) => {
    const times = (what: string) => log().split(what).length - 1;
    await expect.poll(() => times("endpoint ready")).toBe(2);
    await rm(place, { recursive: true });
    process.kill(Number(/"pid":(\d+)/.exec(log())![1]), "SIGKILL");
    // The next attempt is 1.6 s later.
    await expect.poll(() => times("a worker could not start")).toBe(3);
    told = performance.now();
  });
  expect(performance.now() - told).toBeLessThan(1_200);
});

it("says how a worker ended if the system killed it while it opened the bundle", async () => {
  const killed = at("killed.cjs");
  const onStart = '(message) => message?.name === "start" && process.kill(process.pid, "SIGKILL")';
  await writeFile(killed, `if (require("node:cluster").isWorker) process.on("message", ${onStart});`);
  const args = [distPath("cli/main.js"), "serve", at("models"), "--port", "0", "--workers", "2"];
  const env = { ...process.env, NODE_OPTIONS: `--require=${killed}` };
  await expect(exec(process.execPath, args, { env, timeout: 50_000 })).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /^error: a worker ended before it could start \(SIGKILL\)\n {2}→ it may have run out of memory: use fewer/,
    ),
  });
});

it("stops in silence if Ctrl-C reaches a worker that is still starting, as in a terminal", async () => {
  const stopped = at("stopped.cjs");
  const both = 'for (const pid of [process.ppid, process.pid]) process.kill(pid, "SIGINT")';
  await writeFile(stopped, `if (require("node:cluster").isWorker) ${both};`);
  const args = [distPath("cli/main.js"), "serve", at("models"), "--port", "0", "--workers", "2"];
  const env = { ...process.env, NODE_OPTIONS: `--require=${stopped}` };
  const quiet = { stdout: "", stderr: "" };
  expect(await exec(process.execPath, args, { env, timeout: 50_000 })).toEqual(quiet);
});

/** A folder of two bundles, of which `current` points to the first. @param tracks of the second, v2 */
async function pointedToFirst(folder: string, tracks: readonly string[]): Promise<void> {
  const vectors = randomVectors([...tracks], 4);
  const nearest = nearestOf(vectors, vectors).save();
  await writeBundle(at(`${folder}/v2`), { catalogue: vectors, recommenders: { nearest }, vectors });
  await cp(at("models/20260101-a"), at(`${folder}/v1`), { recursive: true });
  await writeFile(at(`${folder}/current`), "v1");
}

it("answers from a single bundle, even if another appears while a worker starts", async () => {
  await pointedToFirst("pointed", ["A-One", "D-Four"]);
  // The more threads, the longer it starts after it has read its bundle.
  const args = [at("pointed"), "--workers", "2", "--threads", "6", "--log-level", "info"];
  await serving(args, {}, async (url, log) => {
    const ready = () => [...log().matchAll(/"pid":(\d+).*"endpoint ready"/g)];
    const bundle = async () => {
      const answer = await fetch(`${url}/readyz`, { headers: { connection: "close" } });
      return ((await answer.json()) as { bundle: string }).bundle;
    };
    const old = await bundle();
    const { pid } = (await (await fetch(`${url}/healthz`)).json()) as { pid: number };
    process.kill(Number(ready()[0]![1]), "SIGKILL");
    await expect.poll(log).toContain("a worker died");
    await wait(800);
    await writeFile(at("pointed/current"), "v2");
    process.kill(pid, "SIGHUP");
    await expect.poll(ready).toHaveLength(3);
    // Connections go to the workers in turn.
    const bundles = async () => new Set([await bundle(), await bundle(), await bundle(), await bundle()]);
    await expect.poll(bundles).not.toContain(old);
  });
});

it("announces a new bundle to all workers, even if the first one dies of it", async () => {
  await pointedToFirst("switched", ["A-One", "E-Five"]);
  await serving([at("switched"), "--workers", "2", "--log-level", "info"], {}, async (url, log) => {
    const [first, second] = [...log().matchAll(/"pid":(\d+).*"endpoint ready"/g)].map(([, pid]) =>
      Number(pid),
    );
    const { pid } = (await (await fetch(`${url}/healthz`)).json()) as { pid: number };
    await writeFile(at("switched/current"), "v2");
    process.kill(first!, "SIGSTOP");
    process.kill(pid, "SIGHUP");
    await expect.poll(log).toContain("no API keys to reread");
    process.kill(first!, "SIGKILL");
    await expect.poll(log).toMatch(new RegExp(`"pid":${second},.*"model reloaded"`));
  });
});

it("uses the senders' request ids, in workers too", async () => {
  const args = [at("models/20260101-a"), "--workers", "2", "--log-level", "info"];
  await serving(args, {}, async (url, log) => {
    const ids = Array.from({ length: 6 }, (_, i) => `order-${i}`);
    for (const id of ids) {
      const answer = await fetch(`${url}/v1/nothing`, {
        headers: { "x-request-id": id, connection: "close" },
      });
      expect(answer.headers.get("x-request-id")).toBe(id);
      expect(await answer.json()).toMatchObject({ code: "no-such-route", request_id: id });
    }
    const lines = () =>
      log()
        .split("\n")
        .filter((line) => line.includes('"msg":"request"'));
    await expect.poll(lines).toHaveLength(6);
    const said = lines().map((line) => JSON.parse(line) as { request_id: string; pid: number });
    expect(said.map(({ request_id }) => request_id)).toEqual(expect.arrayContaining(ids));
    expect(new Set(said.map(({ pid }) => pid)).size).toBe(2);
  });
});
