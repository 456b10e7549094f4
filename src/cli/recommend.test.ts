import { readFile, writeFile } from "node:fs/promises";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { testFolder } from "../bundle/bundle.testkit.js";
import { writeBundle } from "../bundle/index.js";
import { CorpusBuilder } from "../corpus/index.js";
import { fitRecommender, nearestOf } from "../recommenders/index.js";
import { SegueError } from "../system/index.js";
import { TrackVectors } from "../track2vec/index.js";
import { createProgram } from "./program.js";

const at = testFolder();
const drake = ["Drake-One Dance", "Drake-Hotline Bling", "Drake-Energy"];
const jazz = ["Nina Simone-Sinnerman", "Nina Simone-Feeling Good", "Chet Baker-Almost Blue"];

beforeAll(async () => {
  const builder = new CorpusBuilder();
  for (let p = 0; p < 30; p++) {
    const tracks = p % 3 === 0 ? drake : jazz;
    const title = p % 3 === 0 ? "party" : "late jazz";
    const artists = tracks.map((id) => id.split("-")[0]!);
    const turned = (list: readonly string[]) => [...list.slice(p % 2), ...list.slice(0, p % 2)];
    builder.add({ id: `p${p}`, title, tracks: turned(tracks), artists: turned(artists) });
  }
  const corpus = builder.build();
  // Of "Drake-Energy" there is no vector.
  const withVectors = [...drake.slice(0, 2), ...jazz];
  const vectors = new TrackVectors({
    tracks: withVectors,
    size: 2,
    vectors: Float32Array.from(withVectors.flatMap((_, i) => [1, i / 4])),
  });
  await writeBundle(at("models/one"), {
    catalogue: corpus,
    recommenders: {
      transitions: (await fitRecommender("transitions", corpus)).save(),
      "v-sknn": (await fitRecommender("v-sknn", corpus)).save(),
      nearest: nearestOf(vectors, corpus).save(),
      popularity: (await fitRecommender("popularity", corpus)).save(),
    },
  });
});
afterEach(() => vi.restoreAllMocks());

async function segue(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const lines = { log: [] as string[], error: [] as string[] };
  for (const name of ["log", "error"] as const)
    vi.spyOn(console, name).mockImplementation((line: string) => void lines[name].push(line));
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  await createProgram().parseAsync(["node", "segue", "recommend", "--bundle", at("models"), ...args]);
  return { stdout: lines.log.join("\n"), stderr: lines.error.join("\n") };
}

describe("segue recommend", () => {
  it("prints no remarks if all tracks are known and there is an answer", async () => {
    const { stdout, stderr } = await segue(drake[0]!, "-k", "2");
    expect(stdout).toContain(drake[1]);
    expect(stderr).toBe("");
  });

  it.each<[string, string[], RegExp]>([
    ["an unknown artist", [drake[0]!, "--artist", "nobody"], /^no answer: no track is by "nobody"$/],
    [
      "a misspelt artist",
      [drake[0]!, "--artist", "drak", "zz"],
      /^no answer: no track is by "drak", "zz"; did you mean "Drake"\?$/,
    ],
    [
      "an unknown word",
      [drake[0]!, "--word", "xyzzy"],
      /^no answer: no playlists have "xyzzy" in their titles$/,
    ],
    [
      "rules that leave nothing together",
      [drake[0]!, "--artist", "drake", "--word", "jazz"],
      /^no answer: no track passes --artist "drake" and --word "jazz" together$/,
    ],
    [
      "a track without a vector",
      [drake[2]!, "--recommender", "nearest"],
      /^no answer: nearest goes by the last track, and knows nothing about "Drake-Energy"; another --recommender may/,
    ],
    [
      "what has played, where a list cannot go on",
      [...drake, "--extend", "--artist", "drake"],
      /^no answer: no track passes --artist "drake" and without what has played together$/,
    ],
    [
      "artists that are too near",
      [...jazz, "--artist", "chet baker", "--artist-separation", "1"],
      /^no answer: no track passes --artist "chet baker" and --artist-separation 1 together$/,
    ],
  ])("prints nothing and says why in a line: %s", async (_, args, reason) => {
    const { stdout, stderr } = await segue(...args);
    expect(stdout).toBe("");
    expect(stderr).toMatch(reason);
    expect(stderr).not.toContain("\n");
    const json = JSON.parse((await segue(...args, "--json")).stdout);
    expect(json).toMatchObject({ tracks: [], remarks: [expect.stringMatching(reason)] });
  });

  it.each<[string, string[], string, string]>([
    [
      "the artist of an unknown track",
      ["Drake-Nonexistent Song"],
      drake[2]!,
      "no track is known, but their artists are: tracks by Drake come first",
    ],
    [
      "the artist of an unknown track, written otherwise",
      ["the drake"],
      drake[2]!,
      [
        '"the drake" is read as "Drake"',
        'not known: "Drake"; did you mean "Drake-Energy", "Drake-One Dance", "Drake-Hotline Bling"?',
        "no track is known, but their artists are: tracks by Drake come first",
      ].join("\n"),
    ],
    [
      "the artist of an unknown track, whose tracks may not follow",
      ["Drake-Nonexistent Song", "--artist", "Nina Simone"],
      jazz[1]!,
      "no track is known, only the artist: Drake",
    ],
    [
      "the artist of an unknown track, whose tracks do not come first",
      ["Drake-Nonexistent Song", "--extend", "--variety", "1", "--seed", "7"],
      jazz[1]!,
      "no track is known, only the artist: Drake",
    ],
    ["nothing", ["Nobody-Nothing"], jazz[2]!, "nothing in the context is known; popular tracks follow"],
    [
      "a title that no playlist has",
      ["--title", "zzzz"],
      jazz[2]!,
      'the title is unknown: no playlist has a word of "zzzz" in its title\nnothing in the context is known; popular tracks follow',
    ],
    [
      "a title",
      ["Nobody-Nothing", "--title", "party"],
      drake[2]!,
      "no track is known; these follow from the title",
    ],
    [
      "nothing, with a recommender that has no fall-back",
      ["Nobody-Nothing", "--recommender", "nearest"],
      jazz[2]!,
      "nearest has no answer for unknown tracks; popular tracks follow",
    ],
  ])("says what an answer is based on: %s", async (_, args, first, remark) => {
    const { stdout, stderr } = await segue(...args, "-k", "3", "--json");
    expect(JSON.parse(stdout).tracks[0].track).toBe(first);
    expect(stderr).toContain(remark);
  });

  it("says which --not and which of several rules match nothing", async () => {
    const { stdout, stderr } = await segue(
      ...[drake[0]!, "-k", "3", "--not", "Drake-Hotline Blin", drake[2]!],
      ...["--artist", "nobody", "drake"],
    );
    expect(stdout).toContain(drake[1]);
    expect(stdout).not.toContain(drake[2]);
    expect(stderr.split("\n")).toEqual([
      expect.stringMatching(
        /^--not "Drake-Hotline Blin" leaves nothing out: .*; did you mean "Drake-Hotline Bling"/,
      ),
      'no track is by "nobody"',
    ]);
    expect((await segue(drake[0]!, "--not", "drake")).stderr).toBe(
      '--not "Drake" leaves nothing out: it is an artist, not a track; to do without an artist, train without it: segue run --leave-out Drake …',
    );
  });

  it("leaves out the tracks of a file, and tells of a few that it does not know", async () => {
    const file = at("explicit.txt");
    const unheard = Array.from({ length: 8 }, (_, i) => `Nobody-Unheard ${i}`);
    await writeFile(file, ["\ufeffdrake - hotline bling", "", ...unheard].join("\r\n"));
    const { stdout, stderr } = await segue(drake[0]!, "-k", "3", "--not", `@${file}`, drake[2]!);
    expect(stdout).not.toMatch(/Hotline Bling/);
    expect(stdout).not.toContain(drake[2]);
    expect(stderr.split("\n").map((line) => line.split(":")[0])).toEqual([
      ...unheard.slice(0, 5).map((name) => `--not "${name}" leaves nothing out`),
      "--not",
    ]);
    expect(stderr).toContain("--not: 3 more are not known");
    await expect(segue(drake[0]!, "--not", "@nowhere.txt")).rejects.toMatchObject({
      message: "--not: there is no file nowhere.txt",
      hint: '"@" is followed by a file of tracks, one per line; put a track whose name begins with @ into one',
    });
  });

  it("matches names as people write them, and says which track it matched", async () => {
    const { stdout, stderr } = await segue(
      "drake - one dance (feat. Wizkid)",
      "--not",
      "DRAKE hotline bling",
    );
    expect(stdout).not.toContain(drake[1]);
    expect(stderr).toBe('"drake - one dance (feat. Wizkid)" is read as "Drake-One Dance"');
    const { read_as } = JSON.parse((await segue("drake - one dance", "--json")).stdout);
    expect(read_as).toEqual([{ track: "drake - one dance", as: "Drake-One Dance" }]);
  });

  it("writes the answer to a file: M3U, CSV or a line of JSON", async () => {
    const written = async (name: string) => {
      const { stdout } = await segue(drake[0]!, "-k", "1", "--output", at(name));
      expect(stdout).toBe(`${at(name)}: 1 track`);
      return readFile(at(name), "utf8");
    };
    expect(await written("tonight.m3u")).toBe(
      "#EXTM3U\n#EXTINF:-1,Drake - Hotline Bling\nDrake%20-%20Hotline%20Bling.mp3\n",
    );
    expect(await written("tonight.csv")).toMatch(
      /^playlist_id,rank,artist,track,track_id,score\ntonight,1,Drake,Hotline Bling,Drake-Hotline Bling,[\d.]+\n$/,
    );
    expect(JSON.parse(await written("tonight.jsonl"))).toMatchObject({ playlist_id: "tonight" });
    expect(await written("TONIGHT.CSV")).toMatch(/^playlist_id,rank,/);
    await expect(segue("A-B", "--output", at("."))).rejects.toThrow("--output");
    for (const name of ["tonight.csv.gz", "tonight.xlsx", "tonight.parquet", "tonight.tsv"])
      await expect(segue("A-B", "--output", at(name))).rejects.toMatchObject({
        exitCode: 2,
        message: expect.stringMatching(/^--output: cannot tell the form of /),
        hint: expect.stringContaining(".csv for a table"),
      });
  });

  it("explains each track of a list by the tracks before it", async () => {
    const { stdout } = await segue(
      ...[jazz[0]!, "--recommender", "v-sknn", "--extend", "--explain", "-k", "2", "--json"],
    );
    const [first, second] = JSON.parse(stdout).tracks as Array<{ track: string; because: string }>;
    expect(first!.because).toContain(`after ${jazz[0]} in 10 playlists`);
    expect(second!.because).toContain(`with ${first!.track} in 20 playlists`);
  });

  it("separates artists in a list, and says why it ends", async () => {
    const { stdout, stderr } = await segue(
      ...[drake[0]!, jazz[2]!, "--extend", "--artist-separation", "2", "--json"],
    );
    const { tracks } = JSON.parse(stdout) as { tracks: Array<{ track: string }> };
    expect(tracks.map(({ track }) => track.split("-")[0])).toEqual(["Nina Simone", "Drake"]);
    expect(stderr).toBe("only 2 of 10 tracks: transitions has no other that passes --artist-separation 2");
  });

  it.each([
    [["A-B", "--variety", "0.3"], "--variety is for extending a playlist"],
    [["A-B", "--seed", "3"], "--seed is for extending a playlist"],
    [["A-B", "--extend", "--seed", "1e99"], "whole number from 0 to 4294967295"],
    [["A-B", "--extend", "--seed", "abc"], "whole number from 0 to 4294967295"],
    [["A-B", "--extend", "--variety", "2"], "number from 0 to 1"],
    [["A-B", "--extend", "-k", "1001"], "-k with --extend must be a whole number from 1 to 1000, got 1001"],
    [["A-B", "-k", "0"], "whole number ≥ 1"],
    [["A-B", "--per-artist", "x"], "whole number ≥ 1"],
    [["A-B", "--artist-separation", "-1"], "whole number ≥ 0"],
    [["--title", " "], "neither a track nor a title is given"],
    [["A-B", "--recommender", "zz"], 'has no recommender named "zz"'],
  ])("refuses %j with exit code 2", async (args, message) => {
    const error = await segue(...args).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ message: expect.stringContaining(message) });
    expect(error instanceof SegueError ? error.exitCode : 2).toBe(2);
  });
});
