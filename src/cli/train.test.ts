/** `segue train` as users run it. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { zipOf } from "../playlists/zip.testkit.js";
import { distPath } from "../system/index.js";
import { msToEnd } from "../system/time.testkit.js";
import { loadVectors } from "../track2vec/index.js";
import { ScratchProject } from "./project.testkit.js";

const project = new ScratchProject();
const file = (name: string) => project.at(name);
const input = file("playlists.jsonl");

beforeAll(async () => {
  const lines = Array.from({ length: 300 }, (_, p) => ({
    playlist_id: `p${p}`,
    tracks: Array.from({ length: 8 }, (_, i) => `${p % 2 ? "jazz" : "rock"}-${(p * 3 + i) % 25}`),
  }));
  await writeFile(input, lines.map((line) => JSON.stringify(line)).join("\n"));
});
afterAll(() => project.remove());

async function segue(...args: (string | number)[]) {
  const { code: status, ...said } = await project.segueHere("train", ...args.map(String));
  expect(said.stderr).not.toMatch(/ at .*\.js:|looks like a bug/);
  return { status, ...said };
}
const quick = (...args: (string | number)[]) =>
  segue("--input", input, "--epochs", 2, "--vector-size", 6, "--threads", 1, ...args);

describe("segue train", () => {
  it.each([
    ["word2vec-binary", "v.bin"],
    ["word2vec-text", "v.txt"],
    ["parquet", "v.parquet"],
    ["safetensors", "v.safetensors"],
  ] as const)("writes %s and prints exactly the documented JSON", async (format, name) => {
    const { status, stdout, stderr } = await quick("--output", file(name), "--json");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const figures = JSON.parse(stdout);
    expect(Object.keys(figures)).toEqual([
      ...["vocabulary", "words", "seconds", "words_per_second", "loss_per_epoch", "peak_rss_mb"],
    ]);
    expect(figures).toMatchObject({ vocabulary: 50, words: 2400 });
    expect(figures.loss_per_epoch).toHaveLength(2);
    expect(figures.peak_rss_mb).toBeGreaterThan(20);
    const vectors = await loadVectors(file(name), format);
    expect([vectors.length, vectors.size]).toEqual([50, 6]);
  });

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

  it("prints a few readable lines, and accepts every option", async () => {
    const all = [
      ...["--sg", "--hs", 1, "--window", 4, "--no-shrink-windows", "--negative", 3, "--ns-exponent", -0.5],
      ...["--min-count", 2, "--max-final-vocab", 60, "--sample", 0, "--alpha", 0.05, "--min-alpha", 0.001],
      ...["--no-cbow-mean", "--seed", 7, "--workers", "racy"],
    ];
    const { status, stdout } = await quick("--output", file("all.bin"), ...all);
    expect(status).toBe(0);
    expect(stdout).toMatch(/track vectors by skip-gram from 2,400 plays/);
    expect(stdout).toMatch(/2 epochs in .* \(1 thread, racy\)/);
  });

  it.each([
    [["--windw", "3"], /unknown option '--windw'[\s\S]*Did you mean --window/],
    [
      ["--vector-size", "0"],
      /--vector-size <n>' argument '0' is invalid. It should be a whole number from 1/,
    ],
    [["--vector-size", "NaN"], /It should be a whole number from 1/],
    [["--epochs", "-1"], /--epochs <n>' .* a whole number ≥ 1/],
    [["--window", "2.5"], /--window <n>' .* a whole number/],
    [["--sample", "-1"], /--sample <x>' .* a number ≥ 0/],
    [["--negative", "0"], /--negative is 0 and --hs is off: nothing would be learnt/],
    [["--alpha", "0"], /--alpha <x>' .* a number > 0/],
    [["--min-alpha", "1"], /--min-alpha \(1\) is above --alpha/],
    [["--threads", "0"], /--threads <n>' .* a whole number from 1/],
    [["--sg", "2"], /It should be 0 or 1/],
    [["--workers", "wild"], /--workers must be "deterministic" or "racy", got "wild"/],
    [["--format", "csv"], /there is no vector format "csv"/],
    [["--output", "vectors.dat"], /cannot tell the format of vectors\.dat/],
    // Before any file is read.
    [["--validation", "1.5", "--resume", "none"], /1\.5 is not a share between 0 and 1/],
    [["--validation", "0.1", "--patience", "0"], /--patience <n>' .* a whole number ≥ 1/],
    [["--validation", "0.1", "--validation-k", "0"], /--validation-k <n>' .* a whole number ≥ 1/],
    [["--patience", "3"], /--patience without --validation would change nothing/],
    [["--validation-k", "100"], /--validation-k without --validation would change nothing/],
    [["--checkpoint", "./no.bin", "--output", "no.bin"], /--output no\.bin would overwrite the checkpoint/],
    [["--max-final-vocab", "0"], /--max-final-vocab <n>' .* a whole number ≥ 1/],
  ] as const)("refuses %j with exit code 2", async (args, message) => {
    const { status, stdout, stderr } = await quick("--output", file("no.bin"), ...args);
    expect(stderr).toMatch(message);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(existsSync(file("no.bin"))).toBe(false);
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

  it("says so if downsampling leaves nothing to learn from", async () => {
    const small = file("small.jsonl");
    await writeFile(
      small,
      '{"playlist_id":"a","tracks":["A","B","C"]}\n{"playlist_id":"b","tracks":["B","C","A"]}',
    );
    const train = (...args: (string | number)[]) =>
      segue(
        "--input",
        small,
        "--min-count",
        1,
        "--epochs",
        2,
        "--output",
        file("small.bin"),
        "--json",
        ...args,
      );
    const nothing = await train("--sample", 1e-9);
    expect(JSON.parse(nothing.stdout).loss_per_epoch).toEqual([0, 0]);
    expect(nothing).toMatchObject({
      status: 0,
      stderr:
        "nothing was learnt, the vectors did not change; no two plays of a playlist were left by --sample 1e-9: use --sample 0 for small data\n",
    });
    expect(await train("--sample", 0)).toMatchObject({ status: 0, stderr: "" });
  });

  it.each([
    ["--size 48", "there is no option --size", "--size is gensim's older name of --vector-size."],
    ["--iter=5", "there is no option --iter", "--iter is gensim's older name of --epochs."],
    [
      "--compute_loss",
      "there is no option --compute_loss",
      "Leave it out: --json always has loss_per_epoch.",
    ],
    [
      "--max-vocab-size 9",
      "there is no option --max-vocab-size",
      /--max-final-vocab limits how many are kept/,
    ],
    ["--corpus-file x", "there is no option --corpus-file", "Playlists are --input."],
    [
      "--workers 4",
      '--workers must be "deterministic" or "racy", got "4"',
      "The number of threads (gensim's workers) is --threads.",
    ],
  ])("recognises gensim's %s, and says what to write instead", async (args, message, hint) => {
    const { status, stdout, stderr } = await quick(...args.split(" "), "--output", file("theirs.bin"));
    expect([status, stdout]).toEqual([2, ""]);
    const [first, second] = stderr.split("\n");
    expect(first).toBe(`error: ${message}`);
    expect(second).toMatch(hint);
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

  it("leaves existing files alone if a training diverges", async () => {
    const args = ["--output", file("good.bin"), "--checkpoint", file("good.safetensors")];
    expect((await quick(...args)).status).toBe(0);
    const before = await Promise.all(
      [file("good.bin"), file("good.safetensors")].map((name) => readFile(name)),
    );
    const { status, stdout, stderr } = await quick(...args, "--alpha", 100, "--json");
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toBe(
      "error: training diverged in epoch 1: the loss is not a number\n" +
        "  → use a smaller --alpha than 100 (0.025 by default)\n",
    );
    expect(
      await Promise.all([file("good.bin"), file("good.safetensors")].map((name) => readFile(name))),
    ).toEqual(before);
  });

  it("resumes to the same bytes, and refuses other options", async () => {
    const whole = await quick("--output", file("whole.bin"), "--checkpoint", file("c.safetensors"));
    expect(whole.status).toBe(0);
    const again = await quick("--output", file("again.bin"), "--resume", file("c.safetensors"));
    expect(again.status).toBe(0);
    expect((await readFile(file("again.bin"))).equals(await readFile(file("whole.bin")))).toBe(true);
    const other = await quick("--output", file("o.bin"), "--resume", file("c.safetensors"), "--window", 3);
    expect(other.status).toBe(2);
    expect(other.stderr).toMatch(/was made with other --window \(10 then, 3 now\)/);
  });

  it("says that a checkpoint was finished and how to continue, and writes its outputs", async () => {
    const judged = ["--validation", 0.1, "--checkpoint", file("f.safetensors")];
    expect((await quick("--output", file("f.bin"), ...judged)).status).toBe(0);
    const rest = ["--validation", 0.1, "--resume", file("f.safetensors"), "--output", file("g.bin")];
    const again = await quick(...rest, "--checkpoint", file("g.safetensors"));
    expect(again.stderr).toBe(
      `${file("f.safetensors")} had all of its 2 epochs; nothing was trained, and its vectors are written\n` +
        `  → to train on, start from them: --from ${file("g.bin")} instead of --resume, with --epochs for how many more\n`,
    );
    expect(again.stdout).toContain(`track vectors by CBOW from 2,216 plays: ${file("g.bin")}`);
    expect(again.stdout).not.toMatch(/epochs? .*in \d/);
    for (const kind of ["bin", "safetensors"])
      expect((await readFile(file(`g.${kind}`))).equals(await readFile(file(`f.${kind}`)))).toBe(true);
    expect(JSON.parse((await quick(...rest, "--json")).stdout)).toMatchObject({ resumed_epochs: 2 });

    const longer = await quick(...rest, "--epochs", 4);
    expect([longer.status, longer.stderr]).toEqual([
      2,
      `error: ${file("f.safetensors")} was made with other --epochs (2 then, 4 now)\n` +
        "  → Give the same playlists and options as before (--threads may differ), or train from the start.\n" +
        "  → The learning rate falls over all epochs, so a training cannot become longer; to train on with its vectors: --from.\n",
    ]);
    expect((await quick(...rest, "--validation-k", 7)).stderr).toContain(
      "was made with other --validation-k (100 then, 7 now)",
    );
    const from = await quick("--from", file("g.bin"), "--output", file("h.bin"), "--validation", 0.1);
    expect([from.status, from.stderr]).toEqual([0, ""]);
  });

  it("continues from vectors with their dimensions, and refuses a truncated file", async () => {
    expect((await quick("--output", file("first.safetensors"))).status).toBe(0);
    const news = file("news.jsonl");
    const tracks = ["rock-1", "new-1", "new-2"];
    await writeFile(news, JSON.stringify({ playlist_id: "n", tracks }).concat("\n").repeat(9));
    const args = ["--input", news, "--epochs", 2, "--output", file("second.safetensors")];
    expect(await segue(...args, "--from", file("first.safetensors"))).toMatchObject({
      status: 0,
      stderr: "",
    });
    const vectors = await loadVectors(file("second.safetensors"));
    expect([vectors.length, vectors.size]).toEqual([52, 6]);
    const wrong = await segue(...args, "--from", file("first.safetensors"), "--vector-size", 9);
    expect(wrong).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("have 6 dimensions, --vector-size is 9"),
    });
    const bytes = await readFile(file("first.safetensors"));
    await writeFile(file("cut.safetensors"), bytes.subarray(0, bytes.length - 9));
    const cut = await segue(...args, "--from", file("cut.safetensors"));
    expect(cut).toMatchObject({ status: 1, stderr: expect.stringContaining("cut short") });
  });

  it("names an unwritable path as given, before any training", async () => {
    // The playlists are not even looked for.
    const args = ["--input", file("none.jsonl"), "--epochs", 100_000];
    const refused = await segue(...args, "--output", "/proc/v3.bin");
    expect(refused).toMatchObject({ status: 1, stdout: "" });
    expect(refused.stderr).toMatch(/^error: --output: cannot use \/proc\/v3\.bin: [^\n]+\n {2}→ [^\n]+\n$/);
    const misused = await segue(...args, "--output", file("v.bin"), "--checkpoint", file("."));
    expect(misused).toMatchObject({ status: 2, stderr: expect.stringContaining("is a folder") });
  });

  it("evaluates epochs on queries or held-back playlists", async () => {
    const queries = file("queries.jsonl");
    const lines = Array.from({ length: 20 }, (_, i) => ({ context: [`rock-${i}`], next: `rock-${i + 1}` }));
    await writeFile(queries, lines.map((line) => JSON.stringify(line)).join("\n"));
    for (const [validation, words] of [
      [queries, (n: number) => n === 2400],
      ["0.2", (n: number) => n < 2400 && n > 1400],
    ] as const) {
      const args = ["--validation", validation, "--validation-k", 10, "--patience", 2];
      const { status, stdout } = await quick("--output", file("j.bin"), "--epochs", 9, ...args, "--json");
      expect(status).toBe(0);
      const figures = JSON.parse(stdout);
      const ratios: number[] = figures.hit_ratio_per_epoch;
      expect(ratios).toHaveLength(figures.loss_per_epoch.length);
      expect(figures.best_epoch).toBe(ratios.indexOf(Math.max(...ratios)) + 1);
      expect(words(figures.words)).toBe(true);
    }
  });

  it("ends within 2 s of Ctrl-C and says how to resume, which works", async () => {
    const checkpoint = file("long.safetensors");
    const args = ["--input", input, "--epochs", "100000", "--vector-size", "6", "--output", file("long.bin")];
    const child = spawn(process.execPath, [
      distPath("cli/main.js"),
      "train",
      ...args,
      "--checkpoint",
      checkpoint,
    ]);
    let told = "";
    child.stderr.on("data", (text) => {
      told += text;
    });
    const ended = new Promise<number | null>((resolve) => child.on("exit", (code) => resolve(code)));
    while (!existsSync(checkpoint)) await new Promise((resolve) => setTimeout(resolve, 20));
    const began = performance.now();
    child.kill("SIGINT");
    expect(await ended).toBe(130);
    expect(performance.now() - began).toBeLessThan(msToEnd(2000));
    expect(told).toContain("interrupted");
    expect(told).toMatch(/the same command with --resume .*long\.safetensors goes on after epoch \d+/);
    expect(existsSync(file("long.bin"))).toBe(false);
  });
});
