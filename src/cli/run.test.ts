/** The command as people call it: all four flows on a small sample, and what is wrong said in one message. */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { distPath } from "../system/index.js";

const exec = promisify(execFile);
let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "segue-run-"));
});

afterAll(async () => {
  await rm(home, { recursive: true, force: true });
});

/** Runs the command in its own folder; never throws. */
async function segue(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return exec(process.execPath, [distPath("cli/main.js"), ...args], {
    cwd: home,
    env: { ...process.env, NO_COLOR: "1" },
  }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
}

describe("segue run", () => {
  it("takes playlists to a checked endpoint and a report, and recommends afterwards", async () => {
    expect((await segue("sample", "--playlists", "300", "--output", "sample.csv")).code).toBe(0);
    const grid = JSON.stringify([
      { recommender: "track2vec", epochs: 5, min_count: [2, 3] },
      { recommender: "vstan" },
      { recommender: "popularity" },
    ]);
    const run = await segue("run", "--input", "sample.csv", "--grid", grid, "--json");
    expect(run.stderr).toBe("");
    expect(run.code).toBe(0);
    const outcome = JSON.parse(run.stdout);
    expect(outcome.flows.map((flow: { flow: string }) => flow.flow)).toEqual([
      "intermediate",
      "primary",
      "modeling",
      "deployment",
    ]);
    expect(outcome.rejected).toBe(0);
    expect(outcome.ranking).toHaveLength(4);
    expect(outcome.ranking[0].hitRatio).toBe(
      Math.max(...outcome.ranking.map((point: { hitRatio: number }) => point.hitRatio)),
    );
    expect(outcome.testHitRatio).toBeGreaterThan(outcome.randomBetHitRatio);
    expect(outcome.check.answer.length).toBeGreaterThan(0);
    expect(await readdir(join(home, "data", "05_outputs"))).toContain("report.html");

    const asked = await segue("recommend", outcome.check.track, "-k", "3", "--json");
    expect(JSON.parse(asked.stdout).tracks.map((each: { track: string }) => each.track)).toEqual(
      outcome.check.answer.slice(0, 3).map((each: { track: string }) => each.track),
    );
    const reasoned = await segue(
      "recommend",
      outcome.check.track,
      "-k",
      "3",
      "--unplayed",
      "--explain",
      "--json",
    );
    const reasons = JSON.parse(reasoned.stdout).tracks as { track: string; because: string }[];
    expect(reasons.map(({ because }) => because).join()).toMatch(
      /after|with|near|same artist|in \d+ playlist/,
    );
    expect(reasons.map(({ track }) => track)).not.toContain(outcome.check.track);
    const longer = await segue("recommend", outcome.check.track, "--extend", "-k", "5", "--json");
    const added = JSON.parse(longer.stdout).tracks.map(({ track }: { track: string }) => track);
    expect(new Set([...added, outcome.check.track]).size).toBe(6);
    const barred = await segue("recommend", outcome.check.track, "--extend", "--not", added[0], "--json");
    expect(barred.stdout).not.toContain(JSON.stringify(added[0]));
    const unknown = await segue("recommend", `${outcome.check.track}x`, "--json");
    expect(JSON.parse(unknown.stdout).unknown[0].nearest).toContain(outcome.check.track);
  }, 180_000);

  it.each([
    [["run", "--input", "nowhere.csv"], 1, /nowhere\.csv/],
    [["run", "--knn-k", "0"], 2, /knn-k must be at least 1, got 0/],
    [["run", "--dev", "--ratio", "2"], 2, /ratio must be at most 1, got 2/],
    [["run", "--knn-kk", "5"], 2, /--knn-kk.*\n?.*--knn-k/],
    [["run", "modelling"], 2, /did you mean "modeling"/],
    [["recommend"], 2, /nothing to go on/],
  ] as const)("says what is wrong with %j", async (args, code, message) => {
    const result = await segue(...args);
    expect(result.code).toBe(code);
    expect(result.stdout + result.stderr).toMatch(message);
    expect(result.stderr).not.toMatch(/\n\s+at /);
  });

  it("leaves no table behind where a file has other columns, and names them", async () => {
    await writeFile(join(home, "wrong.csv"), "a,b\n1,2\n");
    const result = await segue("run", "intermediate", "--input", "wrong.csv", "--data", "other");
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/"?a"?, "?b"?/);
    expect(await readdir(join(home, "other", "02_processed")).catch(() => [])).not.toContain(
      "master_playlists.parquet",
    );
  });
});
