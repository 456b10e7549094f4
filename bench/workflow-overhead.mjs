/**
 * The overhead of the local engine with empty steps. Bars: an empty step < 120 ms, a foreach of 200 empty tasks on 2 workers < 15 s,
 * listing 1,000 runs < 300 ms. For comparison: starting Node once, which every step would cost without warm processes.
 *
 *     node bench/workflow-overhead.mjs [--blocked SECONDS]
 *
 * With --blocked, checks on both engines that a task that blocks its event loop for SECONDS (e.g. 90) is neither killed nor run twice. For
 * dbos it starts its own Postgres (Debian's postgresql) and two workers.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openClient, openStore, runFlow } from "segue/workflow";
import { hasPostgres, postgresMissing, startPostgres } from "../src/workflow/fixtures/postgres.mjs";
import { blocked, empty, wide } from "./workflow-flows.mjs";

const folder = mkdtempSync(join(tmpdir(), "segue-overhead-"));
const store = await openStore(folder);
let missed = 0;

function report(what, value, unit, bar) {
  const isMet = value < bar;
  if (!isMet) missed++;
  console.log(`${what}: ${value.toFixed(1)} ${unit} (bar: < ${bar} ${unit}) ${isMet ? "met" : "MISSED"}`);
}

async function timed(work) {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

async function showBlocked(seconds, options) {
  const result = await runFlow(blocked, { seconds }, { store, ...options });
  const { attempts } = await openClient(store).flow("blocked").latestRun.task("block").summary();
  console.log(
    `${options.engine}: a task that blocked its event loop for ${seconds} s: ${result.status}, ${attempts.length} attempt`,
  );
  if (result.status !== "done" || attempts.length !== 1) missed++;
}

/** Runs `work` with a database and two workers. */
async function onDbos(work) {
  const postgres = await startPostgres();
  const cli = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
  const workers = [1, 2].map(() =>
    spawn(process.execPath, [cli, "worker", "--max-workers", "2", "--database", postgres.url], {
      stdio: "ignore",
    }),
  );
  try {
    await work(postgres.url);
  } finally {
    const gone = workers.map((worker) => new Promise((resolve) => worker.once("exit", resolve)));
    for (const worker of workers) worker.kill("SIGTERM");
    await Promise.all(gone);
    postgres.stop();
  }
}

try {
  const node = Array.from({ length: 5 }, () => {
    const begun = performance.now();
    spawnSync(process.execPath, ["-e", "0"]);
    return performance.now() - begun;
  }).sort((a, b) => a - b)[2];
  console.log(`starting Node once: ${node.toFixed(1)} ms`);
  const flowMs = await timed(() => runFlow(empty, {}, { store }));
  report("an empty step, a run of 10 divided by 10", flowMs / 10, "ms", 120);
  report(
    "foreach of 200 empty tasks on 2 workers",
    (await timed(() => runFlow(wide, {}, { store, maxWorkers: 2 }))) / 1000,
    "s",
    15,
  );
  const { run } = (await openClient(store).runs({ flow: "wide" }))[0];
  const record = JSON.parse(new TextDecoder().decode(await store.get(`runs/wide/${run}.json`)));
  const end = await store.get(`runs/wide/${run}.end.json`);
  for (let i = 0; i < 998; i++) {
    const id = `20260101-000000-${String(i).padStart(4, "0")}`;
    await store.put(`runs/wide/${id}.json`, JSON.stringify({ ...record, run: id }));
    await store.put(`runs/wide/${id}.end.json`, end);
  }
  for (const how of ["from their records", "again, from the index"]) {
    let found = 0;
    const listing = await timed(async () => {
      found = (await openClient(store).runs()).length;
    });
    report(`listing ${found} runs ${how}`, listing, "ms", 300);
  }
  const place = process.argv.indexOf("--blocked");
  if (place > 0) {
    const seconds = Number(process.argv[place + 1] ?? 90);
    await showBlocked(seconds, { engine: "local" });
    if (!hasPostgres) console.log(`dbos ${postgresMissing}`);
    else await onDbos((databaseUrl) => showBlocked(seconds, { engine: "dbos", databaseUrl }));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = missed === 0 ? 0 : 1;
