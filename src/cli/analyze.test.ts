/** `segue analyze` as users run it: a process of its own. */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { distPath } from "../system/index.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "segue-analyze-verb-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, lines: readonly string[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, lines.map((line) => `${line}\n`).join(""));
  return path;
}

function segue(...args: string[]) {
  const ran = spawnSync(process.execPath, [distPath("cli/main.js"), "analyze", "--bootstrap", "0", ...args], {
    encoding: "utf8",
  });
  expect(ran.stderr).not.toMatch(/ at .*\.js:|looks like a bug/);
  return { status: ran.status, stdout: ran.stdout, stderr: ran.stderr };
}

describe("segue analyze", () => {
  it("leaves out the map of few tracks, and says so", async () => {
    const none = await file("none.jsonl", ['{"playlist_id": "p", "tracks": ["A-1", "A-2", "B-1"]}']);
    const two = await file("two.jsonl", [
      '{"playlist_id": "p", "tracks": ["A-1","B-1","A-1","B-1","A-1","B-1","A-2"]}',
    ]);
    for (const [path, count] of [
      [none, 0],
      [two, 2],
    ] as const) {
      const { status, stdout, stderr } = segue(path, "--json");
      expect(stderr).toBe(
        `the map is left out: it takes 4 tracks that play 3 times or more, and here are ${count}\n`,
      );
      expect(status).toBe(0);
      expect(JSON.parse(stdout)).not.toHaveProperty("map");
    }
    expect(segue(none, "--json", "--no-map").stderr).toBe("");
  });

  it("reads raw files of other columns and another encoding, as its hint says", async () => {
    const rows = ["1", "2", "3", "1"].map((song, i) => `${i < 3 ? "A" : "B"},song ${song},mix`);
    const path = await file("mine.csv", ["performer,song,list", ...rows]);
    expect(segue(path).stderr).toContain('--columns "artist=…,track=song,playlist=list"');
    const named = segue(path, "--no-map", "--json", "--columns", "artist=performer,track=song,playlist=list");
    expect(named.stderr).toBe("");
    expect(JSON.parse(named.stdout)).toMatchObject({ plays: 4, songs: 4 });
    expect(segue(path, "--columns", "artist").stderr).toContain('not a column mapping: "artist"');
    expect(segue(path, "--columns", "artist").status).toBe(2);

    const latin = join(folder, "latin.csv");
    const text = ["user_id,artist,track,playlist", "u,Björk,á,p", "u,Björk,é,p", "u,Sigur Rós,í,p"].join(
      "\n",
    );
    await writeFile(latin, Buffer.from(text, "latin1"));
    const refused = segue(latin, "--no-map");
    expect(refused.stderr).toMatch(
      /Then say --encoding latin-1; segue run intermediate --input \S+latin.csv keeps/,
    );
    const read = segue(latin, "--no-map", "--json", "--encoding", "latin-1");
    expect({ status: read.status, stderr: read.stderr }).toEqual({ status: 0, stderr: "" });

    const songs = ["1", "2", "3"].map((song) => `A,"say ""${song}""",p`);
    const quotes = await file("quotes.csv", ["artist,track,playlist", ...songs, 'A,"say \\"4\\"",p']);
    expect(segue(quotes, "--no-map").stderr).toContain("1 of 4 rows cannot be used");
    const backslash = segue(quotes, "--no-map", "--json", "--escape", "backslash");
    expect(JSON.parse(backslash.stdout)).toMatchObject({ plays: 4, songs: 4 });
    expect(segue(quotes, "--escape", "both").stderr).toMatch(/Allowed choices are auto, backslash, doubled/);
  });
});
