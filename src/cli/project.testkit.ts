/** A scratch project, and the command in it as people call it. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { distPath } from "../system/index.js";

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

  /** Writes a module of flows, in which `segue` is what "segue/workflow" exports. */
  writeFlows(name: string, text: string): void {
    const workflow = pathToFileURL(distPath("workflow/index.js")).href;
    this.write(name, `import * as segue from ${JSON.stringify(workflow)};\n${text}`);
  }

  segue(...args: string[]): { code: number | null; stdout: string; stderr: string } {
    const { status, stdout, stderr } = spawnSync(process.execPath, [distPath("cli/main.js"), ...args], {
      cwd: this.folder,
      encoding: "utf8",
      env: { ...process.env, NO_COLOR: "1", SEGUE_DATASTORE: undefined, SEGUE_DATABASE_URL: "" },
    });
    return { code: status, stdout, stderr };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
