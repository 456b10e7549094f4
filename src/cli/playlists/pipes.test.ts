/** Playlists that come through a pipe: what can be read in one go is read, all else is refused at once. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { folderOfTests } from "../../system/files/temporary-folder.testkit.js";
import { distPath } from "../../system/index.js";

const folder = folderOfTests("pipes");
const file = (name: string) => join(folder, name);
const noWriter = (name: string) => {
  execFileSync("mkfifo", [file(name)]);
  return file(name);
};

beforeAll(async () => {
  const lines = Array.from({ length: 60 }, (_, p) => ({
    playlist_id: `p${p}`,
    tracks: Array.from({ length: 5 }, (_, i) => `${p % 2 ? "jazz" : "rock"}-${(p + i) % 10}`),
  }));
  const plain = lines.map((line) => JSON.stringify(line)).join("\n");
  await writeFile(file("plays.jsonl"), plain);
  await writeFile(file("plays.jsonl.gz"), gzipSync(plain));
  await writeFile(file("queries.jsonl.gz"), gzipSync('{"context":["rock-0"],"next":"rock-1"}\n'));
  const rows = lines.flatMap(({ playlist_id, tracks }) => tracks.map((t) => `u,${t},${t},${playlist_id}`));
  await writeFile(file("plays.csv"), ["user_id,artist,track,playlist", ...rows].join("\n"));
});

/** In the folder of the files. */
function shell(command: string) {
  const { status, stdout, stderr } = spawnSync(
    "bash",
    ["-c", `segue() { "$NODE" "$SEGUE" "$@"; }; ${command}`],
    {
      cwd: folder,
      encoding: "utf8",
      timeout: 60_000,
      env: { ...process.env, NODE: process.execPath, SEGUE: distPath("cli/main.js"), NO_COLOR: "1" },
    },
  );
  return { status, stdout, stderr };
}

describe("JSON lines through a pipe", () => {
  it("are playlists and queries to evaluate", () => {
    const evaluated = (train: string, queries: string) => {
      const { stdout, ...ran } = shell(
        `segue evaluate --train ${train} --queries ${queries} --recommender transitions -k 5 --json`,
      );
      expect(ran).toEqual({ status: 0, stderr: "" });
      const { queries: asked, hit_ratio, mrr } = JSON.parse(stdout);
      return { asked, hit_ratio, mrr };
    };
    const files = evaluated("plays.jsonl", "queries.jsonl.gz");
    expect(files).toMatchObject({ asked: 1, hit_ratio: 1 });
    expect(evaluated("<(zcat plays.jsonl.gz)", "<(zcat queries.jsonl.gz)")).toEqual(files);
  });

  it("are playlists to train on", async () => {
    const train = (input: string, output: string, before = "") =>
      expect(
        shell(
          `${before} segue train --input ${input} --output ${output} --epochs 2 --vector-size 6 --threads 1 --json`,
        ),
      ).toMatchObject({ status: 0, stderr: "" });
    train("plays.jsonl", "of-file.bin");
    train("<(zcat plays.jsonl.gz)", "of-fd.bin");
    train("-", "of-stdin.bin", "zcat plays.jsonl.gz |");
    const vectors = await readFile(file("of-file.bin"));
    expect(await readFile(file("of-fd.bin"))).toEqual(vectors);
    expect(await readFile(file("of-stdin.bin"))).toEqual(vectors);
  });

  it("are read from another user's pipe, as by sudo or in a container", () => {
    // A pipe that may not be opened stands for it; root may open everything unless it gives that up.
    const plain = process.getuid?.() === 0 ? "setpriv --bounding-set -dac_override,-dac_read_search" : "";
    const { status, stderr } = shell(
      `cat plays.jsonl | (chmod 0 /dev/stdin; ${plain} "$NODE" "$SEGUE" train --input - --output of-other.bin --epochs 1 --json)`,
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  it("are waited for until SIGTERM or SIGINT if there is no writer", async () => {
    const pipe = noWriter("silent.jsonl");
    const verbs = {
      train: ["train", "--input", pipe, "--output", file("no.bin")],
      evaluate: ["evaluate", "--train", file("plays.jsonl"), "--queries", pipe],
      analyze: ["analyze", pipe],
    };
    for (const args of Object.values(verbs))
      for (const signal of ["SIGTERM", "SIGINT"] as const) {
        const child = spawn(process.execPath, [distPath("cli/main.js"), ...args], { stdio: "ignore" });
        const ended = once(child, "exit");
        // Any moment will do: before the pipe is opened, too.
        await sleep(700);
        expect(child.exitCode).toBeNull();
        child.kill(signal);
        const [code, by] = await Promise.race([ended, sleep(10_000, ["still waiting"])]);
        child.kill("SIGKILL");
        expect(code ?? by).toBe(by === null ? { SIGTERM: 143, SIGINT: 130 }[signal] : signal);
      }
  });
});

describe("anything else through a pipe", () => {
  const refused = (command: string) => {
    const { stdout, ...ran } = shell(command);
    expect(stdout).toBe("");
    return ran;
  };

  it("is refused at once with exit code 2 if it must be read twice", () => {
    const twice = (pipe: string, option = "") => ({
      status: 2,
      stderr: `error: ${option}${pipe} is a pipe, but must be read more than once\n  → write it to a file first\n`,
    });
    const named = noWriter("named.csv");
    expect(refused(`segue train --input ${named} --output no.bin`)).toEqual(twice(named));
    for (const name of ["from.bin", "from.safetensors"]) {
      const from = noWriter(name);
      expect(refused(`segue train --input plays.jsonl --from ${from} --output no.bin`)).toEqual(
        twice(from, "--from: "),
      );
    }
    const run = shell("cat plays.csv | segue run intermediate --input -");
    expect(run).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("- is a pipe, but must be read more than once"),
    });
    const leaderboard = "segue evaluate --leaderboard --queries queries.jsonl.gz --train /dev/stdin";
    expect(refused(`cat plays.jsonl | ${leaderboard}`)).toEqual(twice("/dev/stdin", "--train: "));
    const bundle = noWriter("bundle");
    for (const verb of [
      "serve",
      "recommend One-A --bundle",
      "export --format onnx --output no.onnx --bundle",
    ])
      expect(refused(`segue ${verb} ${bundle}`), verb).toEqual(
        twice(bundle, verb.startsWith("export") ? "--bundle: " : ""),
      );
    expect(refused("cat plays.jsonl | segue evaluate --train - --queries -")).toEqual({
      status: 2,
      stderr: expect.stringContaining("--train and --queries both read standard input"),
    });
  });

  it("is refused by its first line with exit code 1 if its name has no extension", () => {
    const wanted =
      'a pipe must hold JSON lines: write other formats to a file first; each line should look like {"playlist_id": "p1", "tracks": ["Artist-Track", …]}';
    const { status, stderr } = refused("cat plays.csv | segue train --input /dev/stdin --output no.bin");
    const hint = /^error: \/dev\/stdin:1: not JSON: .*\n {2}→ (.*)\n$/.exec(stderr)?.[1];
    expect({ status, hint }, stderr).toEqual({ status: 1, hint: wanted });
  });
});
