/** The engine on DBOS: the contract with two workers, and what happens when workers, the command or the database go away. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FolderStore } from "../../storage/index.js";
import { distPath } from "../../system/index.js";
import { openClient, runFlow } from "../index.js";
import {
  hasPostgres,
  postgresMissing,
  startPostgres,
  type TemporaryPostgres,
} from "./dbos/postgres.testkit.js";
import { engineContract, flows, startCommand } from "./engine.testkit.js";

if (!hasPostgres) console.warn(postgresMissing);

describe.skipIf(!hasPostgres)("on DBOS", () => {
  let postgres: TemporaryPostgres;
  let workers: ChildProcess[] = [];

  const startWorker = async (max = 2): Promise<ChildProcess> => {
    const worker = spawn(
      process.execPath,
      [distPath("cli/main.js"), "worker", "--max-workers", String(max), "--database", postgres.url],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    worker.stderr!.resume();
    workers.push(worker);
    await new Promise<void>((resolve, reject) => {
      worker.stdout!.on("data", (data) => String(data).includes("is ready") && resolve());
      worker.once("exit", (code) => reject(new Error(`the worker ended with ${code}`)));
    });
    return worker;
  };
  const end = (worker: ChildProcess, signal: NodeJS.Signals) =>
    new Promise<void>((resolve) => {
      if (worker.exitCode !== null || worker.signalCode !== null) return resolve();
      worker.once("exit", () => resolve());
      worker.kill(signal);
    });

  beforeAll(async () => {
    postgres = await startPostgres();
    await Promise.all([startWorker(), startWorker()]);
  });
  afterAll(async () => {
    await Promise.all(workers.map((worker) => end(worker, "SIGKILL")));
    workers = [];
    postgres?.stop();
  });

  engineContract({
    name: "engine dbos, a folder",
    options: () => ({ engine: "dbos", databaseUrl: postgres.url }),
    store: async (folder) => new FolderStore(join(folder, "store")),
  });

  const withGate = async (
    test: (gate: {
      store: FolderStore;
      parameters: { folder: string; count: number };
      begun(): string[];
      ran(): string[];
      open(): void;
    }) => Promise<void>,
  ) => {
    const folder = mkdtempSync(join(tmpdir(), "segue-dbos-"));
    const out = join(folder, "out");
    mkdirSync(out);
    writeFileSync(join(out, "closed"), "");
    const ran = () =>
      existsSync(join(out, "ran.txt")) ? readFileSync(join(out, "ran.txt"), "utf8").trim().split("\n") : [];
    try {
      await test({
        store: new FolderStore(join(folder, "store")),
        parameters: { folder: out, count: 2 },
        ran: () => ran().filter((line) => !line.startsWith("begun")),
        begun: () => ran().filter((line) => line.startsWith("begun")),
        open: () => rmSync(join(out, "closed")),
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
  const all = ["end", "gather", "start", "work 0", "work 1"];

  it("takes over what a killed worker was doing", () =>
    withGate(async ({ store, parameters, begun, ran, open }) => {
      const running = runFlow(flows.gate!, parameters, { store, engine: "dbos", databaseUrl: postgres.url });
      while (begun().length < 2) await sleep(50);
      // The worker whose task it is: the parent of the task's process.
      const task = begun()[0]!.split(" ")[2];
      const parent = Number(/\) \S (\d+) /.exec(readFileSync(`/proc/${task}/stat`, "utf8"))![1]);
      const victim = workers.find((worker) => worker.pid === parent)!;
      await end(victim, "SIGKILL");
      while (begun().length < 3) await sleep(50);
      open();
      expect((await running).status).toBe("done");
      expect(ran().sort()).toEqual(all);
      workers = workers.filter((worker) => worker !== victim);
      await startWorker();
    }));

  it("goes on when the command that asked for the run is killed", () =>
    withGate(async ({ store, parameters, begun, ran, open }) => {
      const command = startCommand("gate", parameters, store, { engine: "dbos", databaseUrl: postgres.url });
      while (begun().length < 2) await sleep(50);
      await end(command, "SIGKILL");
      open();
      const run = openClient(store).flow("gate").latestRun;
      while ((await run.status()) !== "done") await sleep(100);
      expect(ran().sort()).toEqual(all);
    }));

  it("goes on when every connection to the database is cut, and when the database is restarted", () =>
    withGate(async ({ store, parameters, begun, ran, open }) => {
      const running = runFlow(flows.gate!, parameters, { store, engine: "dbos", databaseUrl: postgres.url });
      while (begun().length < 2) await sleep(50);
      postgres.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = 'segue'",
      );
      await sleep(1500);
      postgres.restart();
      open();
      expect((await running).status).toBe("done");
      expect([...new Set(ran())].sort()).toEqual(all);
      const tasks = await openClient(store).flow("gate").latestRun.tasks();
      expect(tasks.every((task) => task.status === "done")).toBe(true);
    }));
});
