import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { sqlString, withDuckDb } from "../../../system/index.js";
import { cleaning, good, header } from "../clean.testkit.js";
import { fileNames, filePlaylistsLine } from "./file-playlists.js";

const names = (...paths: string[]) => [...fileNames(paths).values()];

it("names files without their folders and extensions", () => {
  expect(names("a/Road trip.csv", "b/Vol. 2.tsv.gz", "c/90s.mix.CSV", "d/plain", "e/x.csv.csv")).toEqual([
    "Road trip",
    "Vol. 2",
    "90s.mix",
    "plain",
    "x.csv",
  ]);
  expect(names("in/.csv")).toEqual([".csv"]);
});

it("distinguishes files of the same name", () => {
  expect(names("anna/mix.csv", "ben/mix.csv.gz", "other.csv")).toEqual([
    "anna/mix.csv",
    "ben/mix.csv.gz",
    "other",
  ]);
  expect(names("in/mix.csv", "in/mix .csv")).toEqual(["in/mix.csv", "in/mix .csv"]);
  const three = names("mix.csv", "in/mix.csv", "mix.csv.csv");
  expect(new Set(three).size).toBe(3);
});

describe("cleaning", () => {
  const { at, clean } = cleaning();

  it("makes each file a playlist named after it if there is no playlist column", async () => {
    const exported = '"Track URI","Track Name","Artist Name(s)","Added By"\n';
    const long = "l".repeat(200);
    const { rows, facts, rejected } = await clean({
      "Road trip.csv": `${exported}spotify:track:1,One,A,x\nspotify:track:2,Two,"B, C",x\nspotify:track:3,Three,,x\n`,
      // Other columns beside those that count; and a name that is longer than its rows.
      [`${long}.csv.gz`]: gzipSync("Track Name,Artist Name(s)\nt,a\n"),
      "anna/mix.csv": `${exported},Four,D,\n`,
      "ben/mix.csv": `${exported},Five,E,\n`,
    });
    expect(rows).toEqual([
      [0, null, "A", "One", "Road trip"],
      [1, null, "B, C", "Two", "Road trip"],
      [3, null, "a", "t", long],
      [4, null, "D", "Four", at("anna/mix.csv")],
      [5, null, "E", "Five", at("ben/mix.csv")],
    ]);
    expect(rejected).toMatchObject([{ line: 4, reason: "empty artist" }]);
    expect(facts.files[0]).toMatchObject({ rows: 3, playlist: { name: "Road trip", ofEachUser: false } });
    expect(filePlaylistsLine(facts)).toMatch(
      /^no column with the playlist was found: each of 4 files is one playlist, named after the file, as "Road trip"; .*--columns/,
    );
  });

  it("does not ask for a column if the mapping says that each file is a playlist", async () => {
    const { facts } = await clean(
      { "plays.csv": "artist,track,playlist\nA,x,one\nB,y,two\n" },
      { mapping: { playlist: "filename" } },
    );
    expect(filePlaylistsLine(facts)).toBe(`${at("plays.csv")} is one playlist, "plays"`);
  });

  it("makes each file a playlist per user", async () => {
    const { rows, facts } = await clean({ "plays.csv": "Username,Artist,Track\nu,A,x\nv,B,y\n" });
    expect(rows.map(([, user, , , playlist]) => [user, playlist])).toEqual([
      ["u", "plays"],
      ["v", "plays"],
    ]);
    expect(filePlaylistsLine(facts)).toContain('plays.csv is one playlist per user, "plays"');
    expect(filePlaylistsLine((await clean({ "a.csv": header + good })).facts)).toBeUndefined();
  });

  it("makes a Parquet file a playlist, too", async () => {
    await withDuckDb({}, (database) =>
      database.run(
        `COPY (SELECT 'A' AS artist, 'x' AS track) TO ${sqlString(at("it's.parquet"))} (FORMAT parquet)`,
      ),
    );
    const { rows, facts } = await clean({}, { inputs: ["it's.parquet"] });
    expect(rows).toEqual([[0, null, "A", "x", "it's"]]);
    expect(facts.files[0]!.playlist).toEqual({ name: "it's", ofEachUser: false });
  });
});
