/** `segue serve`: what it says before it serves, and of bundles that it cannot take over. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync } from "node:fs";
import { cp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { randomVectors } from "../bundle/bundle.testkit.js";
import { writeBundle } from "../bundle/index.js";
import { distPath } from "../system/index.js";
import { segue, servedModels, serving } from "./serve/serve.testkit.js";

const at = servedModels();
const exec = promisify(execFile);

it("accepts a bundle like other commands, but not two", async () => {
  expect(await segue("serve", at("models"), "--bundle", at("models"))).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("two bundles are named"),
  });
  await serving(["--bundle", at("models")], {}, async (url) => {
    expect((await fetch(`${url}/ping`)).status).toBe(200);
  });
});

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

it.each([1, 2])("handles signals during its start, with %s workers", { timeout: 90_000 }, async (workers) => {
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
      timeout: 60_000,
    });
    let log = "";
    running.child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      log += text;
    });
    return { running, log: () => log };
  };
  expect((await start("SIGTERM").running).stdout).toBe("stopped\n");
  const { running, log } = start("SIGHUP");
  // On a busy machine three processes that start take their time.
  await expect.poll(log, { timeout: 50_000 }).toContain('"msg":"model reloaded"');
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

it("goes on if the reader of its output has gone", async () => {
  const args = [distPath("cli/main.js"), "serve", at("models"), "--port", "0", "--log-level", "info"];
  const server = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(server, "exit");
  server.stdout.destroy();
  let log = "";
  server.stderr.on("data", (text) => {
    log += text;
  });
  await expect.poll(() => log).toContain("endpoint ready");
  await fetch(`${/"url":"([^"]+)"/.exec(log)![1]}/ping`);
  await expect.poll(() => log).toContain('"route":"/ping","status":200');
  server.kill("SIGTERM");
  await ended;
  expect(log).toContain("endpoint stopped");
});
