/** Zip archives, as which people get their data: read as if they had been unpacked. */
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { sqlString, withDuckDb } from "../../../system/index.js";
import { zipOf } from "../../zip.testkit.js";
import { cleaning } from "../clean.testkit.js";
import type { CleanOptions } from "../clean-playlists.js";
import { findInputs } from "./input-files.js";

const { at, clean, failure } = cleaning();
type Files = Readonly<Record<string, string | Buffer>>;

const exported = (name: string, tracks = 3) =>
  `Track URI,Track Name,Artist Name(s)\n${Array.from({ length: tracks }, (_, i) => `u${i},${name} ${i},Muse\n`).join("")}`;
const history = (plays: number, name = "trackName") =>
  JSON.stringify(
    Array.from({ length: plays }, (_, i) => ({
      endTime: "2024-01-31 18:05",
      artistName: "Muse",
      [name]: `T${i}`,
    })),
    undefined,
    1,
  );
const account = "Spotify Account Data";
const spotify: Files = {
  [`${account}/ReadMeFirst.pdf`]: "%PDF-1.4".repeat(9999),
  [`${account}/YourLibrary.json`]: JSON.stringify({ tracks: [{ artist: "Muse", track: "Uprising" }] }),
  [`${account}/StreamingHistory_podcast_0.json`]: history(900, "episodeName").replaceAll(
    "artistName",
    "podcastName",
  ),
  [`${account}/StreamingHistory_music_0.json`]: history(50),
  [`${account}/StreamingHistory_music_10.json`]: history(2),
  [`${account}/StreamingHistory_music_2.json`]: history(3),
  [`${account}/Playlist1.json`]: JSON.stringify({
    playlists: [{ name: "gym", items: [{ track: { trackName: "Uprising", artistName: "Muse" } }] }],
  }),
  [`${account}/Userdata.json`]: JSON.stringify({ username: "u".repeat(99_999) }),
  [`__MACOSX/${account}/._Playlist1.json`]: "\0\u0005\u0016\u0007",
  [`${account}/._StreamingHistory_music_0.json`]: "\0\u0005\u0016\u0007",
};

/** The rows of an archive's files, and the same of those files unpacked. */
async function bothWays(
  files: Files,
  unpacked: string,
  options: Partial<CleanOptions> = {},
  archived = "data.zip",
) {
  const zipped = await clean({ "data.zip": zipOf(files) }, { ...options, inputs: [archived] });
  for (const [name, contents] of Object.entries(files)) {
    await mkdir(dirname(at("data", name)), { recursive: true });
    await writeFile(at("data", name), contents);
  }
  const plain = await clean({}, { ...options, inputs: [`data/${unpacked}`] });
  return { zipped, plain };
}

describe("an archive", () => {
  it("gives the rows and ids of its files, and their names and lines for rejects", async () => {
    const files = {
      "lists/Gym.csv": exported("Gym", 4),
      "lists/Road 10.csv": exported("Ten"),
      "lists/Road 9.csv.gz": gzipSync(exported("Nine")),
      "lists/Été.csv": `${exported("Summer")}u,only a track\n`,
    };
    const { zipped, plain } = await bothWays(files, "lists/*.csv*");
    expect(zipped.rows).toEqual(plain.rows);
    expect(zipped.rows.map((row) => row[4])).toEqual(
      expect.arrayContaining(["Gym", "Road 9", "Road 10", "Été"]),
    );
    expect(zipped.rejected).toEqual([{ ...plain.rejected[0]!, file: at("data.zip/lists/Été.csv") }]);
    expect(zipped.rejected[0]!.line).toBe(5);
    expect(zipped.facts.files[1]!.path).toBe(at("data.zip/lists/Gym.csv"));
    expect(zipped.facts.notes).toEqual([]);
  });

  it.each([
    ["a history, parted", { "a/h1.json": history(9), "a/h2.json": history(4) }, "a/*", { sessionGap: 30 }],
    ["UTF-16", { "a.txt": Buffer.from(`\ufeff${exported("A")}`, "utf16le") }, "*", {}],
    [
      "Latin-1",
      { "a.csv": Buffer.from("Künstler;Titel\nBjörk;Jóga\n", "latin1") },
      "*",
      { encoding: "latin-1" },
    ],
    [
      "music players",
      {
        "b.m3u": "#EXTM3U\n#EXTINF:1,Muse - Uprising\nx.mp3\n",
        "a.m3u8": "#EXTM3U\n#EXTINF:1,Muse - Hysteria\ny.mp3\n",
      },
      "*",
      {},
    ],
    [
      "XML",
      {
        "Gym.xspf": `<?xml version="1.0"?><playlist><trackList><track><creator>Muse</creator><title>Uprising</title></track></trackList></playlist>`,
      },
      "*",
      {},
    ],
    ["sequences", { "s.jsonl": '{"playlist_id":"p","tracks":["a","b"]}\n' }, "*", {}],
  ] as const)("is read like its files: %s", async (_, files, glob, options) => {
    const { zipped, plain } = await bothWays(files, glob, options);
    expect(zipped.rows.length).toBeGreaterThan(0);
    expect(zipped.rows).toEqual(plain.rows);
  });

  it("may contain Parquet, which is unpacked to the scratch folder", async () => {
    await mkdir(at("made"));
    const made: Record<string, Buffer> = {};
    for (const name of ["one", "two"]) {
      await withDuckDb({ threads: 1 }, (database) =>
        database.run(
          `COPY (SELECT 'Muse' AS artist, '${name} ' || i AS track, '31/01/2024' AS date FROM range(3) t(i))
           TO ${sqlString(at("made", `${name}.parquet`))} (FORMAT parquet)`,
        ),
      );
      const { readFile } = await import("node:fs/promises");
      made[`${name}.parquet`] = await readFile(at("made", `${name}.parquet`));
    }
    const { zipped, plain } = await bothWays(made, "*", { mapping: { time: "date" } });
    expect(zipped.rows.map((row) => row[3])).toEqual(["one 0", "one 1", "one 2", "two 0", "two 1", "two 2"]);
    expect(zipped.rows).toEqual(plain.rows);
  });

  it("of several formats gives the playlists, and says how to choose another", async () => {
    const { zipped, plain } = await bothWays(spotify, `${account}/Playlist1.json`);
    expect(zipped.rows).toEqual(plain.rows);
    expect(zipped.facts.notes.map((note) => note.replaceAll(at(), "HERE"))).toEqual([
      `read from HERE/data.zip: ${account}/Playlist1.json; ` +
        `skipped: ${account}/StreamingHistory_music_*.json, ${account}/YourLibrary.json, ${account}/Userdata.json, ` +
        `${account}/StreamingHistory_podcast_0.json; ` +
        `to read others, name them: 'HERE/data.zip/${account}/StreamingHistory_music_*.json'`,
    ]);
  });

  it("of several formats gives the one with most music if a history can be split", async () => {
    const options = { sessionGap: 30 };
    const { zipped, plain } = await bothWays(spotify, `${account}/StreamingHistory_music_*.json`, options);
    expect(zipped.rows).toEqual(plain.rows);
    expect(zipped.facts.notes.map((note) => note.replaceAll(at(), "HERE"))).toEqual([
      `read from HERE/data.zip: ${account}/StreamingHistory_music_*.json; ` +
        `skipped: ${account}/Playlist1.json, ${account}/YourLibrary.json, ${account}/Userdata.json, ` +
        `${account}/StreamingHistory_podcast_0.json; ` +
        `to read others, name them: 'HERE/data.zip/${account}/Playlist1.json'`,
    ]);
  });

  it("of larger playlists and a library gives the history if it can be split, since they have no times", async () => {
    const entry = { track: { trackName: "Uprising", artistName: "Muse" }, addedDate: "2024-01-01" };
    const files = {
      "history.json": history(3),
      "Playlist1.json": JSON.stringify({ playlists: [{ name: "gym", items: Array(99).fill(entry) }] }),
      "YourLibrary.json": JSON.stringify({ tracks: Array(99).fill({ artist: "Muse", track: "Uprising" }) }),
      "gym.m3u": `#EXTM3U\n${"#EXTINF:1,Muse - Uprising\nx.mp3\n".repeat(99)}`,
    };
    const { zipped, plain } = await bothWays(files, "history.json", { sessionGap: 30 });
    expect(zipped.rows).toEqual(plain.rows);
  });

  it("gives no hint for files without tracks", async () => {
    const files = {
      "Playlist1.json": spotify[`${account}/Playlist1.json`]!,
      "Userdata.json": '{"username":"x"}',
    };
    const { zipped } = await bothWays(files, "Playlist1.json");
    expect(zipped.facts.notes.map((note) => note.replaceAll(at(), "HERE"))).toEqual([
      "read from HERE/data.zip: Playlist1.json; skipped: Userdata.json",
    ]);
  });

  it.each([`data.zip/${account}/Playlist1.json`, "data.zip/*/Play[kl]ist?.json", "d*.zip/**/Playlist*"])(
    "allows choosing its files: %s",
    async (archived) => {
      const { zipped, plain } = await bothWays(spotify, `${account}/Playlist1.json`, {}, archived);
      expect(zipped.rows).toEqual(plain.rows);
      expect(zipped.facts.notes).toEqual([]);
    },
  );

  it("reads glob characters in a file name literally, and a file named twice once", async () => {
    const files = { "a[1].csv": exported("A"), "a1.csv": exported("B") };
    const inputs = ["data.zip/a[1].csv", "data.zip/*.csv"];
    const { facts } = await clean({ "data.zip": zipOf(files) }, { inputs });
    expect(facts.files.map(({ path }) => path)).toEqual([at("data.zip/a[1].csv"), at("data.zip/a1.csv")]);
    const whole = await clean({}, { inputs: [...inputs, "data.zip"] });
    expect(whole.facts.files).toHaveLength(2);
  });

  it("may be combined with other archives and files", async () => {
    const inputs = ["b-*.zip", "c.csv"];
    const { facts } = await clean(
      {
        "b-2.zip": zipOf({ "two.csv": exported("Two"), "ReadMe.txt": "hello" }),
        "b-10.zip": zipOf({ "ten.csv": exported("Ten") }),
        "c.csv": exported("C"),
      },
      { inputs },
    );
    expect(facts.files.map(({ path }) => path)).toEqual(
      ["b-2.zip/two.csv", "b-10.zip/ten.csv", "c.csv"].map((path) => at(path)),
    );
    expect(facts.notes[0]).toMatch(/^read from 2 archives: .*skipped: .*b-2\.zip\/ReadMe\.txt;/);
  });

  it("chooses files by their fields, also with a mapping", async () => {
    const files = { "long.csv": `performer,label\n${"a,b\n".repeat(99)}`, "short.csv": exported("A") };
    const archive = { "data.zip": zipOf(files) };
    expect((await clean(archive)).facts.files[0]!.path).toBe(at("data.zip/short.csv"));
    const mapping = { artist: "performer", track: "label" };
    expect((await clean(archive, { mapping })).facts.files[0]!.path).toBe(at("data.zip/long.csv"));
  });

  it("reads the watch history as music, but not the search history", async () => {
    const watched = (verb: string, url: string, count: number) =>
      JSON.stringify(
        Array.from({ length: count }, () => ({
          ...{ header: "YouTube", title: `${verb} Uprising`, titleUrl: `https://www.youtube.com/${url}` },
          time: "2024-01-31T18:05:00Z",
          ...(verb === "Watched" && { subtitles: [{ name: "Muse - Topic" }] }),
        })),
      );
    const { facts } = await clean({
      "takeout.zip": zipOf({
        "history/search-history.json": watched("Searched for", "results?search_query=muse", 99),
        "history/watch-history.json": watched("Watched", "watch?v=x", 9),
      }),
    });
    expect(facts).toMatchObject({ rows: 9, rejected: 0 });
  });

  it("with a duplicate name gives the last file, and says so", async () => {
    const { rows, facts } = await clean({
      "data.zip": zipOf([
        ["a.csv", exported("Old")],
        ["a.csv", exported("New")],
      ]),
    });
    expect(rows.map((row) => row[3])).toEqual(["New 0", "New 1", "New 2"]);
    expect(facts.notes).toEqual([
      `${at("data.zip/a.csv")} is in its archive more than once: the last one is read`,
    ]);
  });

  it("of many files gives all, in natural order", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 300 }, (_, i) => [`list ${i}.csv`, exported(`A${i}`, i + 1)]),
    );
    const { facts } = await clean({ "data.zip": zipOf(files) });
    expect(facts.files).toHaveLength(300);
    expect(facts.files[299]!.path).toBe(at("data.zip/list 299.csv"));
  });
});

/** With some of its bytes overwritten, found by what stands before them. */
function changed(zip: Buffer, from: number, bytes: readonly number[]): Buffer {
  const other = Buffer.from(zip);
  other.set(bytes, from);
  return other;
}

describe("an archive that cannot be read", () => {
  const list = exported("A", 200);
  const one = zipOf({ "a.csv": list });
  const directory = one.indexOf("PK\x01\x02");
  const encrypted = changed(one, directory + 8, [1]);
  it.each<[string, Buffer, RegExp, string]>([
    ["cut short", one.subarray(0, 60), /data\.zip is a damaged zip archive/, "damaged"],
    ["broken", changed(one, 60, Array(20).fill(0x55)), /data\.zip\/a\.csv is damaged/, "damaged"],
    [
      "of another checksum",
      changed(one, directory + 16, [1, 2, 3]),
      /a\.csv is damaged: its checksum/,
      "damaged",
    ],
    ["that claims less than it holds", changed(one, directory + 24, [9, 0]), /a\.csv is damaged/, "damaged"],
    ["encrypted", encrypted, /data\.zip\/a\.csv is encrypted/, "encrypted"],
    [
      "packed otherwise",
      changed(one, directory + 10, [12]),
      /a\.csv has an unsupported compression method .*12/,
      "encrypted",
    ],
    [
      "out of its folder",
      zipOf({ "../../a.csv": list }),
      /damaged zip archive: invalid relative path/,
      "damaged",
    ],
    ["empty", zipOf({}), /data\.zip is empty: there is no file in it/, "empty-input"],
    ["of folders", zipOf({ "a/": "" }), /data\.zip is empty/, "empty-input"],
    ["of no playlists", zipOf({ "a.pdf": "%PDF" }), /holds no playlists/, "foreign"],
    ["of archives", zipOf({ "a.zip": one }), /data\.zip\/a\.zip is a zip archive/, "foreign"],
    [
      "of web pages",
      zipOf({ "h.html": `<html><style>.mdl-grid{}</style>` }),
      /h\.html is a watch history from Google as a web page/,
      "foreign",
    ],
    [
      "of spreadsheets",
      zipOf({ "a.xlsx": zipOf({ "[Content_Types].xml": "x" }) }),
      /a\.xlsx is a spreadsheet/,
      "foreign",
    ],
    [
      "a spreadsheet",
      zipOf({ "x/y.csv": list, "[Content_Types].xml": "x" }),
      /data\.zip is a spreadsheet/,
      "foreign",
    ],
    [
      "an OpenDocument one",
      zipOf({ mimetype: "x", "content.xml": "x" }),
      /data\.zip is a spreadsheet/,
      "foreign",
    ],
  ])("is refused: %s", async (_, archive, message, code) => {
    const error = await failure({ "data.zip": archive });
    expect(error).toMatchObject({ message: expect.stringMatching(message), code, left: [] });
    expect(error.hint).not.toBe("");
    expect(await readdir(at(".."))).not.toContain("a.csv");
  });

  it("is refused if its files overlap", async () => {
    const zip = zipOf(Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`${i}.csv`, list])));
    // Each entry of the directory says where its file begins: all say the first.
    for (let entry = zip.indexOf("PK\x01\x02"); entry !== -1; entry = zip.indexOf("PK\x01\x02", entry + 4))
      zip.writeUInt32LE(0, entry + 42);
    // The bytes of the others are gone.
    const [from, to] = [zip.indexOf("PK\x03\x04", 4), zip.indexOf("PK\x01\x02")];
    const bomb = Buffer.concat([zip.subarray(0, from), zip.subarray(to)]);
    bomb.writeUInt32LE(from, bomb.length - 6);
    expect(await failure({ "data.zip": bomb })).toMatchObject({
      message: expect.stringMatching(/damaged.*overlap/),
    });
  });

  it("suggests unpacking if a hint does not work inside an archive", async () => {
    const { hint } = await failure({
      "data.zip": zipOf({
        "a.json": JSON.stringify({ recenttracks: { page: [{ x: "song" }, { x: 1 }] } }, undefined, 1),
        "b.txt": "hello",
      }),
    });
    expect(hint).toContain(`unpack it first: unzip ${at("data.zip")} -d data`);
    expect(hint).toContain("skipped: b.txt");
  });

  it("lists its files if a name is missing", async () => {
    await writeFile(at("data.zip"), zipOf({ "a.csv": list }));
    await expect(findInputs([at("data.zip/b.csv")])).rejects.toMatchObject({
      hint: `in ${at("data.zip")} are: a.csv`,
      code: "missing-input",
    });
    await expect(findInputs([at("data.zip/[z-a].csv")])).rejects.toMatchObject({ code: "missing-input" });
  });
});

it("stops on abort, and leaves nothing", async () => {
  const stop = new AbortController();
  const archive = zipOf({ "a.csv": exported("A", 400_000) });
  const progress = ({ task }: { task: string }) => task === "reading" && stop.abort();
  await expect(clean({ "data.zip": archive }, { signal: stop.signal, progress })).rejects.toThrow(/abort/i);
  expect(await readdir(at("out"))).toEqual([]);
});
