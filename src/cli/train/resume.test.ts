/** Trainings that end early, are judged on the way, or go on from what there is. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { distPath } from "../../system/index.js";
import { msToEnd } from "../../system/time.testkit.js";
import { loadVectors } from "../../track2vec/index.js";
import { trainings } from "./train.testkit.js";

const { file, input, segue, quick } = trainings();

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
