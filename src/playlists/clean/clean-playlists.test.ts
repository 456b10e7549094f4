import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { packageRoot, sqlString, withDuckDb } from "../../system/index.js";
import { type CleanOptions, cleanPlaylists } from "./clean-playlists.js";
import { filePlaylistsLine } from "./file-playlists.js";
import type { Reject } from "./rejects.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "segue-clean-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const header = '"user_id", "artistname", "trackname", "playlistname"\n';
const good = '"u1","Muse","Uprising","gym"\n';

/** Writes the files (a Buffer as it is) and cleans them. */
async function clean(files: Record<string, string | Buffer>, options: Partial<CleanOptions> = {}) {
  for (const [name, contents] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), contents);
  }
  const output = join(folder, "out", "master.parquet");
  const rejects = join(folder, "out", "rejects.jsonl");
  const inputs = (options.inputs ?? Object.keys(files)).map((name) => join(folder, name));
  const facts = await cleanPlaylists({ threads: 2, ...options, inputs, output, rejects });
  const rows = await rowsOf(output);
  const rejected = (await readFile(rejects, "utf8"))
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Reject);
  expect(facts.accepted + facts.rejected).toBe(facts.rows);
  expect(rejected.length).toBe(facts.rejected);
  expect(await readdir(join(folder, "out"))).toEqual(["master.parquet", "rejects.jsonl"]);
  return { facts, rows, rejected };
}

type Row = [number, string | null, string | null, string, string];

async function rowsOf(path: string): Promise<Row[]> {
  return withDuckDb({ threads: 2 }, async (database) =>
    (await database.rows(`SELECT * FROM read_parquet(${sqlString(path)})`)).map(
      (row) => Object.values(row) as Row,
    ),
  );
}

/** Cleaning must fail, with nothing left in the output folder but, where told, the rejects. */
async function failure(files: Record<string, string | Buffer>, options: Partial<CleanOptions> = {}) {
  const error = await clean(files, options).then(
    () => undefined,
    (caught: Error & { hint?: string; code?: string }) => caught,
  );
  expect(error?.name).toBe("SegueError");
  const left = existsSync(join(folder, "out")) ? await readdir(join(folder, "out")) : [];
  return { message: error!.message, hint: error!.hint ?? "", code: error!.code, left };
}

describe("the forms", () => {
  it("reads #nowplaying CSV, header, escapes and all", async () => {
    const { rows, facts } = await clean({
      "a.csv": `${header}${good}${String.raw`"u1","Axwell /\\ Ingrosso","Say \"Hi\", twice","7\" mix"`}\n`,
    });
    expect(rows).toEqual([
      [0, "u1", "Muse", "Uprising", "gym"],
      [1, "u1", "Axwell /\\ Ingrosso", 'Say "Hi", twice', '7" mix'],
    ]);
    expect(facts).toMatchObject({ form: "csv", rows: 2, rejected: 0, written: 2, rejectsByReason: {} });
  });

  it("reads words that other tools take for missing values", async () => {
    const { rows } = await clean({ "a.csv": `${header}"u1","NA","NaN","null"\n"u1","None","nan","-"\n` });
    expect(rows.map((row) => row.slice(2))).toEqual([
      ["NA", "NaN", "null"],
      ["None", "nan", "-"],
    ]);
  });

  it("needs neither a mapping nor users where columns have the usual names", async () => {
    const { rows } = await clean({ "a.csv": "Track Name,Artist Name(s),Playlist Name\nT,A,p\n" });
    expect(rows).toEqual([[0, null, "A", "T", "p"]]);
  });

  it("reads other CSV by a mapping, where backslashes are letters", async () => {
    const { rows } = await clean(
      { "a.csv": '\ufeffnr;song;by;list\n1;"T;N""T";AC\\DC;rock\n' },
      { mapping: { artist: "by", track: "song", playlist: "list" } },
    );
    expect(rows).toEqual([[0, null, "AC\\DC", 'T;N"T', "rock"]]);
  });

  it("reads Latin-1 where it is told to", async () => {
    const { rows } = await clean(
      { "a.csv": Buffer.from(`${header}"u","Beyoncé","Déjà Vu","été"\n`, "latin1") },
      { encoding: "latin-1" },
    );
    expect(rows).toEqual([[0, "u", "Beyoncé", "Déjà Vu", "été"]]);
  });

  it("reads Spotify slices, in order of pos, from a glob in natural order", async () => {
    const slice = (pid: number) =>
      JSON.stringify({
        info: { slice: "x" },
        playlists: [
          {
            name: `list ${pid}`,
            pid,
            tracks: [
              { pos: 1, artist_name: "B", track_name: "two" },
              { pos: 0, artist_name: "A", track_name: "one" },
              { pos: 2, artist_name: "", track_name: "three" },
            ],
          },
        ],
      });
    const { rows, rejected, facts } = await clean(
      {
        "mpd.slice.10000-10999.json": slice(10_000),
        "mpd.slice.2000-2999.json.gz": gzipSync(slice(2000)),
      },
      { inputs: ["mpd.slice.*"] },
    );
    expect(rows).toEqual([
      [0, "2000", "A", "one", "list 2000"],
      [1, "2000", "B", "two", "list 2000"],
      [3, "10000", "A", "one", "list 10000"],
      [4, "10000", "B", "two", "list 10000"],
    ]);
    expect(facts.rejectsByReason).toEqual({ "empty artist": 2 });
    expect(rejected[0]!.detail).toBe("track 3 of playlist 2000");
  });

  it("reads JSON lines so that ids come back as they were", async () => {
    const lines = [
      { playlist_id: "p1", tracks: ["Muse-Uprising", "opaque"] },
      { playlist_id: 7, tracks: ["Jay-Z-99 Problems"], artists: ["Jay-Z"], title: "rap" },
      { playlist_id: "u9-gym", tracks: ["x"], title: "gym" },
    ];
    const { rows, rejected } = await clean({
      "s.jsonl": `${lines.map((line) => JSON.stringify(line)).join("\n")}\n{"playlist_id": "p2", "tracks": "x"}\n{oops\n`,
    });
    expect(rows).toEqual([
      [0, null, null, "Muse-Uprising", "p1"],
      [1, null, null, "opaque", "p1"],
      [2, "7", "Jay-Z", "99 Problems", "rap"],
      [3, "u9", null, "x", "gym"],
    ]);
    expect(rejected.map(({ line, reason }) => [line, reason])).toEqual([
      [4, "not a playlist"],
      [5, "not valid JSON"],
    ]);
  });

  it("reads Parquet, its own master table too, and rejects rows with holes", async () => {
    const path = join(folder, "in.parquet");
    await withDuckDb({}, (database) =>
      database.run(`COPY (SELECT * FROM (VALUES (1, 'A', 'x', 'p'), (1, NULL, 'y', 'p'), (2, 'B', ' ', 'q'), (2, 'B', 'z', 'q'))
        t("User ID", "Artist Name(s)", "Track Name", playlist_name)) TO ${sqlString(path)} (FORMAT parquet)`),
    );
    const { rows, rejected } = await clean({}, { inputs: ["in.parquet"] });
    expect(rows).toEqual([
      [0, "1", "A", "x", "p"],
      [3, "2", "B", "z", "q"],
    ]);
    expect(rejected.map(({ line, reason }) => [line, reason])).toEqual([
      [2, "empty artist"],
      [3, "empty track"],
    ]);
    const again = await clean({}, { inputs: ["out/master.parquet"] });
    expect(again.rows.map((row) => row.slice(1))).toEqual(rows.map((row) => row.slice(1)));
  });

  it("takes each file for a playlist, named after it, where no column holds the playlist", async () => {
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
      [4, null, "D", "Four", join(folder, "anna/mix.csv")],
      [5, null, "E", "Five", join(folder, "ben/mix.csv")],
    ]);
    expect(rejected).toMatchObject([{ line: 4, reason: "empty artist" }]);
    expect(facts.files[0]).toMatchObject({ rows: 3, playlist: { name: "Road trip", ofEachUser: false } });
    expect(filePlaylistsLine(facts.files)).toMatch(
      /^no column is known .*: each of 4 files is one playlist, named after the file, as "Road trip"; .*--columns/,
    );
  });

  it("takes each file for a playlist of each of its users", async () => {
    const { rows, facts } = await clean({ "plays.csv": "Username,Artist,Track\nu,A,x\nv,B,y\n" });
    expect(rows.map(([, user, , , playlist]) => [user, playlist])).toEqual([
      ["u", "plays"],
      ["v", "plays"],
    ]);
    expect(filePlaylistsLine(facts.files)).toContain(
      'plays.csv is one playlist of each of its users, "plays"',
    );
    expect(filePlaylistsLine((await clean({ "a.csv": header + good })).facts.files)).toBeUndefined();
  });

  it("takes a Parquet file for a playlist, as others", async () => {
    await withDuckDb({}, (database) =>
      database.run(
        `COPY (SELECT 'A' AS artist, 'x' AS track) TO ${sqlString(join(folder, "it's.parquet"))} (FORMAT parquet)`,
      ),
    );
    const { rows, facts } = await clean({}, { inputs: ["it's.parquet"] });
    expect(rows).toEqual([[0, null, "A", "x", "it's"]]);
    expect(facts.files[0]!.playlist).toEqual({ name: "it's", ofEachUser: false });
  });

  it("keeps the order of files as they are given, plain and gzipped", async () => {
    const { rows, facts } = await clean(
      {
        "b.csv.gz": gzipSync(`${header}"u","b","1","p"\n"u","b","2","p"\n`),
        "a.csv": `${header}"u","a","1","p"\n`,
      },
      { inputs: ["b.csv.gz", "a.csv"] },
    );
    expect(rows.map((row) => `${row[0]} ${row[2]}${row[3]}`)).toEqual(["0 b1", "1 b2", "2 a1"]);
    expect(facts.files.map((file) => file.rows)).toEqual([2, 1]);
  });
});

describe("broken inputs", () => {
  it("a file that is not there", async () => {
    expect(await failure({}, { inputs: ["gone.csv"] })).toMatchObject({ code: "missing-input", left: [] });
    expect((await failure({}, { inputs: ["gone-*.csv"] })).message).toMatch(/no file matches/);
  });

  it("an empty file, and one of empty lines", async () => {
    expect(await failure({ "a.csv": "" })).toMatchObject({ code: "empty-input", left: [] });
    expect(await failure({ "a.csv": "\n \n" })).toMatchObject({ code: "empty-input", left: [] });
  });

  it("a header and nothing more", async () => {
    const { code, message, left } = await failure({ "a.csv": header });
    expect({ code, left }).toEqual({ code: "empty-input", left: [] });
    expect(message).toMatch(/a\.csv.*only a header/);
  });

  it("wrong columns: says which there are, which are wanted, and how to map them", async () => {
    const { message, hint, left } = await failure({ "a.csv": "listener,performer,song\nx,y,z\n" });
    expect(message).toMatch(
      /a\.csv, line 1: found the columns "listener", "performer", "song", wanted also artist$/,
    );
    expect(hint).toBe(
      'say which column is which with a mapping, such as --columns "artist=…,track=song,playlist=…"; without playlist=… each file is one playlist',
    );
    expect(left).toEqual([]);
    expect(
      (
        await failure(
          { "a.csv": "by,song,list\nx,y,z\n" },
          { mapping: { artist: "byy", track: "song", playlist: "list" } },
        )
      ).message,
    ).toMatch(/wanted also "byy"/);
  });

  it("a line with an unclosed quote, a NUL byte, Latin-1 bytes: each costs its line and is told", async () => {
    const { facts, rejected, rows } = await clean({
      "a.csv": Buffer.concat([
        Buffer.from(`${header}${good}"u1","Muse,"Starlight","gym"\n${good}"u1","Mu\0se","x","gym"\n`),
        Buffer.from('"u1","Björk","Jóga","gym"\n', "latin1"),
        Buffer.from(`${good}"u1","Muse"\n`),
      ]),
    });
    expect(rows).toHaveLength(3);
    expect(facts.rejectsByReason).toEqual({
      "unclosed quote": 1,
      "NUL byte": 1,
      "not UTF-8": 1,
      "wrong number of fields": 1,
    });
    expect(rejected.map((reject) => reject.line)).toEqual([3, 5, 6, 8]);
    expect(rejected[0]!.text).toBe('"u1","Muse,"Starlight","gym"');
    expect(rejected[2]!.text).toBe('"u1","Björk","Jóga","gym"');
    expect(facts.firstRejects).toEqual(rejected);
  });

  it("a gzip cut short", async () => {
    const whole = gzipSync(
      header + Array.from({ length: 5000 }, (_, i) => `"u${i}","a","t${i * 7919}","p"\n`).join(""),
    );
    const { code, message, left } = await failure({ "a.csv.gz": whole.subarray(0, whole.length / 2) });
    expect({ code, left }).toEqual({ code: "cut-short", left: [] });
    expect(message).toMatch(/a\.csv\.gz is cut short/);
    const broken = Buffer.from(whole);
    broken.fill(0x55, 2000, 2100);
    expect((await failure({ "a.csv.gz": broken })).code).toBe("damaged");
  });

  it("two files of different forms, or of different columns", async () => {
    const { code, message } = await failure({
      "a.csv": header + good,
      "b.jsonl": '{"playlist_id": "p", "tracks": ["x"]}\n',
    });
    expect(code).toBe("different-forms");
    expect(message).toMatch(/b\.jsonl is sequences as JSON lines, but .*a\.csv is CSV/);
    for (const other of ["user,artist,track,playlist\nu,a,t,p\n", "user_id,artistname,trackname\nu,a,t\n"])
      expect((await failure({ "a.csv": header + good, "b.csv": other })).code).toBe("different-forms");
  });

  it("nothing but rejects: the rejects are kept, the table is not written", async () => {
    const { code, message, left } = await failure({ "a.csv": `${header}"u","","t","p"\n"u"\n` });
    expect(code).toBe("no-usable-rows");
    expect(message).toMatch(/none of the 2 rows.*line 2: empty artist/);
    expect(left).toEqual(["rejects.jsonl"]);
  });

  it("without a rejects file counts and shows them, and says what keeps them", async () => {
    const [some, none] = [join(folder, "some.csv"), join(folder, "none.csv")];
    await writeFile(some, `${header}"u","","t","p"\n${good}`);
    await writeFile(none, `${header}"u","","t","p"\n`);
    const output = join(folder, "out", "master.parquet");
    const facts = await cleanPlaylists({ inputs: [some], output });
    expect(facts).toMatchObject({ accepted: 1, rejected: 1, rejectsByReason: { "empty artist": 1 } });
    expect(facts.firstRejects).toMatchObject([{ file: some, line: 2, reason: "empty artist" }]);
    expect(await readdir(join(folder, "out"))).toEqual(["master.parquet"]);
    await expect(cleanPlaylists({ inputs: [none], output })).rejects.toMatchObject({
      hint: `segue run intermediate --input ${none} keeps all of them in a file`,
    });
  });

  it.each([
    ["a.csv", Buffer.from([0x50, 0x4b, 3, 4, 0, 0]), /zip archive/],
    ["a.csv", Buffer.from("\ufeffuser_id", "utf16le"), /UTF-16/],
    ["a.json", "[1, 2]", /JSON array/],
    ["a.json", '{"playlists": [', /not valid JSON/],
    ["a.json", '{"info": {}, "playlists": []}', /no playlists/],
    ["a.parquet", "PAR1 and then nothing of the sort", /damaged Parquet/],
    ["a.parquet.gz", gzipSync("PAR1 and what follows"), /a\.parquet\.gz is gzipped Parquet/],
  ])("%s that is something else (%#)", async (name, contents, message) => {
    const failed = await failure({ [name]: contents });
    expect(failed.message).toMatch(message);
    expect(failed.left).toEqual([]);
  });

  it.each([
    ["utf16.csv", Buffer.from(header + good, "utf16le"), /UTF-16/],
    ["utf16be.csv", Buffer.from(header + good, "utf16le").swap16(), /UTF-16/],
    ["mac.csv", (header + good).replaceAll("\n", "\r"), /carriage returns alone/],
    ["picture.csv", Buffer.from("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "latin1"), /not text/],
    ["noise.csv", Buffer.from([1, 0, 2, 250, 251, 0, 0, 7, 9]), /not text/],
    ["text.parquet", header + good, /text\.parquet is not Parquet/],
    ["few.csv.gz", gzipSync(header + good).subarray(0, 12), /few\.csv\.gz is cut short/],
    ["nothing.csv.gz", gzipSync(""), /nothing\.csv\.gz is empty/],
  ] as const)("%s is refused as a whole", async (name, contents, message) => {
    const failed = await failure({ [name]: contents });
    expect(failed.message).toMatch(message);
    expect(failed.message).not.toMatch(/found the columns/);
    expect(failed.left).toEqual([]);
  });

  it("a byte order mark, CR LF, and a last line without an end are no faults", async () => {
    const { rows } = await clean({
      "a.csv": `\ufeff${header}${good}${good}`.replaceAll("\n", "\r\n").trimEnd(),
    });
    expect(rows.map((row) => row.slice(1))).toEqual([
      ["u1", "Muse", "Uprising", "gym"],
      ["u1", "Muse", "Uprising", "gym"],
    ]);
  });

  it("a folder, and a file that this user may not read", async (context) => {
    await mkdir(join(folder, "in"));
    expect(await failure({}, { inputs: ["in"] })).toMatchObject({
      message: expect.stringMatching(/in is a folder/),
      hint: expect.stringMatching(/in\/\*\.csv/),
      left: [],
    });
    await writeFile(join(folder, "a.csv"), header + good, { mode: 0 });
    if (process.getuid?.() === 0) {
      console.log("not run: a file that may not be read; root may read all of them");
      context.skip();
    }
    expect(await failure({}, { inputs: ["a.csv"] })).toMatchObject({ code: "unreadable-input", left: [] });
  });

  it("playlists without tracks are counted, each with its line", async () => {
    const { rejected, facts } = await clean({
      "s.jsonl": '{"playlist_id": "a", "tracks": []}\n{"playlist_id": "b", "tracks": ["x"]}\n',
    });
    expect(facts).toMatchObject({ rows: 2, accepted: 1 });
    expect(rejected).toMatchObject([{ line: 1, reason: "no tracks", detail: 'playlist "a"' }]);
    const slice = await clean({
      "m.json": JSON.stringify({
        playlists: [
          { pid: 1, name: "empty", tracks: [] },
          { pid: 2, name: "one", tracks: [{ pos: 0, artist_name: "A", track_name: "x" }] },
        ],
      }),
    });
    expect(slice.facts.rejectsByReason).toEqual({ "no tracks": 1 });
    expect(await failure({ "e.jsonl": '{"playlist_id": "a", "tracks": []}\n' })).toMatchObject({
      code: "no-usable-rows",
      message: expect.stringMatching(/line 1: no tracks/),
    });
  });

  it("a file of Latin-1 alone: says how to read it", async () => {
    const { hint } = await failure({ "a.csv": Buffer.from(`${header}"u","Björk","Jóga","gym"\n`, "latin1") });
    expect(hint).toMatch(/--encoding latin-1/);
  });

  it("leaves the output of an earlier run alone when it fails", async () => {
    await clean({ "a.csv": header + good });
    const failed = await failure({ "b.csv": header });
    expect(failed.left).toEqual(["master.parquet", "rejects.jsonl"]);
    expect(await rowsOf(join(folder, "out", "master.parquet"))).toHaveLength(1);
  });

  it("stops when it is told to, and leaves nothing", async () => {
    await writeFile(join(folder, "a.csv"), header + good.repeat(300_000));
    const controller = new AbortController();
    await expect(
      cleanPlaylists({
        inputs: [join(folder, "a.csv")],
        output: join(folder, "out", "master.parquet"),
        rejects: join(folder, "out", "rejects.jsonl"),
        signal: controller.signal,
        progress: () => controller.abort(),
      }),
    ).rejects.toThrow(/abort/i);
    expect(await readdir(join(folder, "out"))).toEqual([]);
  });
});

describe("subset", () => {
  const lists = Array.from({ length: 400 }, (_, p) => `"u","a","t1","p${p}"\n"u","a","t2","p${p}"\n`);

  it("keeps about half, whole playlists, the same ones when others are added", async () => {
    const { rows, facts } = await clean({ "a.csv": header + lists.slice(0, 200).join("") }, { subset: true });
    const kept = new Set(rows.map((row) => row[4]));
    expect(facts).toMatchObject({ rows: 400, accepted: 400, written: rows.length });
    expect(rows.length).toBe(2 * kept.size);
    expect(kept.size).toBeGreaterThan(70);
    expect(kept.size).toBeLessThan(130);
    const more = await clean({ "a.csv": header + lists.join("") }, { subset: true });
    const keptOfMore = new Set(more.rows.map((row) => row[4]));
    expect([...kept].every((name) => keptOfMore.has(name))).toBe(true);
  });
});

describe("real playlists", () => {
  const real = join(
    process.env.SEGUE_SHARED_DATA ?? join(packageRoot, "..", "shared", "data"),
    "playlists.csv.gz",
  );

  it.skipIf(!existsSync(real))(
    "all 350,881 rows, none rejected, the same bytes at any number of threads",
    async (context) => {
      const hashes = [];
      for (const threads of [1, 2]) {
        const output = join(folder, `${threads}.parquet`);
        const facts = await cleanPlaylists({
          inputs: [real],
          output,
          rejects: join(folder, "r.jsonl"),
          threads,
        });
        expect(facts).toMatchObject({ rows: 350_881, accepted: 350_881, rejected: 0, written: 350_881 });
        hashes.push(
          createHash("sha256")
            .update(await readFile(output))
            .digest("hex"),
        );
      }
      expect(hashes[0]).toBe(hashes[1]);
      context.expect(hashes).toHaveLength(2);
    },
  );
  if (!existsSync(real))
    console.log(
      `not run: real playlists; put playlists.csv.gz into ${real}, or name its folder by SEGUE_SHARED_DATA`,
    );
});
