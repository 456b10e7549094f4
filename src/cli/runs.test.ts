/** `segue runs` and `segue show` as users run them, on records of runs. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { beforeAll, expect, it } from "vitest";
import { folderOfTests } from "../system/files/temporary-folder.testkit.js";
import { distPath } from "../system/index.js";
import { FolderStore, loadFlow, runFlow } from "../workflow/index.js";

const folder = folderOfTests("runs");
const idOf = (i: number) => `20260101-0000${String(i).padStart(2, "0")}-22222`;

beforeAll(async () => {
  const store = new FolderStore(folder);
  for (let i = 0; i < 25; i++) {
    const flow = i < 24 ? "modeling" : "primary";
    const run = { flow, run: idOf(i), created: new Date(i * 1000).toISOString(), origins: [], nodes: [] };
    const record = { ...run, parameters: {}, tags: i < 2 ? ["first", `t${i}`] : [] };
    const end = { status: "done", finished: new Date(i * 1000 + 500).toISOString() };
    await store.put(`runs/${flow}/${run.run}.json`, JSON.stringify(record));
    await store.put(`runs/${flow}/${run.run}.end.json`, JSON.stringify(end));
  }
});

async function segue(...args: string[]): Promise<string> {
  const env = { ...process.env, NO_COLOR: "1", SEGUE_DATASTORE: folder };
  return (await promisify(execFile)(process.execPath, [distPath("cli/main.js"), ...args], { env })).stdout;
}

it("lists the latest runs, says how many there are beside them, and prints all as JSON", async () => {
  const lines = (await segue("runs")).trim().split("\n");
  expect(lines).toHaveLength(22);
  expect(lines[1]).toContain(`primary/${idOf(24)}`);
  expect(lines.at(-1)).toBe("and 5 older; --limit 25 lists all 25, --json too");
  expect((await segue("runs", "modeling", "--limit", "23")).trim().split("\n").at(-1)).toMatch(
    /^and 1 older; /,
  );
  expect(await segue("runs", "--limit", "25")).not.toContain("older");
  expect(JSON.parse(await segue("runs", "--json"))).toHaveLength(25);
  expect(JSON.parse(await segue("runs", "--json", "--limit", "3"))).toHaveLength(3);
});

it("says if runs exist but have other tags", async () => {
  expect(await segue("runs", "--tag", "nosuch")).toBe(
    `no run in ${folder} has the tag "nosuch" (25 looked through); their tags: first, t1, t0\n`,
  );
  expect(await segue("runs", "primary", "--tag", "first")).toBe(
    `no run of "primary" in ${folder} has the tag "first" (1 looked through); none has a tag\n`,
  );
  expect(await segue("runs", "nosuch", "--tag", "first")).toBe(
    `no runs of "nosuch" in ${folder}; there are of primary, modeling\n`,
  );
  expect(JSON.parse(await segue("runs", "--tag", "nosuch", "--json"))).toEqual([]);
});

it("lists the other runs if one record is damaged, and says which one and what to do", async () => {
  const store = new FolderStore(folder);
  const broken = `primary/${idOf(59)}`;
  await store.put(`runs/${broken}.json`, '{"flow":');
  try {
    const run = promisify(execFile);
    const env = { ...process.env, NO_COLOR: "1", SEGUE_DATASTORE: folder };
    const command = (...args: string[]) =>
      run(process.execPath, [distPath("cli/main.js"), ...args], { env }).then(
        (ended) => ({ ...ended, code: 0 }),
        (ended: { stdout: string; stderr: string; code: number }) => ended,
      );
    const said = `runs/${broken}.json in ${folder} is damaged: it is not JSON\n  → remove it: the run ${broken} is not listed without it, and cannot be resumed\n`;
    const listed = await command("runs", "--json");
    expect([listed.code, listed.stderr, JSON.parse(listed.stdout)]).toMatchObject([0, said, { length: 25 }]);
    const shown = await command("show", "primary");
    expect([shown.code, shown.stderr]).toEqual([0, said]);
    expect(shown.stdout).toContain(`primary/${idOf(24)}`);
    const named = await command("show", broken);
    expect([named.code, named.stdout, named.stderr]).toEqual([1, "", `${said}error: ${said}`]);
    const kept = await command("gc", "--keep", "30", "--dry-run");
    expect([kept.code, kept.stderr]).toEqual([0, said]);
    expect(kept.stdout).toContain("kept 26 runs");
  } finally {
    await store.delete(`runs/${broken}.json`);
  }
});

it("says for how long a run has been running", async () => {
  const flow = await loadFlow(new URL("../workflow/fixtures/flows.mjs", import.meta.url).href, "blocked");
  const store = new FolderStore(folder);
  const running = runFlow(flow, { folder, seconds: 4 }, { store, maxWorkers: 1 });
  await expect.poll(() => segue("show", "blocked").catch(() => "")).toMatch(/ running for \d/);
  expect((await running).status).toBe("done");
  expect(await segue("show", "blocked")).toMatch(/ done in \d/);
});
