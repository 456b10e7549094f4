import { execFileSync, spawnSync } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { folderOfTests } from "../../system/files/temporary-folder.testkit.js";
import { distPath } from "../../system/index.js";
import { playlistCount, readQueries, readSequences } from "../index.js";

const folder = folderOfTests("sequences");

async function file(name: string, contents: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, contents);
  return path;
}

const two =
  '{"playlist_id":"p1","tracks":["a","b","a"]}\n{"playlist_id":7,"tracks":["c"],"title":"rainy sunday"}\n';

describe("readSequences", () => {
  it.each([undefined, 3, [undefined], {}])("refuses %j instead of files", async (files) => {
    const misused = {
      name: "SegueError",
      exitCode: 2,
      message: "the files must be a path or a list of paths",
    };
    await expect(readSequences(files as never)).rejects.toMatchObject(misused);
    await expect(readQueries(files as never)).rejects.toMatchObject(misused);
  });

  it("numbers tracks in order of appearance, plain and gzipped alike", async () => {
    const plain = await readSequences(await file("two.jsonl", two));
    const zipped = await readSequences(await file("two.jsonl.gz", gzipSync(two)));
    expect(zipped).toEqual(plain);
    expect(plain.tracks).toEqual(["a", "b", "c"]);
    expect([...plain.items]).toEqual([0, 1, 0, 2]);
    expect([...plain.offsets]).toEqual([0, 3, 4]);
    expect(plain.playlistIds).toEqual(["p1", "7"]);
    expect(plain.titles).toEqual(["", "rainy sunday"]);
    expect(plain.artists).toBeUndefined();
  });

  it("reads a number as the text of it", async () => {
    const path = await file("numbers.jsonl", '{"playlist_id":1,"tracks":[7,"7",8]}');
    expect((await readSequences(path)).tracks).toEqual(["7", "8"]);
    const asked = await file("asked.jsonl", '{"context":[7],"next":8}');
    expect(await readQueries(asked)).toEqual([{ context: ["7"], next: "8" }]);
  });

  it("reads several files as one, with artists, \\r\\n, a byte-order mark, blank lines and no last line end", async () => {
    const first = await file(
      "a.jsonl",
      '\ufeff{"playlist_id":"x","tracks":["é-1","n-2"],"artists":["é","n"]}\r\n\r\n',
    );
    const second = await file(
      "b.jsonl",
      '\ufeff\n\ufeff{"playlist_id":"y","tracks":["n-2"],"artists":["n"]}',
    );
    const corpus = await readSequences([first, second]);
    expect(playlistCount(corpus)).toBe(2);
    expect(corpus.artists).toEqual(["é", "n"]);
    expect([...corpus.items]).toEqual([0, 1, 1]);
  });

  it("joins gzip members and lines that span chunks", async () => {
    const long = Array.from({ length: 300_000 }, (_, i) => `artist-${i}`);
    const line = `${JSON.stringify({ playlist_id: "long", tracks: long })}\n`;
    const path = await file("members.gz", Buffer.concat([gzipSync(line), gzipSync(two)]));
    const corpus = await readSequences(path);
    expect([...corpus.offsets]).toEqual([0, 300_000, 300_003, 300_004]);
    expect(corpus.tracks[299_999]).toBe("artist-299999");
  });

  it.each([
    ["bad JSON", '{"playlist_id":"p","tracks":["a"]}\n{"playlist_id":', /bad\.jsonl:2: not JSON/],
    ["a JSON list", "[1]", /:1: expected an object, found \[1\]/],
    ["no id", '{"tracks":["a"]}', /:1: "playlist_id" is missing/],
    [
      "an id of a wrong type",
      '{"playlist_id":{},"tracks":["a"]}',
      /:1: "playlist_id" should be text, found \{\}/,
    ],
    ["no tracks", '{"playlist_id":"p"}', /:1: "tracks" is missing/],
    ["an empty list", '\n\n{"playlist_id":"p","tracks":[]}', /:3: "tracks" is an empty list/],
    [
      "tracks of a wrong type",
      '{"playlist_id":"p","tracks":"a"}',
      /should be a list of track ids, found "a"/,
    ],
    [
      "a track of a wrong type",
      '{"playlist_id":"p","tracks":["a",null]}',
      /"tracks"\[1\] should be a track id, found null/,
    ],
    [
      "a number that JSON rounds",
      '{"playlist_id":"p","tracks":[7,9007199254740993]}',
      /"tracks"\[1\] should be a track id, found 9007199254740992/,
    ],
    ["an empty track id", '{"playlist_id":"p","tracks":[""]}', /"tracks"\[0\] is empty/],
    [
      "too few artists",
      '{"playlist_id":"p","tracks":["a","b"],"artists":["x"]}',
      /"artists" holds 1 names for 2 tracks/,
    ],
    ["a title of a wrong type", '{"playlist_id":"p","tracks":["a"],"title":1}', /"title" should be text/],
    ["nothing", "\n", /holds no playlists/],
  ])("refuses %s and says where", async (_, contents, message) => {
    await expect(readSequences(await file("bad.jsonl", contents))).rejects.toThrow(message);
  });

  it("leaves out playlists without tracks if asked to, and says where they are", async () => {
    const path = await file("empty.jsonl", `\n{"playlist_id":"p","tracks":[]}\n${two}`);
    const places: string[] = [];
    const onEmpty = (place: string) => places.push(place);
    expect(await readSequences(path, { onEmpty })).toEqual(await readSequences(await file("two.jsonl", two)));
    expect(places).toEqual([`${path}:2`]);
    const none = await file("none.jsonl", '{"playlist_id":"p","tracks":[]}');
    await expect(readSequences(none, { onEmpty })).rejects.toThrow("holds no playlists with tracks");
  });

  it("refuses a cut gzip, damaged gzip, bad UTF-8, a folder and a missing file", async () => {
    const zipped = gzipSync(two.repeat(1000));
    await expect(readSequences(await file("cut.gz", zipped.subarray(0, -20)))).rejects.toThrow(
      /cut\.gz is cut short: the gzip data ends after/,
    );
    const damaged = Buffer.from(zipped);
    damaged[damaged.length - 6]! ^= 0xff;
    await expect(readSequences(await file("damaged.gz", damaged))).rejects.toThrow(
      /damaged\.gz is damaged: it begins as gzip/,
    );
    for (const third of ['{"playlist_id":"\xe9","tracks":["a"]}\n', '{"playlist_id":"\xc3']) {
      const bytes = Buffer.concat([Buffer.from(two), Buffer.from(third, "latin1")]);
      await expect(readSequences(await file("latin.jsonl", bytes))).rejects.toThrow(
        /latin\.jsonl:3: not UTF-8/,
      );
    }
    const table = Buffer.concat([Buffer.from("PAR1"), Buffer.from([0x15, 0x04, 0xff, 0xfe])]);
    await expect(readSequences(await file("train.parquet", table))).rejects.toThrow(
      /train\.parquet:1: Parquet, expected JSON lines/,
    );
    await expect(readQueries(await file("q.zip", "PK\x03\x04\n\n"))).rejects.toThrow(
      /q\.zip:1: a zip archive, expected JSON lines/,
    );
    await expect(readSequences(folder)).rejects.toThrow(/it is a folder/);
    await expect(readSequences(join(folder, "none"))).rejects.toThrow(/none: no such file/);
  });

  it.each([
    ['{"playlist_id":"p","tracks":["a","\\ud800x"]}', '"tracks"[1]'],
    ['{"playlist_id":"\\udc00","tracks":["a"]}', '"playlist_id"'],
    ['{"playlist_id":"p","tracks":["a"],"artists":["\\ud83d"]}', '"artists"[0]'],
    ['{"playlist_id":"p","tracks":["a"],"title":"\\ud83d"}', '"title"'],
  ])("refuses half a surrogate pair: %s", async (line, place) => {
    const good = '{"playlist_id":"p","tracks":["\\ud83d\\ude00","\\\\ud800"]}\n';
    await expect(readSequences(await file("half.jsonl", good + line))).rejects.toThrow(
      `half.jsonl:2: ${place} should be text without half of a surrogate pair, found "`,
    );
    expect((await readSequences(await file("whole.jsonl", good))).tracks).toEqual(["😀", "\\ud800"]);
  });

  it("refuses a NUL in an id", async () => {
    const path = await file("nul.jsonl", '{"playlist_id":"p","tracks":["a\\u0000"]}');
    await expect(readSequences(path)).rejects.toThrow(
      'nul.jsonl:1: "tracks"[0] should be text without NUL byte, found "a\\u0000"',
    );
  });

  it("reads lines that end as on old Macs", async () => {
    const old = await readSequences(await file("mac.jsonl", two.replaceAll("\n", "\r")));
    expect(old).toEqual(await readSequences(await file("two.jsonl", two)));
  });

  it.each([
    ["with a mark", Buffer.from(`\ufeff${two}`, "utf16le")],
    ["without one", Buffer.from(two, "utf16le").swap16()],
  ])("reads UTF-16 %s, as cleaning does", async (_, bytes) => {
    const corpus = await readSequences(await file("wide.jsonl", bytes));
    expect(corpus).toEqual(await readSequences(await file("two.jsonl", two)));
  });

  it.each([
    ["", two],
    [" of gzip", gzipSync(two)],
  ])("reads a named pipe%s, which can be opened only once", async (_, bytes) => {
    const pipe = join(folder, "pipe.jsonl");
    execFileSync("mkfifo", [pipe]);
    const [corpus] = await Promise.all([readSequences(pipe), writeFile(pipe, bytes)]);
    expect(corpus).toEqual(await readSequences(await file("two.jsonl", two)));
    await rm(pipe);
  });

  it("reads standard input, even if it is a socket from a Node parent", () => {
    const read = `import(${JSON.stringify(pathToFileURL(distPath("corpus/index.js")).href)}).then(
      async ({ readSequences }) => console.log((await readSequences("/dev/stdin")).tracks.join()));`;
    const socket = spawnSync(process.execPath, ["--eval", read], { input: two, encoding: "utf8" });
    expect(socket).toMatchObject({ stderr: "", stdout: "a,b,c\n" });
  });

  it("stops waiting for a pipe without a writer", async () => {
    const pipe = join(folder, "silent.jsonl");
    execFileSync("mkfifo", [pipe]);
    const stop = new AbortController();
    const reading = readSequences(pipe, { signal: stop.signal });
    setTimeout(() => stop.abort(), 50);
    await expect(reading).rejects.toMatchObject({ name: "AbortError" });
  });

  it("stops on abort", async () => {
    await expect(
      readSequences(await file("two.jsonl", two), { signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ name: "AbortError" });
  });
});

describe("readQueries", () => {
  it("reads contexts, answers and titles", async () => {
    const path = await file(
      "q.jsonl",
      '{"context":["a","b"],"next":"c"}\n{"context":[],"next":"d","title":"sad"}\n',
    );
    expect(await readQueries(path)).toEqual([
      { context: ["a", "b"], next: "c" },
      { context: [], next: "d", title: "sad" },
    ]);
  });

  it.each([
    ['{"next":"c"}', /:1: "context" is missing/],
    ['{"context":["a"]}', /:1: "next" is missing/],
    ['{"context":["a"],"next":4.5}', /:1: "next" should be a track id, found 4.5/],
    ['{"context":[null],"next":"a"}', /"context"\[0\] should be a track id, found null/],
    ['{"context":["a"],"next":"\\ud800"}', /:1: "next" should be text without half of/],
    ["", /holds no queries/],
  ])("refuses %s", async (contents, message) => {
    await expect(readQueries(await file("q.jsonl", contents))).rejects.toThrow(message);
  });
});
