import { mkdir, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { sqlString, withDuckDb } from "../../system/index.js";
import { zipOf } from "../zip.testkit.js";
import { cleaning, good, header, rowsOf } from "./clean.testkit.js";
import { cleanPlaylists } from "./clean-playlists.js";

const { at, clean, failure } = cleaning();

describe("broken inputs", () => {
  it("a missing file", async () => {
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

  it("Parquet of lists: says how to take them apart, and that works", async () => {
    const make = (name: string, select: string) =>
      withDuckDb({}, (database) =>
        database.run(`COPY (${select}) TO ${sqlString(at(name))} (FORMAT parquet)`),
      );
    await make("apart.parquet", "SELECT 'p' AS playlist, ['Muse', 'Air'] AS artist, ['x', 'y'] AS track");
    await make(
      "structs.parquet",
      "SELECT 'p' AS playlist, [{artist: 'Muse', track: 'x'}, {artist: 'Air', track: 'y'}] AS tracks",
    );
    await make(
      "objects.parquet",
      `SELECT 'p' AS playlist, unnest([{track: 'x', nr: 1}, {track: 'y', nr: 2}]) AS track,
         unnest([['Muse'], ['Air']]) AS artist`,
    );
    for (const name of ["apart.parquet", "structs.parquet", "objects.parquet"]) {
      const { code, message, hint } = await failure({}, { inputs: [name] });
      expect(code).toBe("nested-columns");
      expect(message).toMatch(
        /holds (lists, in the column "(artist", "track|tracks)"|objects, in the column "track"); expected one track/,
      );
      const sql = hint.replace(/^.*with DuckDB: /, "").replace("rows.parquet", at("rows.parquet"));
      await withDuckDb({}, (database) => database.run(sql));
      expect((await clean({}, { inputs: ["rows.parquet"] })).rows).toEqual([
        [0, null, "Muse", "x", "p"],
        [1, null, "Air", "y", "p"],
      ]);
      await rm(at("out"), { recursive: true });
    }
  });

  it("Parquet with a column of DuckDB's own name: says how to leave it out, and that works", async () => {
    const select = "SELECT 'p' AS playlist, 'Muse' AS artist, 'x' AS track, 7 AS File_Row_Number";
    await withDuckDb({}, (database) =>
      database.run(`COPY (${select}) TO ${sqlString(at("a.parquet"))} (FORMAT parquet)`),
    );
    const { code, message, hint } = await failure({}, { inputs: ["a.parquet"] });
    expect(code).toBe("reserved-column");
    expect(message).toMatch(/a\.parquet has a column "File_Row_Number", a name that DuckDB uses itself/);
    const sql = hint.replace(/^.*with DuckDB: /, "").replace("rows.parquet", at("rows.parquet"));
    await withDuckDb({}, (database) => database.run(sql));
    expect((await clean({}, { inputs: ["rows.parquet"] })).rows).toEqual([[0, null, "Muse", "x", "p"]]);
  });

  it("a line with an unclosed quote, a NUL byte, Latin-1 bytes: each is rejected and reported", async () => {
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
    expect(facts.remedies).toEqual([
      "is it Latin-1? Then pass --encoding latin-1; otherwise save it as UTF-8",
    ]);
  });

  it("the text of a reject is unchanged: read as UTF-8 if valid, else as Latin-1", async () => {
    const csv = `${header}${good}"u1","Sigur R\ufffds","Glósóli"\n`;
    expect((await clean({ "a.csv": csv })).rejected[0]!.text).toBe('"u1","Sigur R\ufffds","Glósóli"');
    await rm(at("out"), { recursive: true });
    const line = (track: string) => `{"playlist_id": "p", "tracks": ["${track}"]}\n`;
    const lines = Buffer.from(line("Joga") + line("J\xf3ga\0"), "latin1");
    expect((await clean({ "a.jsonl": lines })).rejected).toMatchObject([
      { reason: "NUL byte", text: expect.stringContaining("J\xf3ga\0") },
    ]);
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
    const { code, message, exitCode } = await failure({
      "a.csv": header + good,
      "b.jsonl": '{"playlist_id": "p", "tracks": ["x"]}\n',
    });
    // A resumed run would have the same inputs.
    expect({ code, exitCode }).toEqual({ code: "different-forms", exitCode: 2 });
    expect(message).toMatch(/b\.jsonl is sequences as JSON lines, but .*a\.csv is CSV/);
    for (const [other, lacks] of [
      [
        "user_id,artistname,trackname\nu,a,t\n",
        /b\.csv has no column for the playlist, but .*a\.csv has: "playlistname"$/,
      ],
      [
        "artist,track,list,playlist\na,t,l,p\n",
        /b\.csv has no column for the user_id, but .*a\.csv has: "user_id"$/,
      ],
    ] as const) {
      const failed = await failure({ "a.csv": header + good, "b.csv": other });
      expect(failed).toMatchObject({ code: "different-forms", left: [] });
      expect(failed.message).toMatch(lacks);
    }
    const forced = await failure({ "a.csv": header + good }, { format: "mpd" });
    expect(forced).toMatchObject({
      message: expect.stringMatching(/a\.csv is CSV, not a Spotify Million Playlist slice$/),
      hint: "leave out the format: CSV is detected",
    });
    const turned = await failure({
      "a.csv": "artist,track\na,t\n",
      "b.csv": "artist,track,playlist\na,t,p\n",
    });
    expect(turned.message).toMatch(/a\.csv has no column for the playlist, but .*b\.csv has: "playlist"$/);
  });

  it("only rejects: the rejects are kept, the table is not written", async () => {
    const { code, message, left } = await failure({ "a.csv": `${header}"u","","t","p"\n"u"\n` });
    expect(code).toBe("no-usable-rows");
    expect(message).toMatch(/none of the 2 rows.*line 2: empty artist/);
    expect(left).toEqual(["rejects.jsonl"]);
  });

  it("without a rejects file: counts and shows rejects, and says how to keep them", async () => {
    const [some, none] = [at("some.csv"), at("n o n e.csv")];
    await writeFile(some, `${header}"u","","t","p"\n${good}`);
    await writeFile(none, `${header}"u","","t","p"\n`);
    const output = at("out", "master.parquet");
    const facts = await cleanPlaylists({ inputs: [some], output });
    expect(facts).toMatchObject({ accepted: 1, rejected: 1, rejectsByReason: { "empty artist": 1 } });
    expect(facts.firstRejects).toMatchObject([{ file: some, line: 2, reason: "empty artist" }]);
    expect(await readdir(at("out"))).toEqual(["master.parquet"]);
    await expect(cleanPlaylists({ inputs: [none], output })).rejects.toMatchObject({
      hint: `segue run intermediate --input '${none}' keeps all of them in a file`,
    });
    const many = ["1", "2", "3", "4"].map((name) => at(name));
    for (const each of many) await writeFile(each, await readFile(none));
    await expect(cleanPlaylists({ inputs: many, output })).rejects.toMatchObject({
      hint: `segue run intermediate --input ${many[0]} … keeps all of them in a file`,
    });
  });

  it.each([
    ["a.csv", Buffer.from([0x50, 0x4b, 3, 4, 0, 0]), /zip archive/],
    ["a.xlsx", Buffer.from("PK\x03\x04 … [Content_Types].xml … xl/workbook.xml", "latin1"), /a spreadsheet$/],
    ["a.xls", Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1]), /a spreadsheet$/],
    ["a.csv.bz2", Buffer.from("BZh91AY&SY"), /compressed by bzip2/],
    ["a.csv", "<!DOCTYPE html>\n<html>, <b>not found</b></html>", /a web page/],
    [
      "mix.cue",
      'PERFORMER "x"\r\nFILE "a.mp3" MP3\r\n  TRACK 01 AUDIO\r\n    TITLE "Uprising"\r\n',
      /a cue sheet$/,
    ],
    ["Read_Me_First.pdf", "%PDF-1.4\n%", /a PDF document$/],
    ["a.json", '{"playlists": [{"pid": 1', /not valid JSON/],
    ["a.json", '{"info": {"pid": 1}, "playlists": []}', /no playlists/],
    ["a.parquet", "PAR1 and then nothing of the sort", /damaged Parquet/],
    ["a.parquet.gz", gzipSync("PAR1 and what follows"), /a\.parquet\.gz is gzipped Parquet/],
  ])("%s that is something else (%#)", async (name, contents, message) => {
    const failed = await failure({ [name]: contents });
    expect(failed.message).toMatch(message);
    expect(failed.left).toEqual([]);
  });

  it("a web page beside the files: is to be left out", async () => {
    const { hint } = await failure({ "archive_browser.html": "<!DOCTYPE html>\n<html></html>" });
    expect(hint).toMatch(/^leave it out/);
  });

  it("Parquet whose rows are damaged, though its columns can be read", async () => {
    await withDuckDb({}, (database) =>
      database.run(
        `COPY (SELECT 'artist ' || i % 9 AS artist, 'track ' || i AS track FROM range(400) t(i))
         TO ${sqlString(at("rows.parquet"))} (FORMAT parquet)`,
      ),
    );
    const whole = await readFile(at("rows.parquet"));
    const { code, message, left } = await failure({ "a.parquet": whole.fill(0xff, 40, 60) });
    expect({ code, left }).toEqual({ code: "damaged", left: [] });
    expect(message).toMatch(/a\.parquet is damaged Parquet: .*decompression failure/);
  });

  it.each([
    ["a slice", '{"info": {},\n"playlists": [{"pid": 1'],
    ["a list", '[\n{"name": 1'],
    ["a line of sequences", '{"playlist_id": "p", "tracks": ["'],
    ["a line of playlists", '{"name": "p", "songs": ["'],
  ])("JSON that is too large to be read at once: %s", async (_, begins) => {
    await writeFile(at("big.json"), begins);
    // Takes no room on the disk.
    await truncate(at("big.json"), 600 * 2 ** 20);
    const { code, message, hint, left } = await failure({}, { inputs: ["big.json"] });
    expect({ code, left }).toEqual({ code: "too-large", left: [] });
    expect(message).toMatch(/big\.json(, line 1 is longer than| is too large: .* at most) 512 MiB/);
    expect(hint).toMatch(/JSON lines.*jq -c '\.playlists\[\]'/);
  });

  it("JSON nested a hundred thousand deep is rejected alone, like any other that is no playlist", async () => {
    const deep = "[".repeat(100_000) + "]".repeat(100_000);
    const fine = '{"name": "gym", "tracks": ["a", "b"]}';
    const whole = await clean({ "a.json": `[${fine}, {"name": "x", "tracks": ${deep}}]` });
    const lines = await clean({ "b.jsonl": `${fine}\n{"name": "x", "tracks": ${deep}}\n` });
    for (const { rows, rejected } of [whole, lines]) {
      expect(rows).toHaveLength(2);
      expect(rejected).toMatchObject([
        // Node.js 26 reads it to its end.
        { reason: "not a playlist", text: expect.stringMatching(/too deeply|^\{"name": ?"x"/) },
      ]);
    }
  });

  it("an element of XML with megabytes of text", async () => {
    const text = `<playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList><track><title>${"x".repeat(17 << 20)}`;
    const { code, message } = await failure({ "a.xspf.gz": gzipSync(text) });
    expect(code).toBe("damaged");
    expect(message).toMatch(/a\.xspf\.gz, line 1: .*a text longer than 16 MiB/);
  });

  it("a line of 40 MB in an archive, which is unpacked in small pieces, takes linear time", async () => {
    const began = process.cpuUsage();
    const { rows } = await clean({
      "a.zip": zipOf({ "a.csv": `${header}${good}${"x".repeat(40_000_000)}` }),
    });
    expect(rows).toHaveLength(1);
    expect(process.cpuUsage(began).user).toBeLessThan(5_000_000);
  });

  it.each([
    ["half-utf16.csv", Buffer.from(`\ufeff${header}\ud800${good}`, "utf16le"), /begins as UTF-16 text/],
    ["mixed.csv", `a\rb${header}${good}`, /bare carriage returns/],
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

  it("a folder, and a file that this user may not read", async (context) => {
    await mkdir(at("in"));
    expect(await failure({}, { inputs: ["in"] })).toMatchObject({
      message: expect.stringMatching(/in is a folder/),
      hint: expect.stringMatching(/in\/\*\.csv/),
      left: [],
    });
    await writeFile(at("in/one.m3u8"), "");
    await writeFile(at("in/README.md"), "");
    expect(await failure({}, { inputs: ["in"] })).toMatchObject({
      hint: expect.stringMatching(/in\/\*\.m3u8/),
    });
    await writeFile(at("a.csv"), header + good, { mode: 0 });
    if (process.getuid?.() === 0) {
      console.log("not run: a file that may not be read; root may read all of them");
      context.skip();
    }
    expect(await failure({}, { inputs: ["a.csv"] })).toMatchObject({ code: "unreadable-input", left: [] });
  });

  it("other bytes are refused, listing formats and compressions", async () => {
    const failed = await failure({ "a.csv": "\x01\0\x02" });
    expect(failed.message).toMatch(/a\.csv is not text: its first line has binary data$/);
    expect(failed.hint).toMatch(
      /^Segue reads CSV, .*, Parquet; each plain, gzipped \(except Parquet\) or in a zip archive$/,
    );
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

  it.each([String.raw`"u","Muse","12\" mix","gym"`, String.raw`"u","Muse","a \"b, c\" d","gym"`])(
    "a quote escaped by a backslash, in columns with other names: says how to read it (%#)",
    async (line) => {
      const text = `user,artist,track,playlist\n${good}${line}\n`;
      const { facts } = await clean({ "a.csv": text });
      expect(facts).toMatchObject({ accepted: 1, rejected: 1 });
      expect(facts.remedies).toEqual([expect.stringMatching(/--escape backslash/)]);
      const told = await clean({ "a.csv": text }, { escape: "backslash" });
      expect(told.facts).toMatchObject({ accepted: 2, remedies: [] });
    },
  );

  it("a bad quote without a backslash: has no hint", async () => {
    const { facts } = await clean({ "a.csv": `${header}${good}"u","Muse","x" y,"gym"\n` });
    expect(facts).toMatchObject({ rejected: 1, remedies: [] });
  });

  it("leaves the output of an earlier run alone when it fails", async () => {
    await clean({ "a.csv": header + good });
    const failed = await failure({ "b.csv": header });
    expect(failed.left).toEqual(["master.parquet", "rejects.jsonl"]);
    expect(await rowsOf(at("out", "master.parquet"))).toHaveLength(1);
  });

  it("stops on abort, and leaves nothing", async () => {
    await writeFile(at("a.csv"), header + good.repeat(300_000));
    const controller = new AbortController();
    await expect(
      cleanPlaylists({
        inputs: [at("a.csv")],
        output: at("out", "master.parquet"),
        rejects: at("out", "rejects.jsonl"),
        signal: controller.signal,
        progress: () => controller.abort(),
      }),
    ).rejects.toThrow(/abort/i);
    expect(await readdir(at("out"))).toEqual([]);
  });
});
