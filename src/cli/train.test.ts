/** `segue train` as users run it. */
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { loadVectors } from "../track2vec/index.js";
import { trainings } from "./train/train.testkit.js";

const { file, segue, quick } = trainings();

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
  [["--vector-size", "0"], /--vector-size <n>' argument '0' is invalid. It should be a whole number from 1/],
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
  ["--compute_loss", "there is no option --compute_loss", "Leave it out: --json always has loss_per_epoch."],
  ["--max-vocab-size 9", "there is no option --max-vocab-size", /--max-final-vocab limits how many are kept/],
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

it("names an unwritable path as given, before any training", async () => {
  // The playlists are not even looked for.
  const args = ["--input", file("none.jsonl"), "--epochs", 100_000];
  const refused = await segue(...args, "--output", "/proc/v3.bin");
  expect(refused).toMatchObject({ status: 1, stdout: "" });
  expect(refused.stderr).toMatch(/^error: --output: cannot use \/proc\/v3\.bin: [^\n]+\n {2}→ [^\n]+\n$/);
  const misused = await segue(...args, "--output", file("v.bin"), "--checkpoint", file("."));
  expect(misused).toMatchObject({ status: 2, stderr: expect.stringContaining("is a folder") });
});
