/** `segue studio` as users start it; what its pages show is tested in src/studio. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, expect, it } from "vitest";
import { distPath } from "../system/index.js";
import { ScratchProject } from "./project.testkit.js";

const project = new ScratchProject();
afterAll(() => project.remove());

const lines = Array.from({ length: 9 }, (_, p) =>
  JSON.stringify({ playlist_id: `p${p}`, tracks: ["a-1", "a-2", `a-${3 + p}`] }),
);
project.write("plays.jsonl", lines.join("\n"));

/** What a studio that is started so says of its runs, by the path below them. */
async function told<T>(path: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<T> {
  const { SEGUE_DATASTORE: _, ...others } = process.env;
  const child: ChildProcess = spawn(
    process.execPath,
    [distPath("cli/main.js"), "studio", "plays.jsonl", "--port", "0", "--json", ...args],
    { cwd: project.folder, env: { ...others, ...env }, stdio: ["ignore", "pipe", "inherit"] },
  );
  try {
    const [started] = await once(child.stdout!, "data");
    const { url } = JSON.parse(String(started));
    return (await (await fetch(`${url}/v1/studio/runs${path}`)).json()) as T;
  } finally {
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
  }
}

const flagsOf = async (args: readonly string[], env?: NodeJS.ProcessEnv) =>
  (await told<{ flags: string }>("", args, env)).flags;

it("tells nothing of how the playlists that it generates were read", async () => {
  const child = spawn(process.execPath, [distPath("cli/main.js"), "studio", "--port", "0", "--json"], {
    cwd: project.folder,
  });
  let said = "";
  child.stderr.on("data", (text) => (said += text));
  await once(child.stdout, "data");
  child.kill("SIGTERM");
  await once(child, "close");
  expect(said).toBe("");
});

it("names its datastore in suggested commands if it is not the default", async () => {
  expect(await flagsOf([])).toBe("");
  expect(await flagsOf(["--datastore", "my runs"])).toBe("--datastore 'my runs'");
  expect(await flagsOf([], { SEGUE_DATASTORE: "elsewhere" })).toBe("--datastore elsewhere");
});

it("suggests the same as the command for a failed run, also if that begins at an earlier flow", async () => {
  const plays = Array.from({ length: 40 }, (_, i) => `A,T${i % 7},${1_700_000_000 + i * 900}`);
  project.write("log.csv", `artist,track,uts\n${plays.join("\n")}\n`);
  const failed = project.segue("run", "intermediate", "primary", "--input", "log.csv");
  expect(failed).toMatchObject({ code: 2, stderr: expect.stringContaining("--session-gap 30 starts") });
  const [, run] = /segue show (primary\/\S+)/.exec(failed.stderr)!;
  const { goOn } = await told<{ goOn: string[] }>(`/${run}`, []);
  expect(failed.stderr.endsWith(`\n  → ${goOn.join("\n  → ")}\n`)).toBe(true);
  expect(goOn.at(-1)).toMatch(
    /^run it again with .*: segue run intermediate primary --input log.csv --session-gap 30$/,
  );
});
