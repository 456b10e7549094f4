/** The engine on DBOS: the contract with two workers, and what happens when workers, the command or the database go away. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { FolderStore, type Store } from "../../storage/index.js";
import { motoMissing, motoPython } from "../../storage/moto.testkit.js";
import { distPath } from "../../system/index.js";
import {
  hasPostgres,
  postgresMissing,
  startPostgres,
  type TemporaryPostgres,
} from "../fixtures/postgres.mjs";
import { openClient, type RunEvent, resumeRun, runFlow } from "../index.js";
import { engineContract, flows, startCommand } from "./engine.testkit.js";
import { startS3, type TemporaryS3 } from "./s3.testkit.js";

if (!hasPostgres) console.warn(postgresMissing);
else if (motoPython === undefined) console.warn(motoMissing);

describe.skipIf(!hasPostgres)("on DBOS", () => {
  let postgres: TemporaryPostgres;
  let s3: TemporaryS3 | undefined;
  let workers: ChildProcess[] = [];
  /** What workers print to standard error. */
  let complaints = "";

  const startWorker = async (max = 2): Promise<ChildProcess> => {
    const worker = spawn(
      process.execPath,
      [distPath("cli/main.js"), "worker", "--max-workers", String(max), "--database", postgres.url],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    worker.stderr!.setEncoding("utf8").on("data", (text: string) => {
      complaints += text;
    });
    workers.push(worker);
    await new Promise<void>((resolve, reject) => {
      worker.stdout!.on("data", (data) => String(data).includes("is ready") && resolve());
      worker.once("exit", (code) => reject(new Error(`the worker ended with ${code}`)));
    });
    // It has to go on without a reader.
    worker.stdout!.destroy();
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
    // Before the workers, which have to find it, too.
    if (motoPython !== undefined) s3 = await startS3();
    await Promise.all([startWorker(), startWorker()]);
  });
  afterAll(async () => {
    await Promise.all(workers.map((worker) => end(worker, "SIGKILL")));
    workers = [];
    postgres?.stop();
    await s3?.stop();
  });

  engineContract({
    name: "engine dbos, a folder",
    pools: 2,
    options: () => ({ engine: "dbos", databaseUrl: postgres.url }),
    store: async (folder) => new FolderStore(join(folder, "store")),
  });

  describe.skipIf(motoPython === undefined)("on S3", () => {
    engineContract({
      name: "engine dbos, S3",
      pools: 2,
      options: () => ({ engine: "dbos", databaseUrl: postgres.url }),
      store: () => s3!.store(),
    });
    it("takes over what a killed worker was doing", () => killedWorker(() => s3!.store()));
  });

  const withGate = async (
    test: (gate: {
      store: Store;
      parameters: { folder: string; count: number };
      begun(): string[];
      ran(): string[];
      open(): void;
    }) => Promise<void>,
    open: (folder: string) => Promise<Store> = async (folder) => new FolderStore(join(folder, "store")),
  ) => {
    const folder = mkdtempSync(join(tmpdir(), "segue-dbos-"));
    const out = join(folder, "out");
    mkdirSync(out);
    writeFileSync(join(out, "closed"), "");
    const ran = () =>
      existsSync(join(out, "ran.txt")) ? readFileSync(join(out, "ran.txt"), "utf8").trim().split("\n") : [];
    try {
      await test({
        store: await open(folder),
        parameters: { folder: out, count: 2 },
        ran: () => ran().filter((line) => !line.startsWith("begun")),
        begun: () => ran().filter((line) => line.startsWith("begun")),
        open: () => rmSync(join(out, "closed")),
      });
    } finally {
      // A cancelled task may still be ending, and write. rmSync's own retries do not look for files that came meanwhile.
      await vi.waitFor(() => rmSync(folder, { recursive: true, force: true }), 10_000);
    }
  };
  const all = ["end", "gather", "start", "work 0", "work 1"];

  const killedWorker = (openStore?: (folder: string) => Promise<Store>) =>
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
    }, openStore);

  it("takes over what a killed worker was doing", () => killedWorker());

  it("continues when the command that started the run is killed", () =>
    withGate(async ({ store, parameters, begun, ran, open }) => {
      const command = startCommand("gate", parameters, store, { engine: "dbos", databaseUrl: postgres.url });
      while (begun().length < 2) await sleep(50);
      const other = { store, databaseUrl: postgres.url };
      await expect(resumeRun("gate", other)).rejects.toThrow(`is held by process ${command.pid}`);
      await end(command, "SIGKILL");
      const run = openClient(store).flow("gate").latestRun;
      expect(await run.status()).toBe("running");
      await expect(resumeRun("gate", { ...other, engine: "local" })).rejects.toThrow(
        "is still being run by workers",
      );
      // To resume it is to wait for it: nothing is done anew.
      const events: RunEvent[] = [];
      const resumed = resumeRun("gate", { ...other, listener: (event) => events.push(event) });
      open();
      expect(await resumed).toMatchObject({ run: await run.id(), status: "done" });
      expect(ran().sort()).toEqual(all);
      const known = events.flatMap((event) =>
        event.type === "step-known" ? [[event.step, event.tasks]] : [],
      );
      expect(known).toEqual([
        ["start", 1],
        ["work", 2],
        ["gather", 1],
        ["end", 1],
      ]);
      expect(events.filter((event) => event.type === "task-done")).toHaveLength(5);
      await expect(resumeRun("gate", other)).rejects.toThrow("is done");
    }));

  describe("a task that waits for its retry", () => {
    const delayed = () =>
      Number(postgres.sql("SELECT count(*) FROM dbos.workflow_status WHERE status = 'DELAYED'").trim());

    it("frees its slot for others, and is retried even if its worker is killed", () =>
      withGate(async ({ store, parameters, ran }) => {
        await Promise.all(workers.splice(0).map((worker) => end(worker, "SIGKILL")));
        const first = await startWorker(1);
        const retry = { count: 1, delay: 5 };
        const options = { store, retry, engine: "dbos", databaseUrl: postgres.url } as const;
        const running = runFlow(flows.waits!, { ...parameters, count: 4 }, options);
        // The next one is under way, in the only place that there is.
        while (!ran().includes("begin 1 1")) await sleep(20);
        await expect.poll(delayed).toBe(1);
        await end(first, "SIGKILL");
        workers = [];
        await Promise.all([startWorker(), startWorker()]);
        expect((await running).status).toBe("done");
        const lines = ran();
        // What the worker was at when it was killed began again; nothing else did.
        expect(lines.filter((line) => /^(begin|end) 0/.test(line))).toEqual([
          "begin 0 1",
          "begin 0 2",
          "end 0 2",
        ]);
        expect(lines.filter((line) => line.startsWith("end")).sort()).toEqual([
          "end 0 2",
          "end 1 1",
          "end 2 1",
          "end 3 1",
        ]);
        const { attempts } = await openClient(store).flow("waits").latestRun.task("work", 0).summary();
        expect(attempts.map(({ error }) => error?.message)).toEqual(["not yet", undefined]);
      }));

    it("has its run continued by another worker when the scheduling worker, which has no task, is stopped", () =>
      withGate(async ({ store, parameters, ran }) => {
        await Promise.all(workers.splice(0).map((worker) => end(worker, "SIGKILL")));
        const walker = await startWorker();
        const retry = { count: 1, delay: 3 };
        const options = { store, retry, engine: "dbos", databaseUrl: postgres.url } as const;
        const running = runFlow(flows.waits!, { ...parameters, count: 1 }, options);
        while (delayed() === 0) await sleep(20);
        await end(walker, "SIGTERM");
        workers = [];
        await Promise.all([startWorker(), startWorker()]);
        expect((await running).status).toBe("done");
        expect(ran()).toEqual(["begin 0 1", "begin 0 2", "end 0 2"]);
      }));

    it("ends when the run is stopped", () =>
      withGate(async ({ store, parameters, ran }) => {
        const stop = new AbortController();
        const retry = { count: 1, delay: 1 };
        const options = { store, retry, signal: stop.signal } as const;
        const running = runFlow(
          flows.waits!,
          { ...parameters, count: 1 },
          { ...options, engine: "dbos", databaseUrl: postgres.url },
        );
        while (delayed() === 0) await sleep(20);
        stop.abort();
        expect((await running).status).toBe("stopped");
        expect(delayed()).toBe(0);
        await sleep(2000);
        expect(ran()).toEqual(["begin 0 1"]);
      }));
  });

  it("says when the last worker has left, and when one is back", () =>
    withGate(async ({ store, parameters, begun, open }) => {
      const notes: string[] = [];
      const running = runFlow(flows.gate!, parameters, {
        ...{ store, engine: "dbos", databaseUrl: postgres.url },
        listener: (event) => event.type === "run-note" && notes.push(event.line),
      });
      while (begun().length < 2) await sleep(50);
      expect(notes).toEqual([]);
      await Promise.all(workers.splice(0).map((worker) => end(worker, "SIGKILL")));
      while (notes.length === 0) await sleep(50);
      await Promise.all([startWorker(), startWorker()]);
      open();
      expect((await running).status).toBe("done");
      expect(notes).toEqual([
        "no worker serves this queue, so the run waits: start one with `segue worker`",
        "a worker has joined the queue: the run continues",
      ]);
    }));

  it("does not count the stop of its worker as a failed attempt of a task", () =>
    withGate(async ({ store, parameters, begun, open }) => {
      const options = { store, engine: "dbos", databaseUrl: postgres.url } as const;
      const running = runFlow(flows.gate!, { ...parameters, count: 1 }, options);
      while (begun().length < 1) await sleep(50);
      await Promise.all(workers.splice(0).map((worker) => end(worker, "SIGTERM")));
      await Promise.all([startWorker(), startWorker()]);
      open();
      expect((await running).status).toBe("done");
      const { attempts } = await openClient(store).flow("gate").latestRun.task("work", 0).summary();
      expect(attempts.map(({ attempt, error }) => [attempt.split("-")[0], error])).toEqual([
        ["1", undefined],
        ["1", undefined],
      ]);
    }));

  it("says of each task that a worker refused since its code has changed", () =>
    withGate(async ({ store, parameters, begun, open }) => {
      const path = join(parameters.folder, "changing.mjs");
      const door = new URL("../../../dist/workflow/index.js", import.meta.url).href;
      writeFileSync(
        path,
        `import { flow } from ${JSON.stringify(door)};
        import { appendFileSync, existsSync } from "node:fs";
        export const changing = flow("changing", { module: import.meta.url })
          .step("start", async () => {
            appendFileSync(${JSON.stringify(join(parameters.folder, "ran.txt"))}, "begun\\n");
            while (existsSync(${JSON.stringify(join(parameters.folder, "closed"))}))
              await new Promise((resolve) => setTimeout(resolve, 20));
          })
          .step("end", () => {});`,
      );
      const { changing } = (await import(/* @vite-ignore */ pathToFileURL(path).href)) as typeof flows;
      const lines: string[] = [];
      const running = runFlow(
        changing!,
        {},
        {
          ...{ store, engine: "dbos", databaseUrl: postgres.url },
          listener: (event) => event.type === "task-log" && lines.push(`${event.step} ${event.line}`),
        },
      );
      while (begun().length < 1) await sleep(50);
      appendFileSync(path, "// changed");
      open();
      expect((await running).end.failed?.error.code).toBe("other-code");
      const [refused] = await openClient(store).flow("changing").latestRun.tasks("end");
      expect(refused).toMatchObject({ status: "failed", error: { code: "other-code" } });
      expect(lines).toEqual([expect.stringMatching(/^end attempt 1 failed: this worker has other code/)]);
    }));

  it("ends a worker whose user may not create tables, and says so", async () => {
    postgres.sql("CREATE ROLE poor LOGIN; REVOKE CREATE ON SCHEMA public FROM PUBLIC");
    const database = postgres.url.replace("postgres@", "poor@");
    const segue = [distPath("cli/main.js"), "worker", "--database", database];
    // The first worker has to make its table.
    postgres.sql("ALTER TABLE segue_workers RENAME TO segue_workers_away");
    try {
      const { status, stderr } = spawnSync(process.execPath, segue, {
        encoding: "utf8",
        timeout: 20_000,
        killSignal: "SIGKILL",
      });
      expect(status).toBe(1);
      expect(stderr).toMatch(
        /^error: cannot use the database at \S+: permission denied for schema public\n {2}→ its user needs the right/,
      );
    } finally {
      postgres.sql("ALTER TABLE segue_workers_away RENAME TO segue_workers");
    }
  });

  it("ends a worker that stood still while another one took over its tasks", () =>
    withGate(async ({ store, parameters, begun, open }) => {
      const running = runFlow(flows.gate!, parameters, { store, engine: "dbos", databaseUrl: postgres.url });
      while (begun().length < 2) await sleep(50);
      const still = workers.pop()!;
      still.kill("SIGSTOP");
      postgres.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = 'segue'",
      );
      while (postgres.sql(`SELECT pid FROM segue_workers WHERE pid = ${still.pid}`) !== "") await sleep(50);
      const ended = once(still, "exit");
      still.kill("SIGCONT");
      expect(await ended).toEqual([1, null]);
      open();
      expect((await running).status).toBe("done");
      await startWorker();
    }));

  it("starts and ends a worker without output on standard error", async () => {
    complaints = "";
    const worker = await startWorker();
    await end(worker, "SIGINT");
    workers = workers.filter((each) => each !== worker);
    expect(complaints).toBe("");
  });

  it("continues after all connections to the database are cut, and after it is restarted", () =>
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

  it("continues after the database was read-only, as during a failover", () =>
    withGate(async ({ store, parameters, begun, ran, open }) => {
      const cut = (what = "true") =>
        postgres.sql(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = 'segue' AND ${what}`,
        );
      const running = runFlow(flows.gate!, parameters, { store, engine: "dbos", databaseUrl: postgres.url });
      while (begun().length < 2) await sleep(50);
      postgres.sql("ALTER DATABASE segue SET default_transaction_read_only = on");
      cut();
      open();
      while (ran().length < 3) await sleep(50);
      await sleep(2500);
      postgres.sql("SET TRANSACTION READ WRITE; ALTER DATABASE segue RESET default_transaction_read_only");
      // A session keeps its default: DBOS needs new ones. A worker renews that of its lock by itself.
      cut("application_name = 'segue'");
      expect((await running).status).toBe("done");
      expect(ran().sort()).toEqual(all);
      // Each worker has its lock again, and waits for none.
      const waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'advisory'";
      const held =
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND pid IN (SELECT pid FROM pg_stat_activity WHERE application_name = 'segue worker')";
      await expect.poll(() => [postgres.sql(waiting).trim(), postgres.sql(held).trim()]).toEqual(["0", "2"]);
    }));

  it("queues a run again if the database was made anew", () =>
    withGate(async ({ store, parameters, begun, ran, open }) => {
      const running = runFlow(flows.gate!, parameters, { store, engine: "dbos", databaseUrl: postgres.url });
      while (begun().length < 2) await sleep(50);
      await Promise.all(workers.splice(0).map((worker) => end(worker, "SIGKILL")));
      postgres.sql("DROP SCHEMA dbos CASCADE; DROP TABLE segue_workers");
      await sleep(1000);
      await startWorker();
      await startWorker();
      open();
      expect((await running).status).toBe("done");
      expect(ran().sort()).toEqual(all);
    }));

  it("says that a run cannot be cancelled while the database does not answer, and cancels it then", () =>
    withGate(async ({ store, parameters, begun }) => {
      const { hostname: host, port } = new URL(postgres.url);
      const sockets = new Set<Socket>();
      const between = createServer((socket) => {
        const there = connect({ host, port: Number(port) });
        for (const each of [socket, there]) sockets.add(each.on("error", () => {}));
        socket.pipe(there).pipe(socket);
      }).listen(0, "127.0.0.1");
      await once(between, "listening");
      const { port: through } = between.address() as AddressInfo;
      const stop = new AbortController();
      const notes: string[] = [];
      const running = runFlow(flows.gate!, parameters, {
        ...{ store, engine: "dbos", signal: stop.signal },
        databaseUrl: postgres.url.replace(`:${port}/`, `:${through}/`),
        listener: (event) => event.type === "run-note" && notes.push(event.line),
      });
      while (begun().length < 2) await sleep(50);
      between.close();
      for (const socket of sockets) socket.destroy();
      stop.abort();
      await expect
        .poll(() => notes)
        .toEqual([
          "the run cannot be cancelled before the database can be used: a second Ctrl-C leaves it to the workers",
        ]);
      between.listen(through, "127.0.0.1");
      expect((await running).status).toBe("stopped");
      const cancelled =
        "SELECT status FROM dbos.workflow_status WHERE parent_workflow_id IS NULL ORDER BY created_at DESC LIMIT 1";
      expect(postgres.sql(cancelled).trim()).toBe("CANCELLED");
      between.close();
      for (const socket of sockets) socket.destroy();
    }));
});
