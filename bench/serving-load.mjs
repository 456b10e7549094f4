/**
 * The endpoint under load: requests a second and latency of /v1/recommend with 10-track contexts and k = 20, memory over time,
 * reloads and a stop under load. The load comes from this process, the endpoint runs in another, on loopback.
 *
 *   node scripts/build.mjs --no-web
 *   node bench/serving-load.mjs --bundle DIR [--recommender NAME] [--rate 2000] [--seconds 20] [--minutes 5] [--workers 1]
 *     [--contexts SEQUENCES.jsonl.gz]
 *
 * Contexts are cut from the sequences, or drawn from the bundle's tracks where none are given. Latency is taken at `--rate`
 * requests a second, corrected for coordinated omission (autocannon); the most requests a second in a run without a rate.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { cpus } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import autocannon from "autocannon";
import { readSequences } from "../dist/corpus/index.js";
import { openServedModel } from "../dist/serving/index.js";
import { distPath, Random } from "../dist/system/index.js";

const { values: options } = parseArgs({
  options: {
    bundle: { type: "string" },
    recommender: { type: "string" },
    contexts: { type: "string" },
    rate: { type: "string", default: "2000" },
    seconds: { type: "string", default: "20" },
    minutes: { type: "string", default: "5" },
    workers: { type: "string", default: "1" },
    connections: { type: "string", default: "16" },
  },
});
const seconds = Number(options.seconds);
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

async function startEndpoint() {
  const args = [
    distPath("cli/main.js"),
    "serve",
    options.bundle,
    "--port",
    "0",
    "--workers",
    options.workers,
    "--log-level",
    "error",
  ];
  if (options.recommender) args.push("--recommender", options.recommender);
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const [{ url }] = await once(child, "message");
  return { child, url };
}

function load(url, bodies, extra) {
  return autocannon({
    url: `${url}/v1/recommend`,
    connections,
    duration: seconds,
    requests: bodies.map((body) => ({ method: "POST", headers: json, body })),
    ...extra,
  });
}

const failures = (result) => result.errors + result.timeouts + result.non2xx + result.mismatches;

async function residentMb(url) {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\S+)/m.exec(text)[1]) / 2 ** 20;
}

/** Requests one after the other on kept connections until the endpoint turns them away; a request that was sent must be answered. */
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
console.log(
  `${cpus().length} cores, ${cpus()[0].model}; ${options.workers} worker(s), ${connections} connections, ${options.recommender ?? "default recommender"}`,
);
const endpoint = await startEndpoint();
await load(endpoint.url, bodies, { duration: 5 });

const most = await load(endpoint.url, bodies);
console.log(
  `without a rate: ${most.requests.average.toFixed(0)} requests/s, p50 ${most.latency.p50} ms, p99 ${most.latency.p99} ms, ${failures(most)} failed`,
);
const paced = await load(endpoint.url, bodies, { overallRate: Number(options.rate) });
console.log(
  `at ${options.rate}/s: ${paced.requests.average.toFixed(0)} requests/s, p50 ${paced.latency.p50} ms, p99 ${paced.latency.p99} ms, ${failures(paced)} failed`,
);

const reloads = setInterval(() => endpoint.child.kill("SIGHUP"), 2_000);
const reloaded = await load(endpoint.url, bodies, { overallRate: Number(options.rate) });
clearInterval(reloads);
console.log(
  `reload every 2 s: ${reloaded.requests.average.toFixed(0)} requests/s, p99 ${reloaded.latency.p99} ms, ${failures(reloaded)} failed`,
);

const minutes = Number(options.minutes);
if (minutes > 0) {
  const memory = [];
  const watch = setInterval(async () => memory.push(await residentMb(endpoint.url)), 5_000);
  const long = await load(endpoint.url, bodies, {
    duration: minutes * 60,
    overallRate: Number(options.rate),
  });
  clearInterval(watch);
  const part = Math.max(1, Math.floor(memory.length / 5));
  const mean = (list) => list.reduce((sum, mb) => sum + mb, 0) / list.length;
  console.log(
    `${minutes} min at ${options.rate}/s: ${long.requests.total} requests, ${failures(long)} failed; resident ${mean(memory.slice(part, 2 * part)).toFixed(0)} MB in the second fifth, ${mean(memory.slice(-part)).toFixed(0)} MB in the last`,
  );
}
console.log("SIGTERM under load:", JSON.stringify(await stopUnderLoad(endpoint, bodies)));
