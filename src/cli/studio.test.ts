/** `segue studio` as users start it; what its pages show is tested in src/studio. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { distPath } from "../system/index.js";

const folder = mkdtempSync(join(tmpdir(), "segue-studio-verb-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const lines = Array.from({ length: 9 }, (_, p) =>
  JSON.stringify({ playlist_id: `p${p}`, tracks: ["a-1", "a-2", `a-${3 + p}`] }),
);
writeFileSync(join(folder, "plays.jsonl"), lines.join("\n"));

/** What it says that commands about its runs need. */
async function flagsOf(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { SEGUE_DATASTORE: _, ...others } = process.env;
  const child: ChildProcess = spawn(
    process.execPath,
    [distPath("cli/main.js"), "studio", "plays.jsonl", "--port", "0", "--json", ...args],
    { cwd: folder, env: { ...others, ...env }, stdio: ["ignore", "pipe", "inherit"] },
  );
  try {
    const [started] = await once(child.stdout!, "data");
    const { url } = JSON.parse(String(started));
    return ((await (await fetch(`${url}/v1/studio/runs`)).json()) as { flags: string }).flags;
  } finally {
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
  }
}

it("names its datastore in the commands that it suggests, where it is not the default", async () => {
  expect(await flagsOf([])).toBe("");
  expect(await flagsOf(["--datastore", "my runs"])).toBe("--datastore 'my runs'");
  expect(await flagsOf([], { SEGUE_DATASTORE: "elsewhere" })).toBe("--datastore elsewhere");
}, 60_000);
