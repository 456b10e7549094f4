/** `segue serve`: what it says before it serves, and of bundles that it cannot take over. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync } from "node:fs";
import { cp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { Agent, get, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { beforeAll, expect, it } from "vitest";
import { randomVectors, testFolder } from "../bundle/bundle.testkit.js";
import { writeBundle } from "../bundle/index.js";
import { nearestOf } from "../recommenders/index.js";
import { readApiKeys } from "../serving/index.js";
import { distPath } from "../system/index.js";
import { msUntil } from "../system/time.testkit.js";

const at = testFolder();
const exec = promisify(execFile);

beforeAll(async () => {
  const vectors = randomVectors(["A-One", "B-Two", "C-Three"], 4);
  const nearest = nearestOf(vectors, vectors).save();
  await writeBundle(at("models/20260101-a"), { catalogue: vectors, recommenders: { nearest }, vectors });
});

/** Runs the command where it should fail. */
async function segue(...args: string[]): Promise<{ code: number; stderr: string }> {
  const { code, stderr } = await exec(process.execPath, [distPath("cli/main.js"), ...args]).then(
    () => ({ code: 0, stderr: "" }),
    (error: { code: number; stderr: string }) => error,
  );
  return { code, stderr };
}

it("accepts a bundle like other commands, but not two", async () => {
  expect(await segue("serve", at("models"), "--bundle", at("models"))).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("two bundles are named"),
  });
  await serving(["--bundle", at("models")], {}, async (url) => {
    expect((await fetch(`${url}/ping`)).status).toBe(200);
  });
});

/** Runs the endpoint while `use` asks it at `url`; `log` is what it has logged so far. */
async function serving(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  use: (url: string, log: () => string) => Promise<void>,
): Promise<void> {
  const quiet = ["--port", "0", "--watch", "0", "--log-level", "error"];
  const server = spawn(process.execPath, [distPath("cli/main.js"), "serve", ...quiet, ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(server, "exit");
  let log = "";
  server.stderr.setEncoding("utf8").on("data", (text: string) => {
    log += text;
  });
  try {
    const [said] = (await once(server.stdout, "data")) as [Buffer];
    await use(String(said).trim(), () => log);
  } finally {
    server.kill("SIGTERM");
    await ended;
  }
}

it.each([
  ["serve", at("models/20260101-a"), "--port", "0"],
  ["serve", at("models"), "--port", "0", "--workers", "2"],
  ["recommend", "A-One", "--bundle", at("models")],
])("refuses a recommender that the bundle does not have: %s %s", async (...args) => {
  const { code, stderr } = await segue(...args, "--recommender", "zz");
  expect(stderr).toMatch(/^error: the bundle \S+ has no recommender named "zz"\n {2}→ it has: nearest\n$/);
  expect(code).toBe(2);
});

it.each([
  ["--timeout", "99999999", "It should be a number > 0 and ≤ 86400."],
  ["--watch", "9999999", "It should be a number from 0 to 86400."],
])("refuses more seconds than a day: %s %s", async (option, value, message) => {
  const { code, stderr } = await segue("serve", at("models"), option, value);
  expect(stderr).toContain(message);
  expect(code).toBe(2);
});

it.each([1, 2])(
  "is stopped by a signal from code, with %s workers, even if run from --eval",
  async (workers) => {
    const door = pathToFileURL(distPath("serving/index.js")).href;
    const code = `
    const { serve } = await import(${JSON.stringify(door)});
    const given = { bundle: ${JSON.stringify(at("models"))}, workers: ${workers}, port: 0, logLevel: "error" };
    const stop = new AbortController();
    await serve({ ...given, signal: stop.signal, onReady: () => stop.abort() });
    await serve({ ...given, signal: stop.signal });
    console.log("stopped twice");`;
    const { stdout } = await exec(process.execPath, ["--input-type=module", "--eval", code], {
      timeout: 20_000,
    });
    expect(stdout).toBe("stopped twice\n");
  },
);

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
}, 30_000);

it.each([1, 2])("handles signals during its start, with %s workers", async (workers) => {
  const door = pathToFileURL(distPath("serving/index.js")).href;
  const given = { bundle: at("models"), workers, port: 0, logLevel: "info" };
  const code = (name: string) => `
    const { serve } = await import(${JSON.stringify(door)});
    const ended = serve({ ...${JSON.stringify(given)}, onReady: () => console.log("ready") });
    process.kill(process.pid, "${name}");
    await ended;
    console.log("stopped");`;
  const start = (name: string) => {
    const running = exec(process.execPath, ["--input-type=module", "--eval", code(name)], {
      timeout: 20_000,
    });
    let log = "";
    running.child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      log += text;
    });
    return { running, log: () => log };
  };
  expect((await start("SIGTERM").running).stdout).toBe("stopped\n");
  const { running, log } = start("SIGHUP");
  await expect.poll(log, { timeout: 10_000 }).toContain('"msg":"model reloaded"');
  running.child.kill("SIGTERM");
  expect((await running).stdout).toBe("ready\nstopped\n");
});

it("accepts fractions of a second despite binary rounding", async () => {
  // 2.01 * 1000 is 2009.9999999999998.
  await serving([at("models"), "--timeout", "2.01"], {}, async (url) => {
    expect((await fetch(`${url}/ping`)).status).toBe(200);
  });
});

it("says that a bundle with only vectors cannot be served", async () => {
  const vectors = randomVectors(["A-One", "B-Two"], 4);
  await writeBundle(at("vectors-alone"), { catalogue: vectors, recommenders: {}, vectors });
  const { code, stderr } = await segue("serve", at("vectors-alone"), "--port", "0");
  expect(stderr).toBe(
    `error: the bundle ${at("vectors-alone")} holds no recommender: it can be exported, not served\n`,
  );
  expect(code).toBe(2);
});

it.runIf(existsSync("/dev/full"))("answers even if the disk of its log is full", async () => {
  const full = openSync("/dev/full", "w");
  const args = [distPath("cli/main.js"), "serve", at("models"), "--port", "0"];
  const server = spawn(process.execPath, args, { stdio: ["ignore", "pipe", full] });
  closeSync(full);
  const ended = once(server, "exit");
  const [said] = (await Promise.race([once(server.stdout!, "data"), ended])) as [Buffer];
  const url = String(said).trim();
  for (let i = 0; i < 3; i++) expect((await fetch(`${url}/v1/tracks?q=one`)).status).toBe(200);
  server.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
});

it("lists what exists if a bundle is missing", async () => {
  const { code, stderr } = await segue("serve", at("models/bundle"), "--datastore", at("runs"));
  expect(stderr).toContain(`there is no bundle at ${at("models/bundle")}`);
  expect(stderr).toContain(`name ${at("models")} for the latest bundle there, or one of: 20260101-a`);
  expect(code).toBe(1);
});

it.each(["1", "2"])(
  "answers a reload of a damaged bundle with the message of the command line, and serves the old one, with %s workers",
  async (workers) => {
    const place = at(`served-${workers}`);
    await cp(at("models/20260101-a"), place, { recursive: true });
    const key = "a-key-of-sixteen-or-more";
    await serving([place, "--workers", workers], { SEGUE_API_KEY: key }, async (url, log) => {
      const headers = { "x-api-key": key, "content-type": "application/json" };
      const reload = async () => {
        const answer = await fetch(`${url}/admin/reload`, { method: "POST", headers: { "x-api-key": key } });
        return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
      };
      const recommended = () =>
        fetch(`${url}/v1/recommend`, { method: "POST", headers, body: '{"context": ["A-One"]}' }).then(
          (answer) => answer.json() as Promise<{ bundle: string }>,
        );
      const before = await recommended();
      const manifest = JSON.parse(await readFile(`${place}/manifest.json`, "utf8")) as { files: object };
      const [name] = Object.keys(manifest.files);
      await rename(`${place}/${name}`, at("whole"));
      for (const damage of ["missing", "shorter"]) {
        if (damage === "shorter") await writeFile(`${place}/${name}`, "x");
        const { status, body } = await reload();
        const { stderr } = await segue("recommend", "A-One", "--bundle", place);
        expect(stderr).toContain(`${name} ${damage === "missing" ? "is missing" : "has 1 bytes"}`);
        expect(`error: ${body.error}\n  → ${body.hint}\n`).toBe(stderr);
        expect({ status, code: body.code }).toEqual({ status: 500, code: "corrupt" });
        expect(log()).toContain(`"reason":${JSON.stringify(body.error)}`);
        expect(log()).not.toContain('"stack"');
        expect(await recommended()).toEqual(before);
      }
      await rename(at("whole"), `${place}/${name}`);
      expect(await reload()).toEqual({ status: 200, body: { version: before.bundle, changed: false } });
      await rm(place, { recursive: true });
      expect((await reload()).body).toMatchObject({
        error: `there is no bundle at ${place}`,
        code: "no-bundle",
      });
    });
  },
);

it("announces the stop in all workers before it refuses any request", async () => {
  const args = [at("models/20260101-a"), "--workers", "2", "--drain-delay", "1"];
  await serving(args, {}, async (url) => {
    const ask = async (path: string) => {
      const { status, headers } = await fetch(url + path);
      return { status, connection: headers.get("connection") };
    };
    const { pid } = (await (await fetch(`${url}/healthz`)).json()) as { pid: number };
    const began = performance.now();
    process.kill(pid, "SIGTERM");
    await expect.poll(() => ask("/ping")).toEqual({ status: 503, connection: "close" });
    // Connections go to the workers in turn.
    for (let i = 0; i < 6; i++) expect((await ask("/readyz")).status).toBe(503);
    while (performance.now() - began < 800)
      expect(await ask("/v1/tracks?q=one")).toEqual({ status: 200, connection: "close" });
    await expect.poll(() => ask("/ping").catch(() => "refused"), { timeout: 5_000 }).toBe("refused");
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
    await expect.poll(ready, { timeout: 10_000 }).toHaveLength(3);
    await ask("/v1/tracks?q=one");
    expect(await answered()).toBe(9);
  });
});

it("goes on if the reader of its output has gone", async () => {
  const args = [distPath("cli/main.js"), "serve", at("models"), "--port", "0", "--log-level", "info"];
  const server = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(server, "exit");
  server.stdout.destroy();
  let log = "";
  server.stderr.on("data", (text) => {
    log += text;
  });
  await expect.poll(() => log, { timeout: 20_000 }).toContain("endpoint ready");
  await fetch(`${/"url":"([^"]+)"/.exec(log)![1]}/ping`);
  await expect.poll(() => log).toContain('"route":"/ping","status":200');
  server.kill("SIGTERM");
  await ended;
  expect(log).toContain("endpoint stopped");
});

it("stops soon while a dead worker waits to be replaced", async () => {
  const place = at("passing");
  await cp(at("models/20260101-a"), place, { recursive: true });
  let told = 0;
  await serving([place, "--workers", "2", "--log-level", "info"], {}, async (_url, log) => {
    const times = (what: string) => log().split(what).length - 1;
    await expect.poll(() => times("endpoint ready"), { timeout: 20_000 }).toBe(2);
    await rm(place, { recursive: true });
    process.kill(Number(/"pid":(\d+)/.exec(log())![1]), "SIGKILL");
    // The next attempt is 1.6 s later.
    await expect.poll(() => times("a worker could not start"), { timeout: 20_000 }).toBe(3);
    told = performance.now();
  });
  expect(performance.now() - told).toBeLessThan(1_200);
}, 60_000);

it("says how a worker ended if the system killed it while it opened the bundle", async () => {
  const killed = at("killed.cjs");
  const onStart = '(message) => message?.name === "start" && process.kill(process.pid, "SIGKILL")';
  await writeFile(killed, `if (require("node:cluster").isWorker) process.on("message", ${onStart});`);
  const args = [distPath("cli/main.js"), "serve", at("models"), "--port", "0", "--workers", "2"];
  const env = { ...process.env, NODE_OPTIONS: `--require=${killed}` };
  await expect(exec(process.execPath, args, { env, timeout: 20_000 })).rejects.toMatchObject({
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
  expect(await exec(process.execPath, args, { env, timeout: 20_000 })).toEqual(quiet);
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
    await expect.poll(ready, { timeout: 20_000 }).toHaveLength(3);
    // Connections go to the workers in turn.
    const bundles = async () => new Set([await bundle(), await bundle(), await bundle(), await bundle()]);
    await expect.poll(bundles, { timeout: 10_000 }).not.toContain(old);
  });
}, 60_000);

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
    await expect.poll(log, { timeout: 10_000 }).toMatch(new RegExp(`"pid":${second},.*"model reloaded"`));
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

it.each(["1", "2"])(
  "replaces its API keys on SIGHUP without a refused request, with %s workers",
  async (workers) => {
    const [old, next] = ["the-old-key-of-clients", "the-next-key-of-clients"];
    const file = at(`keys-${workers}`);
    await writeFile(file, `${old}\n`);
    const args = [
      at("models/20260101-a"),
      "--workers",
      workers,
      "--api-key-file",
      file,
      "--log-level",
      "info",
    ];
    await serving(args, {}, async (url, log) => {
      const { pid } = (await (await fetch(`${url}/healthz`)).json()) as { pid: number };
      const ask = async (key: string) =>
        (await fetch(`${url}/v1/tracks?q=one`, { headers: { "x-api-key": key, connection: "close" } }))
          .status;
      const lines = (message: string) =>
        log()
          .split("\n")
          .filter((line) => line.includes(`"msg":"${message}`));
      const hangUp = async (text: string, message: string, count: number) => {
        await writeFile(file, text);
        const before = lines(message).length;
        process.kill(pid, "SIGHUP");
        await expect.poll(() => lines(message).length).toBe(before + count);
      };
      const replaced = (text: string) => hangUp(text, "API keys replaced", Number(workers));

      let key = old!;
      const statuses = new Set<number>();
      let going = true;
      const client = (async () => {
        while (going) statuses.add(await ask(key));
      })();
      expect(await ask(next!)).toBe(401);
      await replaced(`${old}\n${next}\n`);
      key = next!;
      for (let i = 0; i < 4; i++) expect([await ask(old!), await ask(next!)]).toEqual([200, 200]);
      await replaced(`# the only one\n${next}\n`);
      for (let i = 0; i < 4; i++) expect([await ask(old!), await ask(next!)]).toEqual([401, 200]);
      // What is no file of keys changes nothing.
      for (const wrong of ["short\n", ""]) await hangUp(wrong, "the API keys cannot be reread", 1);
      if (workers === "2") {
        const [worker] = lines("endpoint ready").map((line) => JSON.parse(line) as { pid: number });
        going = false;
        await client;
        process.kill(worker!.pid, "SIGKILL");
        await expect.poll(() => lines("endpoint ready").length, { timeout: 10_000 }).toBe(3);
      }
      for (let i = 0; i < 4; i++) expect([await ask(old!), await ask(next!)]).toEqual([401, 200]);
      going = false;
      await client;
      expect([...statuses]).toEqual([200]);
      expect(log()).not.toMatch(/the-old-key|the-next-key|short\n/);
    });
  },
);

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
    await expect.poll(client.heard, { timeout: 10_000 }).toMatch(/(^|\})HTTP\/1\.1 503 /);
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
}, 60_000);

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
      await expect.poll(() => client.heard(), { timeout: 10_000 }).toContain("HTTP/1.1 503");
      const soon = await msUntil(async () => {
        for (let i = 0; i < 3; i++) expect(await ask(free), header).toBe(200);
      });
      // Behind the thousand that wait already it would be half a minute.
      expect(soon).toBeLessThan(Math.max(10_000, 200 * one));
      client.destroy();
    });
  }
}, 60_000);

it("refuses a pipe as API key file", async () => {
  await exec("mkfifo", [at("pipe")]);
  const { code, stderr } = await segue("serve", at("models"), "--port", "0", "--api-key-file", at("pipe"));
  expect(stderr).toContain(`${at("pipe")} is a pipe`);
  expect(code).toBe(2);
}, 20_000);

it.each([
  ["missing-keys", undefined, "there is no API key file"],
  ["empty-keys", "# none yet\n", "holds no key"],
] as const)("says how to make %s", async (name, text, message) => {
  const file = at(name);
  if (text !== undefined) await writeFile(file, text);
  const { code, stderr } = await segue("serve", at("models"), "--port", "0", "--api-key-file", file);
  expect(stderr).toContain(message);
  expect(stderr).toContain(`→ write one key per line into it, such as what "openssl rand -hex 24" prints`);
  expect(code).toBe(2);
});

it("accepts no key of blanks", async () => {
  await expect(readApiKeys({ environment: { SEGUE_API_KEY: " " } })).rejects.toThrow(
    "the API key at SEGUE_API_KEY is too short",
  );
  expect(await readApiKeys({ environment: { SEGUE_API_KEY: "" } })).toEqual([]);
});

it("refuses an unreasonable number of waiting questions", async () => {
  const { code, stderr } = await segue("serve", at("models"), "--max-waiting", "100001");
  expect(stderr).toContain("It should be a whole number from 0 to 100000.");
  expect(code).toBe(2);
});

it("takes its file of API keys from the environment, as the container does, and rereads it", async () => {
  const [old, next] = ["the-old-key-of-clients", "the-next-key-of-clients"] as const;
  const env = { SEGUE_API_KEY_FILE: at("keys-of-environment") };
  await writeFile(env.SEGUE_API_KEY_FILE, old);
  await serving([at("models/20260101-a")], env, async (url) => {
    const send = async (path: string, method: string, key: string) =>
      (await fetch(url + path, { method, headers: { "x-api-key": key, connection: "close" } })).status;
    expect((await fetch(`${url}/v1/tracks?q=one`)).status).toBe(401);
    await writeFile(env.SEGUE_API_KEY_FILE, next);
    expect(await send("/admin/reload", "POST", old)).toBe(200);
    expect(await send("/v1/tracks?q=one", "GET", next)).toBe(200);
  });
  await expect(readApiKeys({ environment: { SEGUE_API_KEY_FILE: at("no-keys") } })).rejects.toThrow(
    "there is no API key file",
  );
  expect(await readApiKeys({ environment: { SEGUE_API_KEY_FILE: "" } })).toEqual([]);
});

it.each(["1", "2"])("rereads its API keys on /admin/reload, with %s workers", async (workers) => {
  const [old, next] = ["the-old-key-of-clients", "the-next-key-of-clients"] as const;
  const file = at(`reloaded-keys-${workers}`);
  await writeFile(file, old);
  const args = [at("models/20260101-a"), "--workers", workers, "--api-key-file", file];
  await serving(args, {}, async (url) => {
    const send = async (path: string, method: string, key: string) =>
      (await fetch(url + path, { method, headers: { "x-api-key": key, connection: "close" } })).status;
    await writeFile(file, next);
    expect(await send("/admin/reload", "POST", old)).toBe(200);
    for (let i = 0; i < 4; i++) {
      expect(await send("/v1/tracks?q=one", "GET", next)).toBe(200);
      expect(await send("/v1/tracks?q=one", "GET", old)).toBe(401);
    }
    await rm(file);
    const headers = { "x-api-key": next };
    const reloaded = await fetch(`${url}/admin/reload`, { method: "POST", headers });
    expect(await reloaded.json()).toMatchObject({ keys_kept: `there is no API key file ${file}` });
    expect(await send("/v1/tracks?q=one", "GET", next)).toBe(200);
  });
});

it("reads its API keys again at /admin/reload while other workers are starting", async () => {
  const file = at("early-keys");
  const key = "the-only-key-of-clients";
  await writeFile(file, key);
  const args = ["serve", at("models"), "--port", "0", "--workers", "3", "--api-key-file", file];
  const server = spawn(process.execPath, [distPath("cli/main.js"), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(server, "exit");
  let log = "";
  server.stderr.setEncoding("utf8").on("data", (text: string) => {
    log += text;
  });
  const first = () => /"url":"([^"]+)"/.exec(log)?.[1];
  await expect.poll(first, { timeout: 10_000, interval: 5 }).toBeDefined();
  const reloaded = await fetch(`${first()}/admin/reload`, { method: "POST", headers: { "x-api-key": key } });
  expect(await reloaded.json()).toEqual({ version: expect.any(String), changed: false });
  server.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
});

it.each([
  [{}, "there are no API keys to reread, and everybody may call", 0, 200],
  [{ SEGUE_API_KEY: "the-key-of-all-clients" }, "API keys unchanged", 1, 401],
] as const)(
  "says at SIGHUP that there is no file of API keys to reread: with %j",
  async (env, message, keys, status) => {
    const args = [at("models/20260101-a"), "--log-level", "info"];
    await serving(args, { SEGUE_API_KEY: "", ...env }, async (url, log) => {
      expect(log()).toMatch(new RegExp(`"keys":${keys},"msg":"endpoint ready"`));
      const { pid } = (await (await fetch(`${url}/healthz`)).json()) as { pid: number };
      process.kill(pid, "SIGHUP");
      await expect.poll(log, { timeout: 10_000 }).toContain(`"msg":"${message}`);
      // The bundle is opened again all the same.
      await expect.poll(log, { timeout: 10_000 }).toContain('"msg":"model reloaded"');
      expect((await fetch(`${url}/v1/tracks?q=one`)).status).toBe(status);
    });
  },
);

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
}, 60_000);
