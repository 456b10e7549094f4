import { readFile, writeFile } from "node:fs/promises";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { testFolder } from "../../bundle/bundle.testkit.js";
import { writeBundle } from "../../bundle/index.js";
import { type Corpus, CorpusBuilder } from "../../corpus/index.js";
import { type FittedRecommender, fitRecommender } from "../../recommenders/index.js";
import { createProgram } from "../program.js";

const at = testFolder();
let corpus: Corpus;
let fitted: FittedRecommender;

beforeAll(async () => {
  const builder = new CorpusBuilder();
  for (let p = 0; p < 60; p++) {
    const tracks = Array.from({ length: 8 }, (_, i) => `Artist ${(p + i) % 5}-Song, ${(p * i) % 23}`);
    builder.add({ id: `p${p}`, title: "mix", tracks, artists: tracks.map((id) => id.split("-")[0]!) });
  }
  corpus = builder.build();
  fitted = await fitRecommender("transitions", corpus);
  await writeBundle(at("models/one"), {
    catalogue: corpus,
    recommenders: {
      transitions: fitted.save(),
      popularity: (await fitRecommender("popularity", corpus)).save(),
    },
  });
});
afterEach(() => vi.restoreAllMocks());

async function segue(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const stdout = vi.spyOn(console, "log").mockReturnValue();
  const stderr = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  await createProgram().parseAsync(["node", "segue", "recommend", "--bundle", at("models"), ...args]);
  const text = (spy: { mock: { calls: unknown[][] } }) => spy.mock.calls.map(([line]) => line).join("");
  return { stdout: text(stdout), stderr: text(stderr) };
}

/** Writes sequences of two tracks each. */
async function sequences(name: string, count: number): Promise<string> {
  const { tracks } = corpus;
  const line = (p: number) =>
    JSON.stringify({
      playlist_id: `q${p}`,
      tracks: [tracks[p % tracks.length], tracks[(p * 7) % tracks.length]],
    });
  await writeFile(at(name), Array.from({ length: count }, (_, p) => line(p)).join("\n"));
  return at(name);
}

const linesOf = async (path: string) =>
  (await readFile(path, "utf8"))
    .trimEnd()
    .split("\n")
    .map(
      (line) =>
        JSON.parse(line) as {
          playlist_id: string;
          remarks?: string[];
          tracks: { track: string; score?: number }[];
        },
    );

describe("segue recommend --playlists", () => {
  it.each([3, 2100])("answers %i playlists in their order, like the recommender", async (count) => {
    const input = await sequences(`${count}.jsonl`, count);
    const { stdout } = await segue("--playlists", input, "-k", "4", "--output", at("next.jsonl"));
    expect(stdout).toBe(`${at("next.jsonl")}: 4 tracks for each of ${count.toLocaleString("en")} playlists`);
    const lines = await linesOf(at("next.jsonl"));
    expect(lines.map((line) => line.playlist_id)).toEqual(Array.from({ length: count }, (_, p) => `q${p}`));
    for (const p of [0, 1, count - 1]) {
      const { tracks } = (await linesOf(input))[p] as unknown as { tracks: string[] };
      const answer = fitted.recommend([{ tracks }], 4)[0]!;
      expect(lines[p]!.tracks.map(({ track }) => track)).toEqual(answer.tracks);
    }
  });

  it("applies rules, gives reasons, and extends", async () => {
    const input = await sequences("few.jsonl", 5);
    await segue(
      ...[
        "--playlists",
        input,
        "--output",
        at("ruled.jsonl"),
        "--artist",
        "Artist 1",
        "--explain",
        "-k",
        "3",
      ],
    );
    for (const { tracks } of await linesOf(at("ruled.jsonl"))) {
      expect(tracks).toHaveLength(3);
      for (const each of tracks)
        expect(each).toMatchObject({
          track: expect.stringMatching(/^Artist 1-/),
          because: expect.any(String),
        });
    }
    await segue("--playlists", input, "--output", at("extended.jsonl"), "--extend", "-k", "6");
    for (const { tracks } of await linesOf(at("extended.jsonl")))
      expect(new Set(tracks.map(({ track }) => track)).size).toBe(6);
  });

  it("says how many playlists have no answer or too few tracks, and why", async () => {
    const options = ["--playlists", await sequences("short.jsonl", 3), "--artist", "Artist 1"];
    const remark = "playlists have no answer, or fewer tracks than asked for";
    const { stderr: all } = await segue(...options, "--output", at("all.jsonl"));
    expect(all).not.toContain(remark);
    const { stderr: few } = await segue(...options, "--output", at("short.csv"), "--extend", "-k", "200");
    expect(few).toMatch(
      new RegExp(
        `3 of 3 ${remark}: "q0": only \\d+ of 200 tracks: transitions has no other that passes --artist`,
      ),
    );
    const { stderr: none } = await segue(...options, "--word", "polka", "--output", at("none.csv"));
    expect(none).toContain(`3 of 3 ${remark}: "q0": no answer: no playlists have "polka" in their titles`);
  });

  it("writes CSV that segue reads again, and tells which names it read otherwise or does not know", async () => {
    await writeFile(at("mine.csv"), 'artist,track,playlist\nartist 1,"song, 1",mine\nNobody,Nothing,mine\n');
    const { stderr } = await segue("--playlists", at("mine.csv"), "-k", "2", "--output", at("next.csv"));
    expect(stderr).toContain(
      '1 of 2 tracks are written otherwise: "artist 1-song, 1" is read as "Artist 1-Song, 1"',
    );
    expect(stderr).toContain('1 of 2 tracks are not known: "Nobody-Nothing"');
    const [header, first, ...rest] = (await readFile(at("next.csv"), "utf8")).trimEnd().split("\n");
    expect(header).toBe("playlist_id,rank,artist,track,track_id,score");
    expect(first).toMatch(/^mine,1,Artist \d,"Song, \d+","Artist \d-Song, \d+",[\d.]+$/);
    expect(rest).toHaveLength(1);
    await segue("--playlists", at("next.csv"), "-k", "1", "--output", at("again.jsonl"));
    expect(await linesOf(at("again.jsonl"))).toMatchObject([{ playlist_id: "mine" }]);
  });

  it("writes M3U for one playlist, even of one track, and refuses several", async () => {
    await writeFile(at("seed.m3u"), "#EXTM3U\n#EXTINF:9,Artist 1 - Song, 1\nx.mp3\n");
    const output = at("next.m3u8");
    const { stdout } = await segue("--playlists", at("seed.m3u"), "--extend", "-k", "2", "--output", output);
    expect(stdout).toBe(`${output}: 2 tracks for one playlist`);
    const [header, ...entries] = (await readFile(output, "utf8")).trimEnd().split("\n");
    expect(header).toBe("#EXTM3U");
    expect(entries).toHaveLength(4);
    expect(entries[0]).toMatch(/^#EXTINF:-1,Artist \d - Song, \d+$/);
    expect(entries[1]).toMatch(/^Artist%20\d%20-%20Song%2C%20\d+\.mp3$/);
    await expect(segue("--playlists", await sequences("two.jsonl", 2), "--output", output)).rejects.toThrow(
      `${output} would hold one playlist, and there are 2`,
    );
  });

  it.each<[string, string[], string]>([
    [
      "a track of its own",
      ["A-B", "--playlists", "x.jsonl"],
      '--playlists has tracks and titles of its own, and "A-B"',
    ],
    ["a title of its own", ["--title", "a", "--playlists", "x.jsonl"], "and --title is given"],
    [
      "how to read no file",
      ["A-B", "--session-gap", "3"],
      "--session-gap is for raw files, and no --playlists",
    ],
    ["a file that is not there", ["--playlists", "nowhere.csv"], "--playlists: there is no file nowhere.csv"],
  ])("refuses %s", async (_, args, message) => {
    await expect(segue(...args)).rejects.toThrow(message);
  });

  it("refuses to overwrite its input", async () => {
    const input = await sequences("own.jsonl", 1);
    await expect(segue("--playlists", input, "--output", input)).rejects.toThrow("is one of the inputs");
    expect(await linesOf(input)).toHaveLength(1);
  });
});
