/** `segue analyze` as users run it. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ScratchProject } from "./project.testkit.js";

const project = new ScratchProject();
const { folder } = project;
afterAll(() => project.remove());

async function file(name: string, lines: readonly string[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, lines.map((line) => `${line}\n`).join(""));
  return path;
}

async function segue(...args: string[]) {
  const { code: status, ...said } = await project.segueHere("analyze", "--bootstrap", "0", ...args);
  expect(said.stderr).not.toMatch(/ at .*\.js:|looks like a bug/);
  return { status, ...said };
}

describe("segue analyze", () => {
  it("omits the map for three tracks, and says how many it needs", async () => {
    const three = await file("three.jsonl", ['{"playlist_id": "p", "tracks": ["A-1", "A-2", "B-1"]}']);
    const { status, stdout, stderr } = await segue(three, "--json");
    expect(stderr).toBe(
      "the map is left out: a map needs at least 4 tracks, and these playlists have 3; give it more playlists\n",
    );
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).not.toHaveProperty("map");
    expect((await segue(three, "--json", "--no-map")).stderr).toBe("");
  });

  it("maps all tracks of a handful, and says why no power law can be fitted", async () => {
    const handful = await file("handful.jsonl", [
      '{"playlist_id": "p", "tracks": ["A-1", "A-2", "B-1"]}',
      '{"playlist_id": "q", "tracks": ["C-1", "C-2"]}',
    ]);
    const { status, stdout, stderr } = await segue(handful);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain("map of 5 tracks, including those played once\n");
    expect(stdout).toMatch(/power law of the songs\n {2}no fit is possible: .* give it more playlists\n/);
  });

  it("runs each example of its help", async () => {
    const rows = Array.from({ length: 8 }, (_, i) => `A,song ${i % 5},mix ${i % 2}`);
    const named = await file("named.csv", ["artist,track,playlist", ...rows]);
    const unnamed = await file("unnamed.csv", ["performer,song,list", ...rows]);
    const examples = [...(await segue("--help")).stdout.matchAll(/^ {2}segue analyze \S+(.*)$/gm)];
    expect(examples).toHaveLength(3);
    for (const [line, options] of examples) {
      const given = options!.trim().replace("data/06_viz", join(folder, "pictures")).split(" ");
      const { status, stderr } = await segue(given.includes("--columns") ? unnamed : named, ...given);
      expect({ line, status, stderr }).toMatchObject({ line, status: 0, stderr: "" });
    }
  }, 90_000);

  it("reads raw files with other columns and encoding as its hint suggests", async () => {
    const rows = ["1", "2", "3", "1"].map((song, i) => `${i < 3 ? "A" : "B"},song ${song},mix`);
    const path = await file("mine.csv", ["performer,song,list", ...rows]);
    expect((await segue(path)).stderr).toContain('--columns "artist=…,track=song,playlist=list"');
    const named = await segue(
      path,
      "--no-map",
      "--json",
      "--columns",
      "artist=performer,track=song,playlist=list",
    );
    expect(named.stderr).toBe("");
    expect(JSON.parse(named.stdout)).toMatchObject({ plays: 4, songs: 4 });
    expect((await segue(path, "--columns", "artist")).stderr).toContain('not a column mapping: "artist"');
    expect((await segue(path, "--columns", "artist")).status).toBe(2);

    const latin = join(folder, "latin.csv");
    const text = ["user_id,artist,track,playlist", "u,Björk,á,p", "u,Björk,é,p", "u,Sigur Rós,í,p"].join(
      "\n",
    );
    await writeFile(latin, Buffer.from(text, "latin1"));
    const refused = await segue(latin, "--no-map");
    expect(refused.stderr).toMatch(
      /Then pass --encoding latin-1; otherwise save it as UTF-8; segue run intermediate --input \S+latin.csv keeps/,
    );
    const read = await segue(latin, "--no-map", "--json", "--encoding", "latin-1");
    expect({ status: read.status, stderr: read.stderr }).toEqual({ status: 0, stderr: "" });

    const songs = ["1", "2", "3"].map((song) => `A,"say ""${song}""",p`);
    const quotes = await file("quotes.csv", ["artist,track,playlist", ...songs, 'A,"say \\"4\\"",p']);
    expect((await segue(quotes, "--no-map")).stderr).toContain("1 of 4 rows cannot be used");
    const backslash = await segue(quotes, "--no-map", "--json", "--escape", "backslash");
    expect(JSON.parse(backslash.stdout)).toMatchObject({ plays: 4, songs: 4 });
    expect((await segue(quotes, "--escape", "both")).stderr).toMatch(
      /Allowed choices are auto, backslash, doubled/,
    );
  });
});
