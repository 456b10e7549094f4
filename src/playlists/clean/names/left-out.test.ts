/** Artists that are left out: of every form, in order, counted; and names that are of nobody. */
import { writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { sqlString, withDuckDb } from "../../../system/index.js";
import { cleaning } from "../clean.testkit.js";

const { at, clean, failure } = cleaning();

const plays = [
  ["Muse", "Uprising"],
  ["WERBUNG", "Spot"],
  ["ABBA", "Waterloo"],
  ["Werbung", "Spot 2"],
  ["Radio X", "News 12:00"],
] as const;
const csv = `artist,track,ts\n${plays.map(([artist, track], i) => `${artist},${track},${i * 100}\n`).join("")}`;
const tracks = plays.map(([artist, track]) => ({ artist, track }));
const leaveOut = ["werbung", "Radio X"];

describe("artists to leave out", () => {
  it.each([
    ["CSV", "p.csv", csv],
    ["JSON", "p.json", JSON.stringify({ playlists: [{ name: "p", tracks }] })],
    [
      "slices",
      "m.json",
      JSON.stringify({
        playlists: [
          {
            pid: 1,
            name: "p",
            tracks: plays.map(([artist, track], pos) => ({ pos, artist_name: artist, track_name: track })),
          },
        ],
      }),
    ],
    [
      "sequences",
      "s.jsonl",
      `${JSON.stringify({
        playlist_id: "p",
        tracks: plays.map((play) => play.join("-")),
        artists: plays.map(([artist]) => artist),
      })}\n`,
    ],
    [
      "M3U",
      "p.m3u",
      `#EXTM3U\n${plays.map((play, i) => `#EXTINF:9,${play.join(" - ")}\n${i}.mp3\n`).join("")}`,
    ],
    [
      "XSPF",
      "p.xspf",
      `<playlist xmlns="http://xspf.org/ns/0/"><trackList>${plays.map(([artist, track]) => `<track><creator>${artist}</creator><title>${track}</title></track>`).join("")}</trackList></playlist>`,
    ],
  ])("are left out of %s, and counted", async (_, name, text) => {
    const { facts, rows } = await clean({ [name]: text }, { leaveOut });
    expect(rows.map(([, , artist]) => artist).filter((artist) => artist !== null)).toEqual(["Muse", "ABBA"]);
    expect(facts).toMatchObject({ rows: 5, accepted: 5, rejected: 0, written: 2 });
    expect(facts.leftOut).toEqual({
      plays: 3,
      names: [
        { name: "werbung", plays: 2 },
        { name: "Radio X", plays: 1 },
      ],
    });
    expect(facts.notes).toEqual(['left out by --leave-out: 3 plays, 2 of "werbung", 1 of "Radio X"']);
  });

  it("are left out of Parquet, beside its rejected rows, and by times", async () => {
    await writeFile(at("p.csv"), `${csv}Werbung,,600\nMuse,,700\n`);
    await withDuckDb({}, (database) =>
      database.run(
        `COPY (FROM read_csv(${sqlString(at("p.csv"))})) TO ${sqlString(at("p.parquet"))} (FORMAT parquet)`,
      ),
    );
    for (const name of ["p.csv", "p.parquet"]) {
      const { facts, rows } = await clean({}, { inputs: [name], leaveOut, sessionGap: 3 });
      expect(facts).toMatchObject({ rows: 7, accepted: 5, rejected: 2, written: 2, leftOut: { plays: 3 } });
      // The pause is now that between the songs.
      expect(rows.map(([, , artist, , playlist]) => [artist, playlist])).toEqual([
        ["Muse", "p 1970-01-01 00:00"],
        ["ABBA", "p 1970-01-01 00:03"],
      ]);
    }
  });

  it("match titles if there is no artist", async () => {
    const ids = '{"playlist_id": "p", "tracks": ["a", "Station ID", "b"]}\n';
    const { rows } = await clean({ "s.jsonl": ids }, { leaveOut: ["STATION id"] });
    expect(rows.map((row) => row[3])).toEqual(["a", "b"]);
    // A song is not left out for being called as they are.
    const named = await clean({ "p.csv": "artist,track\nMuse,Werbung\n" }, { leaveOut: ["Werbung"] });
    expect(named.facts.written).toBe(1);
  });

  it("leave the other rows in their order", async () => {
    const line = (i: number) => `${i % 3 === 0 ? "Ad" : "A"},${i}\n`;
    const many = `artist,track\n${Array.from({ length: 300_000 }, (_, i) => line(i)).join("")}`;
    const { rows } = await clean(
      { "p.csv": many },
      { leaveOut: ["ad", ...Array.from({ length: 99 }, String)] },
    );
    expect(rows.map((row) => Number(row[3]))).toEqual(
      Array.from({ length: 300_000 }, (_, i) => i).filter((i) => i % 3 !== 0),
    );
  });

  it("may be in a file, one per line, as editors write it", async () => {
    await writeFile(at("names.txt"), "\ufeffWerbung\r\n\r\n radio x \r\nwerbung\n@home");
    const { facts } = await clean({ "p.csv": `${csv}@Home,x,9\n` }, { leaveOut: [`@${at("names.txt")}`] });
    expect(facts.leftOut!.names).toEqual([
      { name: "Werbung", plays: 2 },
      { name: "radio x", plays: 1 },
      { name: "@home", plays: 1 },
    ]);
  });

  it("are reported if they match nobody; a comma is part of a name", async () => {
    const { facts } = await clean(
      { "p.csv": csv },
      { leaveOut: ["Werb", "Earth, Wind & Fire", "it's", ...Array.from({ length: 5 }, (_, i) => `n${i}`)] },
    );
    expect(facts.notes).toEqual([
      '--leave-out: there are no plays by "Werb", "Earth, Wind & Fire", "it\'s", "n0", "n1" and 3 more; give the whole name, in any case',
    ]);
  });

  it.each([
    [["muse", "abba", "werbung", "radio x"], /^--leave-out leaves out all of the 5 plays$/],
    [[" "], /^--leave-out needs a name$/],
    [["@"], /^--leave-out needs a name$/],
    [["@no/such.txt"], /^--leave-out: there is no file no\/such\.txt$/],
  ])("%j are refused", async (names, message) => {
    expect((await failure({ "p.csv": csv }, { leaveOut: names })).message).toMatch(message);
  });

  it.each([
    [Buffer.from("Radio Köln\n", "latin1"), /is not text in UTF-8$/],
    [Buffer.from("\n \n"), /holds no names$/],
  ])("are refused from a file with %j", async (bytes, message) => {
    await writeFile(at("names.txt"), bytes);
    const { message: said } = await failure({ "p.csv": csv }, { leaveOut: [`@${at("names.txt")}`] });
    expect(said).toMatch(message);
  });
});
