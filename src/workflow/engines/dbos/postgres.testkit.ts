/** A Postgres of its own for tests and benches: in a temporary folder, on a free port, as the user postgres where we are root. */
import { execFileSync, spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const binFolder = [
  ...(existsSync("/usr/lib/postgresql")
    ? readdirSync("/usr/lib/postgresql")
        .sort((a, b) => Number(b) - Number(a))
        .map((version) => `/usr/lib/postgresql/${version}/bin`)
    : []),
  ...(process.env.PATH ?? "").split(":"),
].find((folder) => existsSync(join(folder, "initdb")) && existsSync(join(folder, "pg_ctl")));

export const postgresMissing =
  "skipped: no Postgres server here; on Debian: apt-get install postgresql, or put initdb and pg_ctl on the PATH";

export const hasPostgres = binFolder !== undefined;

export interface TemporaryPostgres {
  readonly url: string;
  /** Runs SQL and returns what psql prints, without headers. */
  sql(text: string): string;
  restart(): void;
  stop(): void;
}

export async function startPostgres(): Promise<TemporaryPostgres> {
  const folder = mkdtempSync(join(tmpdir(), "segue-postgres-"));
  const port = await freePort();
  const isRoot = process.getuid?.() === 0;
  if (isRoot) {
    const id = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
    chownSync(folder, id("-u"), id("-g"));
  }
  const run = (program: string, args: string[]) => {
    const command = isRoot ? "runuser" : join(binFolder!, program);
    const all = isRoot ? ["-u", "postgres", "--", join(binFolder!, program), ...args] : args;
    const done = spawnSync(command, all, {
      encoding: "utf8",
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    if (done.status !== 0) throw new Error(`${program} failed: ${done.stderr}${done.stdout}`);
    return done.stdout;
  };
  const data = join(folder, "data");
  run("initdb", ["-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8"]);
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${folder} -c fsync=off -c max_connections=200`;
  const start = () => run("pg_ctl", ["-D", data, "-o", options, "-l", join(folder, "log"), "-w", "start"]);
  start();
  const sql = (text: string) =>
    run("psql", ["-h", "127.0.0.1", "-p", String(port), "-U", "postgres", "-d", "segue", "-Atc", text]);
  run("createdb", ["-h", "127.0.0.1", "-p", String(port), "-U", "postgres", "segue"]);
  return {
    url: `postgres://postgres@127.0.0.1:${port}/segue`,
    sql,
    restart() {
      run("pg_ctl", ["-D", data, "-m", "immediate", "-w", "stop"]);
      start();
    },
    stop() {
      run("pg_ctl", ["-D", data, "-m", "immediate", "-w", "stop"]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
