/** A scratch project, and the command run in it as users do. */
import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { distPath } from "../system/index.js";

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

  get #how() {
    const env = { ...process.env, NO_COLOR: "1", SEGUE_DATASTORE: undefined, SEGUE_DATABASE_URL: "" };
    return { cwd: this.folder, env };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
