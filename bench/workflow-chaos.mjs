/**
 * Claim: kill -9 at any moment loses nothing and does nothing twice. During a flow of 40 tasks on 3 workers, 15 processes are killed
 * (kill -9) at random moments: on the engine local the command, which is then resumed, and task processes; on the engine dbos workers, task
 * processes and the command, all of which are restarted. Then every artifact must be right, and every task published exactly once over
 * all runs.
 *
 *     node bench/workflow-chaos.mjs [local|dbos|both] [rounds] [seed]
 *
 * The engine dbos works in the database SEGUE_DATABASE_URL, or else in its own Postgres (Debian's postgresql).
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { openClient, openStore, resumeRun, runFlow } from "segue/workflow";
import { hasPostgres, postgresMissing, startPostgres } from "../src/workflow/fixtures/postgres.mjs";
import { chaos } from "./workflow-flows.mjs";

const kills = 15;
const workers = 3;
const self = fileURLToPath(import.meta.url);
const cli = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));

/** The command under attack: runs the flow, or resumes its last run. */
async function command(folder, engine) {
  const store = await openStore(folder);
  const runs = await openClient(store).runs({ flow: "chaos" });
  // Killed after the run ended, but before the command did.
  if (runs[0]?.status === "done") process.exit(0);
  const options = { store, engine, maxWorkers: workers };
  const result = runs.length === 0 ? await runFlow(chaos, {}, options) : await resumeRun("chaos", options);
  if (result.status !== "done") console.error(JSON.stringify(result.end));
  process.exit(result.status === "done" ? 0 : 1);
}

/** mulberry32, so that a seed reproduces a round. */
function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function childrenOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
      .trim()
      .split(" ")
      .filter(Boolean)
      .map(Number);
  } catch {
    return [];
  }
}

function start(args, env = {}) {
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, ...env },
  });
  child.said = "";
  child.stderr.on("data", (data) => {
    child.said = (child.said + data).slice(-2000);
  });
  child.over = new Promise((resolve) => child.once("exit", (code) => resolve(code ?? 137)));
  return child;
}

function kill(pid) {
  try {
    process.kill(pid, "SIGKILL");
    return true;
  } catch {
    return false;
  }
}

async function roundLocal(folder, random) {
  let done = 0;
  for (let starts = 1; starts < 100; starts++) {
    const child = start([self, "--command", folder, "local"]);
    let over = false;
    child.over.then(() => {
      over = true;
    });
    while (!over && done < kills) {
      await sleep(40 + random() * 900);
      if (over) break;
      const tasks = childrenOf(child.pid);
      const target =
        tasks.length > 0 && random() < 0.5 ? tasks[Math.floor(random() * tasks.length)] : child.pid;
      if (kill(target)) done++;
    }
    const code = await child.over;
    if (code === 0) return { kills: done, starts };
    if (code !== 137 && code !== 1) throw new Error(`the command ended with ${code}: ${child.said}`);
  }
  throw new Error("it did not finish in 100 starts");
}

async function roundDbos(folder, random, url) {
  const pool = Array.from({ length: workers }, () =>
    start([cli, "worker", "--max-workers", "1", "--database", url]),
  );
  try {
    let done = 0;
    for (let starts = 1; starts < 100; starts++) {
      const child = start([self, "--command", folder, "dbos"], { SEGUE_DATABASE_URL: url });
      let over = false;
      child.over.then(() => {
        over = true;
      });
      if (starts === 1) await sleep(1500);
      while (!over && done < kills) {
        await sleep(100 + random() * 700);
        if (over) break;
        if (random() < 0.15) {
          if (kill(child.pid)) done++;
          continue;
        }
        const place = Math.floor(random() * workers);
        const tasks = childrenOf(pool[place].pid);
        const target = tasks.length > 0 && random() < 0.4 ? tasks[0] : pool[place].pid;
        if (kill(target)) done++;
        if (target === pool[place].pid)
          pool[place] = start([cli, "worker", "--max-workers", "1", "--database", url]);
      }
      const code = await child.over;
      if (code === 0) return { kills: done, starts };
      if (code !== 137) throw new Error(`the run ended with ${code}: ${child.said}`);
    }
    throw new Error("it did not finish in 100 starts");
  } finally {
    for (const worker of pool) kill(worker.pid);
    await Promise.all(pool.map((worker) => worker.over));
  }
}

/** Checks that every artifact is right, and that every task was published in one run and reused in the others. */
async function verify(folder) {
  const store = await openStore(folder);
  const run = openClient(store).flow("chaos").latestSuccessfulRun;
  const sum = await run.task("gather").artifact("sum");
  const checks = await run.task("gather").artifact("checks");
  const wanted = Array.from({ length: 40 }, (_, i) => i);
  if (sum !== wanted.reduce((total, i) => total + i * i, 0)) throw new Error(`the sum is ${sum}`);
  if (checks.some((check, i) => check !== i + 63)) throw new Error(`the vectors are ${checks}`);
  const published = new Map();
  for await (const { key } of store.list("tasks/")) {
    if (!key.endsWith("/done.json")) continue;
    const record = JSON.parse(new TextDecoder().decode(await store.get(key)));
    const place = `${record.step}/${record.task}`;
    if (!record.reused) published.set(place, (published.get(place) ?? 0) + 1);
  }
  const twice = [...published].filter(([, count]) => count !== 1);
  if (twice.length > 0 || published.size !== 43)
    throw new Error(`published ${published.size}, not once: ${twice}`);
}

async function main() {
  const [which = "both", rounds = "3", firstSeed = "1"] = process.argv.slice(2);
  for (const engine of which === "both" ? ["local", "dbos"] : [which]) {
    let own;
    let url = process.env.SEGUE_DATABASE_URL;
    if (engine === "dbos" && !url) {
      if (!hasPostgres) {
        console.log(`dbos ${postgresMissing}, or name a database in SEGUE_DATABASE_URL`);
        continue;
      }
      own = await startPostgres();
      url = own.url;
    }
    for (let round = 0; round < Number(rounds); round++) {
      const seed = Number(firstSeed) + round;
      const folder = mkdtempSync(join(tmpdir(), "segue-chaos-"));
      const begun = performance.now();
      const random = randomOf(seed);
      const { kills: killed, starts } =
        engine === "local" ? await roundLocal(folder, random) : await roundDbos(folder, random, url);
      await verify(folder);
      const seconds = (performance.now() - begun) / 1000;
      console.log(
        `${engine}: round ${round + 1} (seed ${seed}): ${killed} kills, ${starts} starts, ${seconds.toFixed(1)} s, ${readdirSync(join(folder, "runs", "chaos")).length} records of runs, all 43 results right and published once`,
      );
      rmSync(folder, { recursive: true, force: true });
    }
    own?.stop();
  }
}

if (process.argv[2] === "--command") await command(process.argv[3], process.argv[4]);
else await main();
