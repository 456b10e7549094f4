/** A scratch project, and the command run in it as users do. */
import { execFile, spawnSync } from "node:child_process";
import { Console } from "node:console";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Writable } from "node:stream";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { distPath } from "../system/index.js";

/** The command as it is built, like in a process of its own. */
const built = async <T>(name: string) =>
  (await import(/* @vite-ignore */ pathToFileURL(distPath(`cli/${name}.js`)).href)) as T;
const { createProgram } = await built<typeof import("./program.js")>("program");
const { reportError } = await built<typeof import("./terminal/report-error.js")>("terminal/report-error");

/** The result of a command. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class ScratchProject {
  readonly folder = mkdtempSync(join(tmpdir(), "segue-project-"));

  at(...names: string[]): string {
    return join(this.folder, ...names);
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(this.at(name)), { recursive: true });
    writeFileSync(this.at(name), text);
  }

  read(name: string): string {
    return readFileSync(this.at(name), "utf8");
  }

  /** Writes a module of flows, in which `segue` stands for the exports of "segue/workflow". */
  writeFlows(name: string, text: string): void {
    const workflow = pathToFileURL(distPath("workflow/index.js")).href;
    this.write(name, `import * as segue from ${JSON.stringify(workflow)};\n${text}`);
  }

  segue(...args: string[]): Ended {
    const { status, stdout, stderr } = spawnSync(process.execPath, [distPath("cli/main.js"), ...args], {
      ...this.#how,
      encoding: "utf8",
    });
    return { code: status, stdout, stderr };
  }

  /** Likewise, but asynchronously, so that several can run at once. */
  async segueMeanwhile(...args: string[]): Promise<Ended> {
    return promisify(execFile)(process.execPath, [distPath("cli/main.js"), ...args], this.#how).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (error: Ended) => error,
    );
  }

  /**
   * Likewise, but within this process, in a tenth of the time: for what is refused, and for what ends by itself. One at a time, since
   * the output of several would be mixed. A module of flows that was loaded before is not loaded again.
   */
  async segueHere(...args: string[]): Promise<Ended> {
    const heard = { stdout: "", stderr: "" };
    const { console } = globalThis;
    const { env, exitCode } = process;
    const folder = process.cwd();
    const writes = { stdout: process.stdout.write, stderr: process.stderr.write };
    const hear = (name: keyof typeof heard) =>
      new Writable({
        decodeStrings: false,
        write(chunk, _, done) {
          heard[name] += chunk;
          done();
        },
      });
    const streams = { stdout: hear("stdout"), stderr: hear("stderr") };
    for (const name of ["stdout", "stderr"] as const)
      process[name].write = streams[name].write.bind(streams[name]) as typeof process.stdout.write;
    globalThis.console = new Console(streams);
    process.env = { ...env };
    for (const [name, value] of Object.entries(this.#variables))
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    process.chdir(this.folder);
    process.exitCode = undefined;
    try {
      const code = await createProgram()
        .parseAsync(args, { from: "user" })
        .then(() => Number(process.exitCode ?? 0), reportError);
      return { code, ...heard };
    } finally {
      process.exitCode = exitCode;
      process.chdir(folder);
      process.env = env;
      globalThis.console = console;
      for (const name of ["stdout", "stderr"] as const) process[name].write = writes[name];
    }
  }

  readonly #variables = { NO_COLOR: "1", SEGUE_DATASTORE: undefined, SEGUE_DATABASE_URL: "" };

  get #how() {
    return { cwd: this.folder, env: { ...process.env, ...this.#variables } };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
