/**
 * The endpoint under load: requests a second and latency of /v1/recommend with 10-track contexts and k = 20, memory over time,
 * reloads and a stop under load. The load comes from this process, the endpoint runs in another, on loopback.
 *
 *   node scripts/build.mjs --no-web
 *   node bench/serving-load.mjs --bundle DIR [--recommender NAME] [--rate 2000] [--seconds 20] [--minutes 5] [--workers 1]
 *     [--threads 1] [--contexts SEQUENCES.jsonl.gz]
 *
 * Contexts are cut from the sequences, or by default drawn from the bundle's tracks. A closed loop (autocannon: every connection sends its
 * next request once it is answered) measures the maximum rate; an open loop (open-loop.mjs: requests are due at `--rate`, answered or
 * not) measures the latency at that rate. Reloads alternate between two versions of the bundle, so that each reads, checks and restores
 * a whole one.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import autocannon from "autocannon";
import { parseManifest, sealManifest } from "../dist/bundle/manifest.js";
import { readSequences } from "../dist/corpus/index.js";
import { openServedModel } from "../dist/serving/index.js";
import { distPath, Random } from "../dist/system/index.js";
import { openLoop, postRequests } from "./open-loop.mjs";
import { parseArguments } from "./support.mjs";

const { values: options } = parseArguments({
  options: {
    bundle: { type: "string" },
    recommender: { type: "string" },
    contexts: { type: "string" },
    rate: { type: "string", default: "2000" },
    seconds: { type: "string", default: "20" },
    minutes: { type: "string", default: "5" },
    workers: { type: "string", default: "1" },
    threads: { type: "string", default: "1" },
    connections: { type: "string", default: "16" },
    "reload-rate": { type: "string" },
  },
});
if (options.bundle === undefined) {
  console.error(
    "usage: node bench/serving-load.mjs --bundle DIR (segue run and serving-bundle.mjs make bundles)",
  );
  process.exit(2);
}
const seconds = Number(options.seconds);
const rate = Number(options.rate);
const connections = Number(options.connections);
const json = { "content-type": "application/json" };

async function makeBodies() {
  const random = new Random(1);
  const corpus = options.contexts
    ? await readSequences(options.contexts)
    : (await openServedModel(options.bundle)).catalogue;
  return Array.from({ length: 2_000 }, () => {
    let context = Array.from({ length: 10 }, () => corpus.tracks[random.below(corpus.tracks.length)]);
    for (let tries = 0; corpus.offsets && tries < 1_000; tries++) {
      const playlist = random.below(corpus.offsets.length - 1);
      const start = corpus.offsets[playlist];
      if (corpus.offsets[playlist + 1] - start < 10) continue;
      context = Array.from(corpus.items.subarray(start, start + 10), (item) => corpus.tracks[item]);
      break;
    }
    return JSON.stringify({ context, k: 20 });
  });
}

/** Two versions of the bundle that differ in one parameter, and the link `current` to one of them. */
function versions() {
  const folder = mkdtempSync(join(tmpdir(), "segue-load-"));
  for (const version of ["v1", "v2"]) {
    const place = join(folder, version);
    cpSync(options.bundle, place, { recursive: true });
    const path = join(place, "manifest.json");
    const manifest = parseManifest(readFileSync(path, "utf8"), place);
    writeFileSync(
      path,
      JSON.stringify(sealManifest({ ...manifest, parameters: { ...manifest.parameters, version } })),
    );
  }
  let now = "v2";
  const change = () => {
    now = now === "v1" ? "v2" : "v1";
    symlinkSync(now, join(folder, "next"));
    renameSync(join(folder, "next"), join(folder, "current"));
  };
  change();
  return { folder, change };
}

async function startEndpoint(folder) {
  const args = [
    distPath("cli/main.js"),
    "serve",
    folder,
    "--watch",
    "0",
    "--port",
    "0",
    "--workers",
    options.workers,
    "--threads",
    options.threads,
    "--log-level",
    "error",
  ];
  if (options.recommender) args.push("--recommender", options.recommender);
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const [{ url }] = await once(child, "message");
  return { child, url };
}

function closedLoop(url, bodies, duration) {
  return autocannon({
    url: `${url}/v1/recommend`,
    connections,
    duration,
    requests: bodies.map((body) => ({ method: "POST", headers: json, body })),
  });
}

async function metric(url, name) {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)`, "m").exec(text)?.[1] ?? 0);
}

const residentMb = async (url) => (await metric(url, "process_resident_memory_bytes")) / 2 ** 20;

const latency = ({ p50, p90, p99, most }) =>
  `p50 ${p50.toFixed(1)} ms, p90 ${p90.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, most ${most.toFixed(0)} ms`;

/** Megabytes per minute, by least squares. */
function slope(points) {
  const mean = (list) => list.reduce((sum, value) => sum + value, 0) / list.length;
  const [x, y] = [mean(points.map((point) => point.minute)), mean(points.map((point) => point.mb))];
  const above = points.reduce((sum, { minute, mb }) => sum + (minute - x) * (mb - y), 0);
  return above / points.reduce((sum, { minute }) => sum + (minute - x) ** 2, 0);
}

/** Sends requests on kept connections until the endpoint refuses them; every request sent must be answered. */
async function stopUnderLoad({ child, url }, bodies) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const counts = { answered: 0, turnedAway: 0, failed: 0 };
  const one = (body) =>
    new Promise((resolve) => {
      const asked = request(`${url}/v1/recommend`, { agent, method: "POST", headers: json }, (answer) => {
        answer.resume().on("end", () => resolve(answer.statusCode === 200 ? "answered" : "failed"));
        answer.on("error", () => resolve("failed"));
      });
      asked.on("error", (error) => resolve(error.code === "ECONNREFUSED" ? "turnedAway" : "failed"));
      asked.end(body);
    });
  let next = 0;
  const clients = Array.from({ length: connections }, async () => {
    for (;;) {
      const outcome = await one(bodies[next++ % bodies.length]);
      counts[outcome]++;
      if (outcome !== "answered") return;
    }
  });
  await wait(2_000);
  const told = performance.now();
  child.kill("SIGTERM");
  await Promise.all([...clients, once(child, "exit")]);
  agent.destroy();
  return { ...counts, milliseconds: Math.round(performance.now() - told), exitCode: child.exitCode };
}

const bodies = await makeBodies();
const load = () => `load average ${loadavg()[0].toFixed(2)}`;
console.log(
  `${cpus().length} cores, ${cpus()[0].model}; ${options.workers} worker(s) of ${options.threads} thread(s), ${options.recommender ?? "default recommender"}; ${load()}`,
);
const { folder, change } = versions();
try {
  const endpoint = await startEndpoint(folder);
  const requests = postRequests(endpoint.url, "/v1/recommend", bodies);
  const open = (perSecond, duration) =>
    openLoop({ url: endpoint.url, requests, rate: perSecond, seconds: duration });
  await closedLoop(endpoint.url, bodies, 5);

  const most = await closedLoop(endpoint.url, bodies, seconds);
  const failures = most.errors + most.timeouts + most.non2xx + most.mismatches;
  console.log(
    `closed loop of ${connections}: ${most.requests.average.toFixed(0)} requests/s, p50 ${most.latency.p50} ms, p99 ${most.latency.p99} ms, ${failures} failed`,
  );
  const paced = await open(rate, seconds);
  console.log(
    `open loop: ${paced.perSecond.toFixed(0)} requests/s, ${latency(paced)}, ${paced.failed} failed; ${load()}`,
  );

  const reloadRate = Number(options["reload-rate"] ?? rate);
  const reloading = (duration) => {
    const timer = setInterval(() => {
      change();
      endpoint.child.kill("SIGHUP");
    }, 2_000);
    return open(reloadRate, duration).finally(() => clearInterval(timer));
  };
  const done = 'segue_reloads_total{outcome="done"}'.replaceAll(/[{}]/g, "\\$&");
  const before = await metric(endpoint.url, done);
  const reloaded = await reloading(seconds);
  console.log(
    `reload asked for every 2 s: ${(await metric(endpoint.url, done)) - before} done, ${reloaded.perSecond.toFixed(0)} requests/s, ${latency(reloaded)}, ${reloaded.failed} failed`,
  );

  const minutes = Number(options.minutes);
  if (minutes > 0) {
    const memory = [];
    const started = performance.now();
    const watch = setInterval(async () => {
      const minute = (performance.now() - started) / 60_000;
      memory.push({ minute, mb: await residentMb(endpoint.url) });
    }, 3_000);
    const long = await reloading(minutes * 60);
    clearInterval(watch);
    const settled = memory.slice(Math.floor(memory.length / 5));
    const mb = settled.map((point) => point.mb);
    console.log(
      `${minutes} min with reloads: ${long.requests} requests, ${long.failed} failed, ${(await metric(endpoint.url, done)) - before} reloads done; resident ${Math.min(...mb).toFixed(0)} to ${Math.max(...mb).toFixed(0)} MB, ${slope(settled).toFixed(1)} MB a minute after the first fifth`,
    );
  }
  console.log(`SIGTERM under load: ${JSON.stringify(await stopUnderLoad(endpoint, bodies))}; ${load()}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
