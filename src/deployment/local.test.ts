import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, rename, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeBundle } from "../bundle/index.js";
import { CorpusBuilder } from "../corpus/index.js";
import { fitRecommender } from "../recommenders/index.js";
import { songCorpus, songs } from "../serving/serving.testkit.js";
import { folderOfTests } from "../system/files/temporary-folder.testkit.js";
import { distPath, isAlive } from "../system/index.js";
import { answersOf } from "./bundle-answers.js";
import { checkEndpoint, deployLocal, type LocalDeployment, stopLocal } from "./local.js";

const folder = folderOfTests("deploy");
const bundle = () => join(folder, "bundle");
const deployed: LocalDeployment[] = [];

async function writeSongs(place: string, names: readonly string[]): Promise<void> {
  const corpus = songCorpus();
  const states = await Promise.all(
    names.map(async (name) => [name, (await fitRecommender(name, corpus)).save()] as const),
  );
  await writeBundle(place, {
    catalogue: { tracks: corpus.tracks, ...(corpus.artists ? { artists: corpus.artists } : {}) },
    recommenders: Object.fromEntries(states),
    parameters: { knn_k: 5 },
  });
}

async function deploy(options: Partial<Parameters<typeof deployLocal>[0]> = {}): Promise<LocalDeployment> {
  const endpoint = await deployLocal({ bundle: bundle(), ...options });
  deployed.push(endpoint);
  return endpoint;
}

beforeAll(async () => {
  await writeSongs(bundle(), ["transitions", "popularity"]);
});
afterAll(async () => {
  await Promise.all(deployed.map((endpoint) => endpoint.stop()));
});

const ready = async (url: string) => (await (await fetch(`${url}/readyz`)).json()) as { bundle: string };

describe("deploying to this machine", () => {
  it("refuses a port that nothing may call, and leaves no endpoint there", async () => {
    // One of the ports that fetch refuses; free, since nothing else takes it either.
    await expect(deploy({ port: 6697 })).rejects.toThrow(/refuse to call http:\/\/127\.0\.0\.1:6697/);
    await expect(deploy({ port: 6697 })).rejects.toThrow(/refuse to call/);
  });

  it("is checked with tracks that a request may name, and not with an id of 10,000 characters", async () => {
    const place = join(folder, "long");
    const tracks = ["A-One", `A-${"x".repeat(10_000)}`, "B-Two"];
    const corpus = new CorpusBuilder();
    corpus.add({ id: "1", tracks });
    const recommenders = { popularity: (await fitRecommender("popularity", corpus.build())).save() };
    await writeBundle(place, { catalogue: { tracks }, recommenders, parameters: { knn_k: 2 } });
    const { url } = await deploy({ bundle: place });
    await expect(checkEndpoint({ url, bundle: place, calls: 2 })).resolves.toMatchObject({ compared: 2 });
  });

  it.each([
    ["SEGUE_API_KEY", () => "of-the-environment-0123"],
    ["SEGUE_API_KEY_FILE", () => join(folder, "keys")],
  ])("checks an endpoint with the API key from the environment: %s", async (variable, value) => {
    await writeFile(join(folder, "keys"), "of-the-file-of-keys-0123\n");
    const before = process.env[variable];
    process.env[variable] = value();
    try {
      const { url } = await deploy();
      expect((await fetch(`${url}/metrics`)).status).toBe(401);
      await expect(checkEndpoint({ url, bundle: bundle(), calls: 1 })).resolves.toMatchObject({
        compared: 10,
      });
      const other = checkEndpoint({ url, bundle: bundle(), calls: 1, apiKey: "another-0123456789" });
      await expect(other).rejects.toThrow(/401: this API key is not known here/);
    } finally {
      if (before === undefined) delete process.env[variable];
      else process.env[variable] = before;
    }
  });

  it("says why there is no answer", async () => {
    const nowhere = checkEndpoint({ url: "http://127.0.0.1:9", bundle: bundle(), calls: 1 });
    await expect(nowhere).rejects.toThrow(/did not answer .*ECONNREFUSED|bad port/);
  });

  it.each([
    [502, "<html>Bad Gateway</html>", "502: <html>Bad Gateway</html>"],
    [503, "", "503: Service Unavailable"],
    [401, '{"error":"an API key is needed"}', "401: an API key is needed"],
    [200, "<html>Sign in</html>", "the answer has no predictions: <html>Sign in</html>"],
    [200, "", "the answer has no predictions: it is empty"],
    [200, "null", "the answer has no predictions: null"],
    [200, '{"predictions":[{"output_1":[1]}]}', "the answer has no predictions: "],
  ])("says what answered instead of the endpoint: %i %s", async (status, body, message) => {
    const between = createServer((_, response) => response.writeHead(status).end(body)).listen(
      0,
      "127.0.0.1",
    );
    await once(between, "listening");
    const url = `http://127.0.0.1:${(between.address() as AddressInfo).port}`;
    await expect(checkEndpoint({ url, bundle: bundle() })).rejects.toThrow(message);
    between.close();
  });

  it("answers from its own process like the bundle, and leaves nothing when stopped", async () => {
    const endpoint = await deploy();
    expect(endpoint.pid).not.toBe(process.pid);
    const result = await checkEndpoint({
      url: endpoint.url,
      bundle: bundle(),
      tracks: songs.slice(0, 3),
      calls: 20,
    });
    expect(result).toMatchObject({
      track: songs[0],
      compared: 3,
      k: 5,
      unknown: { answered: 5 },
      latency: { calls: 20 },
    });
    expect(result.answer).toHaveLength(5);
    expect(result.latency.p50).toBeLessThanOrEqual(result.latency.p99);
    await endpoint.stop();
    expect(isAlive(endpoint.pid)).toBe(false);
    await expect(fetch(`${endpoint.url}/ping`)).rejects.toThrow();
    expect(await readFile(endpoint.logFile, "utf8")).toContain("endpoint stopped");
  });

  it("detects an endpoint that answers from another bundle", async () => {
    const other = join(folder, "other");
    await writeSongs(other, ["popularity"]);
    const endpoint = await deploy();
    await expect(checkEndpoint({ url: endpoint.url, bundle: other })).rejects.toMatchObject({
      code: "check-failed",
      message: expect.stringMatching(/place 1 is ".*" instead of ".*"/),
    });
    // What the bundle answers may have been asked before, elsewhere: it goes from process to process as JSON.
    const told = async (place: string) => JSON.parse(JSON.stringify(await answersOf(place)));
    await expect(
      checkEndpoint({ url: endpoint.url, bundle: await told(bundle()), calls: 1 }),
    ).resolves.toMatchObject({ compared: 10, k: 5 });
    await expect(checkEndpoint({ url: endpoint.url, bundle: await told(other) })).rejects.toMatchObject({
      code: "check-failed",
    });
    await expect(
      checkEndpoint({ url: endpoint.url, bundle: await told(bundle()), tracks: ["never asked"] }),
    ).rejects.toThrow('answers do not include "never asked"');
    await expect(checkEndpoint({ url: "http://127.0.0.1:9", bundle: bundle() })).rejects.toThrow(
      /did not answer/,
    );
  });

  it("says why an endpoint did not start, and leaves nothing", async () => {
    const logFile = join(folder, "shared.log");
    await expect(deploy({ recommender: "magic", logFile })).rejects.toMatchObject({
      message: expect.stringMatching(/^the endpoint did not start: .*magic/),
    });
    // Of this endpoint alone, though the log is that of the one before too.
    await expect(deploy({ bundle: join(folder, "none"), logFile })).rejects.toMatchObject({
      message: expect.stringMatching(/^the endpoint did not start: there is no bundle/),
    });
    const port = Number(new URL((await deploy()).url).port);
    await expect(deploy({ port, logFile })).rejects.toMatchObject({
      message: `the endpoint did not start: port ${port} on 127.0.0.1 is in use`,
      hint: `choose another with --port, or --port 0 for any free one\nthe whole log: ${logFile}`,
    });
    await expect(deploy({ signal: AbortSignal.abort() })).rejects.toThrow();
    // Before the process is there to be waited for.
    const stop = new AbortController();
    const stopped = deploy({ signal: stop.signal });
    stop.abort(new Error("enough"));
    await expect(stopped).rejects.toThrow("enough");
  });

  it("shares the port among processes, replaces a dead one, and reloads all", async () => {
    const pointed = join(folder, "pointed");
    await writeSongs(join(pointed, "v1"), ["transitions", "popularity"]);
    await writeSongs(join(pointed, "v2"), ["popularity"]);
    await symlink("v1", join(pointed, "current"));
    const endpoint = await deploy({ bundle: pointed, workers: 2 });
    const before = await ready(endpoint.url);
    const ask = () =>
      fetch(`${endpoint.url}/v1/recommend`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ context: [songs[0]] }),
      });
    for (let i = 0; i < 20; i++) expect((await ask()).status).toBe(200);
    const metrics = async () => (await fetch(`${endpoint.url}/metrics`)).text();
    expect(await metrics()).toMatch(
      /segue_http_request_duration_seconds_count\{route="\/v1\/recommend",method="POST",status="200"\} 20\n/,
    );

    // A new version goes live by a new link in the old one's place.
    await symlink("v2", join(pointed, "next"));
    await rename(join(pointed, "next"), join(pointed, "current"));
    await expect
      .poll(
        async () => {
          const seen = await Promise.all(Array.from({ length: 8 }, () => ready(endpoint.url)));
          return seen.every(({ bundle }) => bundle !== before.bundle);
        },
        { timeout: 10_000 },
      )
      .toBe(true);

    const { pid, stop } = endpoint;
    const first = workersOf(pid);
    expect(first).toHaveLength(2);
    process.kill(first[0]!, "SIGKILL");
    await expect.poll(() => workersOf(pid).filter((each) => each !== first[0]).length).toBe(2);
    await expect.poll(async () => (await ask()).status).toBe(200);
    await stop();
    expect(isAlive(pid)).toBe(false);
  });

  it("can be kept by one process and stopped by another", async () => {
    const endpoint = await deploy();
    endpoint.keep();
    await expect.poll(() => ready(endpoint.url)).toMatchObject({ bundle: expect.any(String) });
    await stopLocal({ ...endpoint, url: "http://127.0.0.1:9" });
    expect(isAlive(endpoint.pid)).toBe(true);
    await stopLocal(endpoint);
    expect(isAlive(endpoint.pid)).toBe(false);
    await stopLocal(endpoint);
  });

  it("ends with the process that started it, however that one ends, unless kept", async () => {
    const script = join(folder, "start.mjs");
    await writeFile(
      script,
      `
      const { deployLocal } = await import(${JSON.stringify(distPath("deployment/local.js"))});
      const { url, pid } = await deployLocal({ bundle: ${JSON.stringify(bundle())} });
      console.log(JSON.stringify({ url, pid }));
      setInterval(() => {}, 1000);`,
    );
    const parent = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = (await once(parent.stdout, "data")) as [Buffer];
    const { pid } = JSON.parse(line.toString()) as { pid: number };
    expect(isAlive(pid)).toBe(true);
    parent.kill("SIGKILL");
    await expect.poll(() => isAlive(pid)).toBe(false);
  });
});

function workersOf(pid: number): number[] {
  return execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" })
    .split("\n")
    .map((line) => line.trim().split(/ +/).map(Number))
    .filter(([, parent]) => parent === pid)
    .map(([child]) => child!);
}
