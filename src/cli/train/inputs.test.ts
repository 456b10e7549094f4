/** What `segue train` reads, and what it leaves out or refuses. */
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { zipOf } from "../../playlists/zip.testkit.js";
import { trainings } from "./train.testkit.js";

const { file, input, segue } = trainings();

it("takes sequences as they are, whatever their file's name and however short they are", async () => {
  const lines = Array.from({ length: 50 }, (_, p) => ({
    playlist_id: `p${p}`,
    tracks: ["a", `b${p % 5}`],
  }));
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  for (const name of ["short.json", "short", "short.gz"]) {
    await writeFile(file(name), name.endsWith(".gz") ? gzipSync(text) : text);
    const { stdout, stderr } = await segue("--input", file(name), "--output", file("short.bin"), "--json");
    expect(stderr).toBe("");
    expect(JSON.parse(stdout), name).toMatchObject({ vocabulary: 6, words: 100 });
  }
});

it("says which lines of a raw file are left out", async () => {
  const raw = file("raw.csv");
  const plays = (user: string, tracks: number) =>
    Array.from({ length: tracks }, (_, t) => `"${user}","A","t${t}","p"`);
  const rows = [...plays("u1", 4), ...plays("u2", 2), '"u3","A","","p"', '"u3","A"'];
  await writeFile(
    raw,
    ['"user_id","artistname","trackname","playlistname"', ...rows].map((row) => `${row}\n`).join(""),
  );
  const train = (...args: (string | number)[]) =>
    segue("--input", raw, "--min-count", 1, "--sample", 0, "--output", file("raw.bin"), "--json", ...args);
  const { status, stdout, stderr } = await train();
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ vocabulary: 4, words: 4 });
  expect(stderr.trim().split("\n")).toEqual([
    "2 of 8 rows cannot be used and are left out:",
    `  ${raw}:8: empty track`,
    `  ${raw}:9: wrong number of fields (2 instead of 4)`,
    "playlists of fewer than 3 tracks are left out: 1, with 2 rows",
  ]);
  expect(JSON.parse((await train("--min-tracks", 2)).stdout)).toMatchObject({ words: 6 });
  const none = await train("--min-tracks", 9);
  expect(none.status).toBe(2);
  expect(none.stderr).toContain("no playlist is left: all 2 have fewer than 9 tracks");
});

it("reads raw files with unusual column names as its hint suggests", async () => {
  const raw = file("mine.csv");
  await writeFile(raw, "performer,song,list\nA,1,p\nA,2,p\nB,3,p\n");
  const train = (...args: string[]) =>
    segue("--input", raw, "--min-count", 1, "--epochs", 1, "--output", file("mine.bin"), "--json", ...args);
  expect((await train()).stderr).toContain('--columns "artist=…,track=song,playlist=list"');
  const { status, stdout } = await train("--columns", "artist=performer,track=song,playlist=list");
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ vocabulary: 3, words: 3 });
});

it("merges versions and names that differ in capitals, in raw files and sequences", async () => {
  const raw = file("names.csv");
  const songs = ["Help", "Help - Remastered 2009", "HELP", "Girl"];
  const artists = ["The Beatles", "The Beatles", "the beatles", "The Beatles"];
  await writeFile(raw, `artist,track\n${songs.map((song, i) => `${artists[i]},${song}\n`).join("")}`);
  const sequences = file("names.jsonl");
  const tracks = songs.map((song, i) => `${artists[i]}-${song}`);
  await writeFile(sequences, `${JSON.stringify({ playlist_id: "p", tracks })}\n`);
  const train = async (input: string, ...args: string[]) => {
    const common = ["--min-count", 1, "--epochs", 1, "--output", file("names.bin"), "--json"];
    const { status, stdout, stderr } = await segue("--input", input, ...common, ...args);
    expect(status).toBe(0);
    return { tracks: JSON.parse(stdout).vocabulary, stderr };
  };
  const as = await train(raw);
  expect(as.tracks).toBe(4);
  expect(as.stderr).toContain("1 artist and 1 track differ from another only in case: --merge-capitals");
  for (const input of [raw, sequences]) {
    const merged = await train(input, "--merge-capitals", "--merge-versions");
    expect(merged.tracks).toBe(2);
    expect(merged.stderr).toContain("merged versions of one song: 3 tracks became 2");
    expect((await train(input, "--merge-capitals")).stderr).toMatch(
      /merged names that differ only in case: \d rows/,
    );
    expect((await train(input, "--merge-versions")).tracks).toBe(3);
  }
});

it("reads JSON lines with other field names, but no broken sequences", async () => {
  const other = file("other.jsonl");
  const tracks = ["1", "2", "3"].map((name) => ({ artist: "A", name }));
  await writeFile(other, `${JSON.stringify({ name: "gym", tracks })}\n`);
  const train = (input: string) =>
    segue("--input", input, "--min-count", 1, "--epochs", 1, "--output", file("other.bin"), "--json");
  const { status, stdout } = await train(other);
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ vocabulary: 3, words: 3 });
  const broken = file("broken.jsonl");
  await writeFile(broken, '{"playlist_id": "p", "tracks": ["A-1"]}\n{"name": "p", "tracks": ["A-1"]}\n');
  expect((await train(broken)).stderr).toMatch(/broken\.jsonl:2: "playlist_id" is missing/);
  const hollow = file("hollow.jsonl");
  await writeFile(hollow, '{"playlist_id": "e", "tracks": []}\n{"playlist_id": "p", "tracks": ["A-1"]}\n');
  expect(await train(hollow)).toMatchObject({
    status: 0,
    stderr: expect.stringMatching(
      /^playlists without tracks are left out: 1, the first at .*hollow.jsonl:1\n/,
    ),
  });
});

it("takes JSON lines by a glob, in natural order", async () => {
  const lines = (await readFile(input, "utf8")).split("\n");
  await mkdir(file("parts"));
  await writeFile(file("parts/part-2.jsonl"), lines.slice(0, 100).join("\n"));
  await writeFile(file("parts/part-10.jsonl"), lines.slice(100).join("\n"));
  const args = ["--epochs", 2, "--vector-size", 6, "--threads", 1, "--output"];
  const parts = await segue("--input", file("parts/part-*.jsonl"), ...args, file("parts.bin"));
  expect(parts).toMatchObject({ status: 0, stderr: "" });
  expect((await segue("--input", input, ...args, file("one.bin"))).status).toBe(0);
  // The same plays in the same order give the same bits.
  expect(await readFile(file("parts.bin"))).toEqual(await readFile(file("one.bin")));
  const none = await segue("--input", file("parts/none-*.jsonl"), ...args, file("none.bin"));
  expect(none).toMatchObject({ status: 1, stderr: expect.stringMatching(/no file matches .*none-\*/) });
});

it("refuses to overwrite its inputs, by any path", async () => {
  const own = file("own.jsonl");
  await writeFile(own, await readFile(input));
  await symlink(own, file("link.jsonl"));
  const binaryLink = file("own.bin");
  await symlink(own, binaryLink);
  const binary = ["--format", "word2vec-binary"];
  const cases = [
    ["--input", own, "--output", own, ...binary],
    ["--input", file("own*.jsonl"), "--output", file("./parts/../own.jsonl"), ...binary],
    ["--input", file("link.jsonl"), "--output", own, ...binary],
    ["--input", input, own, "--output", file("no.bin"), "--checkpoint", own],
    ["--input", input, "--validation", own, "--output", own, ...binary],
    ["--input", input, "--resume", own, "--output", own, ...binary],
    ["--input", input, "--from", binaryLink, "--output", file("no.bin"), "--checkpoint", own],
  ];
  for (const args of cases) {
    const { status, stdout, stderr } = await segue(...args, "--epochs", 1);
    expect(stderr).toMatch(
      /--(output|checkpoint) .*own\.jsonl is one of the inputs and would be overwritten/,
    );
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  }
  expect(await readFile(own)).toEqual(await readFile(input));
  const archive = file("own.zip");
  await writeFile(archive, zipOf({ "lists/a.jsonl": await readFile(input) }));
  const inIt = await segue("--input", join(archive, "lists/a.jsonl"), "--output", archive, ...binary);
  expect(inIt.stderr).toMatch(/--output .*own\.zip is one of the inputs and would be overwritten/);
});

it("says what is wrong with its files, with exit code 1", async () => {
  await writeFile(file("empty.jsonl"), "");
  await writeFile(file("broken.jsonl"), '{"playlist_id":"a","tracks":["x"]}\n{"playlist_id":');
  const cases: [string[], RegExp][] = [
    [["--input", file("empty.jsonl")], /empty\.jsonl is empty/],
    [["--input", file("none.jsonl")], /there is no file .*none\.jsonl/],
    [["--input", file("broken.jsonl")], /broken\.jsonl:2: not JSON/],
    [
      ["--min-count", "100000"],
      /no track occurs 100000 times or more among 2400 plays[\s\S]*Lower --min-count/,
    ],
    [["--resume", file("none.safetensors")], /--resume: cannot use .*none\.safetensors/],
    [["--from", file("none.bin")], /--from: cannot use .*none\.bin: there is no such file/],
  ];
  for (const [args, message] of cases) {
    const inputs = args.includes("--input") ? [] : ["--input", input];
    const { status, stderr } = await segue(...inputs, "--output", file("no.bin"), "--epochs", 2, ...args);
    expect(stderr).toMatch(message);
    expect(status, stderr).toBe(1);
  }
});
