import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { distPath, isAlive } from "../system/index.js";
import { msToEnd } from "../system/time.testkit.js";
import { ScratchProject } from "./project.testkit.js";

const project = new ScratchProject();
const { folder } = project;
const train = project.at("train.jsonl.gz");
const queries = project.at("queries.jsonl");

beforeAll(async () => {
  // Two circles of songs: after number i of a circle comes number i + 1.
  const lines = Array.from({ length: 60 }, (_, p) => ({
    playlist_id: `p${p}`,
    tracks: Array.from({ length: 5 }, (_, i) => `${p % 2 ? "jazz" : "rock"}-${(p + i) % 10}`),
  }));
  await writeFile(train, gzipSync(lines.map((line) => JSON.stringify(line)).join("\n")));
  const asked = [
    ...Array.from({ length: 8 }, (_, i) => ({ context: [`rock-${i}`], next: `rock-${i + 1}` })).filter(
      (_, i) => i % 2 === 0,
    ),
    { context: ["nobody knows this"], next: "nor this" },
  ];
  await writeFile(queries, asked.map((line) => JSON.stringify(line)).join("\n"));
});
afterAll(() => project.remove());

async function segue(...args: string[]) {
  const { code: status, ...said } = await project.segueHere("evaluate", ...args);
  return { status, ...said };
}

/** Popularity, measured on the queries. */
const popularity = (...flags: string[]) =>
  segue("--train", train, "--queries", queries, "--recommender", "popularity", ...flags);

describe("segue evaluate", () => {
  it("prints only one JSON object with exactly the documented names", async () => {
    const args = [
      "--train",
      train,
      "--queries",
      queries,
      "--recommender",
      "transitions",
      "-k",
      "9",
      "--json",
    ];
    const { status, stdout, stderr } = await segue(...args);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const figures = JSON.parse(stdout);
    expect(Object.keys(figures).sort()).toEqual(
      [
        ...["recommender", "k", "queries", "hit_ratio", "mrr", "ndcg", "coverage"],
        ...["fit_seconds", "recommend_seconds", "peak_rss_mb"],
      ].sort(),
    );
    // Four of five queries can be hit; the fifth counts as a miss.
    expect(figures).toMatchObject({ recommender: "transitions", k: 9, queries: 5, hit_ratio: 0.8 });
    expect(figures.peak_rss_mb).toBeGreaterThan(20);
  });

  it("suggests splitting a play log that makes too few playlists to hold any out", async () => {
    const log = join(folder, "log.csv");
    const when = (i: number) => new Date(Date.UTC(2024, 0, Math.floor(i / 5), 9, i % 5)).toISOString();
    const plays = Array.from({ length: 400 }, (_, i) => `A,${i % 9},${when(i)}\n`);
    await writeFile(log, `artist,track,played_at\n${plays.join("")}`);
    const { status, stderr } = await segue("--train", log, "--recommender", "popularity");
    expect([status, stderr.split("\n").slice(-3)]).toEqual([
      2,
      [
        expect.stringMatching(/^error: holding out 0\.2 of 1 playlist leaves none to /),
        "  → the plays look like a log, with one playlist per file or user: --session-gap 30 starts a new one after each pause of more than 30 minutes",
        "",
      ],
    ]);
    const parted = await segue("--train", log, "--recommender", "popularity", "--session-gap", "30");
    expect(parted.stderr).toContain(
      "80 playlists: a new one starts after each pause longer than --session-gap",
    );
    expect(parted.status).toBe(0);
  });

  it("prints a readable page, with slices", async () => {
    const { status, stdout } = await popularity("-k", "5,20");
    expect(status).toBe(0);
    expect(stdout).toContain("popularity: 5 queries");
    expect(stdout).toMatch(/at 5: hit ratio [\s\S]*at 20: hit ratio 80\.00 %/);
    expect(stdout).toMatch(/target: never in training +1 +0\.00 %/);
    expect(stdout).toMatch(
      /\nnote: training knows only 20 tracks, so that 5 .*: -k 1\nnote: only 5 queries were/,
    );
  });

  it("shows slices and remarks at the k that was named first", async () => {
    const { stdout } = await popularity("-k", "20,5");
    expect(stdout).toMatch(/\nat 5: .*\n.*\nat 20: .*\n.*\n\nslice +queries +hit@20 +MRR@20\n/);
    expect(stdout).toMatch(/\ntarget: tail +2 +100\.00 % /);
    expect(stdout).toMatch(/\nnote: training knows only 20 tracks, and an answer of 20 holds them all, /);
  });

  it("remarks on a leaderboard with too little data, and not on one with enough", async () => {
    const board = ["--leaderboard", "--recommender", "popularity", "transitions", "-k", "2"];
    const few = await segue("--train", train, ...board, "--every-position", "--hold-out", "0.1");
    // Queries of one playlist are not independent: playlists are counted.
    expect(few.stdout).toMatch(
      /^(\d+) queries\n[\s\S]*\n\nnote: only (?!\1)\d playlists were asked, .*\nnote: \d of \d playlists asked about .* in training too, .*\n$/,
    );
    const strange = join(folder, "strange.jsonl");
    const lines = Array.from({ length: 300 }, (_, i) => ({
      context: ["rock-1"],
      next: i % 4 ? "new" : "rock-2",
    }));
    await writeFile(strange, lines.map((line) => JSON.stringify(line)).join("\n"));
    const unknown = await segue("--train", train, "--queries", strange, ...board);
    expect(unknown.stdout).toMatch(
      /\n\nnote: only 25 % of the tracks asked for were in training, .* 0\.2500; .*\n$/,
    );
    const known = lines.map((line) => JSON.stringify({ ...line, next: "rock-2" }));
    await writeFile(strange, known.join("\n"));
    expect((await segue("--train", train, "--queries", strange, ...board)).stdout).not.toContain("note");
  });

  it("says what to do if there is nothing to measure, in each form of a leaderboard", async () => {
    const strange = join(folder, "nothing.jsonl");
    const html = join(folder, "nothing.html");
    const board = ["--leaderboard", "--recommender", "nearest", "popularity", "-k", "2", "--html", html];
    const ask = async (query: object) => {
      await writeFile(strange, `${JSON.stringify(query)}\n`.repeat(200));
      const text = await segue("--train", train, "--queries", strange, ...board);
      const json = await segue("--train", train, "--queries", strange, ...board, "--json");
      expect([text.status, json.status]).toEqual([0, 0]);
      const { remarks, rows } = JSON.parse(json.stdout) as {
        remarks: string[];
        rows: { hit_ratio: { mean: number } }[];
      };
      const page = await readFile(html, "utf8");
      for (const remark of remarks) {
        expect(text.stdout).toContain(`note: ${remark}\n`);
        expect(page).toContain(`<p>note: ${remark}</p>`);
      }
      return { remarks, hits: rows.map(({ hit_ratio }) => hit_ratio.mean) };
    };
    // Nobody can name the target; nobody knows what played, so that nearest has no answer at all.
    expect(await ask({ context: ["rock-1"], next: "new" })).toEqual({
      remarks: [expect.stringMatching(/^none of the tracks asked for was in training/)],
      hits: [0, 0],
    });
    expect((await ask({ context: ["new"], next: "rock-1" })).remarks).toEqual([
      expect.stringMatching(/^no query holds a track that training knows/),
    ]);
  });

  it("counts a repeated k once, and ranks by the first k", async () => {
    const figures = JSON.parse((await popularity("-k", "5,2,5", "--json")).stdout);
    expect(figures).toMatchObject({ k: 5, at: [{ k: 2 }] });
    expect(figures.at).toHaveLength(1);
  });

  it("holds out some playlists of a file of plays as queries", async () => {
    const csv = join(folder, "plays.csv");
    const rows = Array.from({ length: 400 }, (_, i) => {
      const [p, place] = [Math.floor(i / 4), i % 4];
      return `Band,${p % 2 ? "jazz" : "rock"} ${(p + place) % 10},list ${p}`;
    });
    await writeFile(csv, `performer,song,playlist\n${rows.join("\n")}\n`);
    const flags = ["--train", csv, "--columns", "artist=performer,track=song,playlist=playlist", "-k", "3"];
    const one = await segue(...flags, "--recommender", "transitions", "--json");
    expect(one.status).toBe(0);
    const [, heldOut] = /held out (\d+) of 100 playlists, and asked about the last track of each/.exec(
      one.stderr,
    )!;
    expect(JSON.parse(one.stdout)).toMatchObject({ queries: Number(heldOut), hit_ratio: 1 });
    const every = await segue(
      ...[...flags, "--every-position", "--hold-out", "0.5", "--seed", "7", "--json"],
      ...["--leaderboard", "--recommender", "transitions", "popularity"],
    );
    const [told, other] = every.stderr.match(/held out (\d+) of 100/g)!;
    expect(other).toBeUndefined();
    expect(JSON.parse(every.stdout)).toMatchObject({
      queries: 3 * Number(/\d+/.exec(told!)![0]),
      failures: [],
    });
  });

  it("reads a play log with all options for raw files, for each recommender", async () => {
    const csv = join(folder, "log.csv");
    const plays = Array.from({ length: 200 }, (_, i) => {
      const [day, place] = [Math.floor(i / 5), i % 5];
      return `${day % 3 ? "Band" : "BAND"},Song ${(day + place) % 9},0${1 + (day % 8)}/0${1 + Math.floor(day / 8)}/2024 1${place}:00`;
    });
    await writeFile(csv, `artist,track,played_at\n${plays.join("\n")}\n`);
    const flags = ["--train", csv, "--session-gap", "120", "-k", "3", "--json"];
    const board = ["--leaderboard", "--recommender", "transitions", "popularity"];
    const untold = await segue(...flags, ...board);
    expect(untold.status).toBe(2);
    expect(untold.stderr).toMatch(/log\.csv, line \d+: cannot tell the day from the month/);
    const { status, stdout, stderr } = await segue(
      ...flags,
      ...board,
      "--dates",
      "day-first",
      "--merge-capitals",
    );
    expect(status).toBe(0);
    expect(stderr).toMatch(/^40 playlists: .*\nmerged names that differ only in case: 70 rows/);
    expect(JSON.parse(stdout).failures).toEqual([]);
  });

  it("says what to do with playlists that are too short, and with files of several forms", async () => {
    const [csv, other] = [join(folder, "pairs.csv"), join(folder, "other.jsonl")];
    const pairs = Array.from({ length: 60 }, (_, i) => `Band,song ${i % 5},list ${Math.floor(i / 2)}`);
    await writeFile(csv, `artist,track,playlist\n${pairs.join("\n")}\n`);
    await writeFile(other, '{"name": "mine", "songs": [{"artist": "Band", "title": "song 1"}]}\n');
    const flags = ["--recommender", "popularity", "--json"];
    const none = await segue("--train", csv, ...flags);
    expect(none).toMatchObject({ status: 2, stderr: expect.stringContaining("--min-tracks 2 keeps") });
    expect((await segue("--train", csv, ...flags, "--min-tracks", "2")).status).toBe(0);
    const sequences = join(folder, "sequences.jsonl");
    await writeFile(sequences, gunzipSync(await readFile(train)));
    const mixed = await segue("--train", sequences, other, ...flags);
    expect(mixed.stderr).toMatch(
      /other\.jsonl is JSON of playlists or plays, but .*sequences\.jsonl is sequences/,
    );
    expect(mixed.status).toBe(2);
  });

  it("takes settings as JSON or as a word", async () => {
    const settings = ["--set", "contextDecay=linear", "--set", "neighbours=50", "--set", "repeats=auto"];
    const { status, stderr } = await segue(
      ...["--train", train, "--queries", queries, "--recommender", "v-sknn", "--json"],
      ...settings,
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  it("compares recommenders, each in its own process", async () => {
    const html = join(folder, "board.html");
    const names = ["--recommender", "popularity", "transitions"];
    const { status, stdout } = await segue(
      ...["--train", train, "--queries", queries, "-k", "2"],
      ...names,
      "--leaderboard",
      "--json",
      "--html",
      html,
    );
    expect(status).toBe(0);
    const board = JSON.parse(stdout);
    expect(board).toMatchObject({ k: 2, queries: 5, failures: [] });
    expect(board.rows.map((row: { recommender: string }) => row.recommender)).toEqual([
      "transitions",
      "popularity",
    ]);
    expect(board.rows[0].hit_ratio).toMatchObject({ mean: expect.closeTo(0.8, 12) });
    expect(await readFile(html, "utf8")).toContain("transitions");
  });

  it("ends at once when signalled, together with the process that fits", async () => {
    const sample = join(folder, "sample.csv");
    const main = distPath("cli/main.js");
    spawnSync(process.execPath, [main, "sample", "--playlists", "1500", "--output", sample]);
    const args = ["evaluate", "--train", sample, "--leaderboard", "--recommender", "blend"];
    const command = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    command.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    const exited = once(command, "exit");
    await expect.poll(() => said).toContain("held out");
    const children = () => spawnSync("pgrep", ["-P", String(command.pid)], { encoding: "utf8" }).stdout;
    const child = Number(children());
    expect(isAlive(child)).toBe(true);
    command.kill("SIGINT");
    const began = performance.now();
    expect(await exited).toEqual([130, null]);
    await expect.poll(() => isAlive(child)).toBe(false);
    expect(performance.now() - began).toBeLessThan(msToEnd(2000));
    expect(said).toMatch(/\ninterrupted\n/);
  });

  it("ends with a word when signalled while it fits", async () => {
    const sample = join(folder, "fitted.csv");
    const main = distPath("cli/main.js");
    spawnSync(process.execPath, [main, "sample", "--playlists", "1500", "--output", sample]);
    const command = spawn(process.execPath, [main, "evaluate", "--train", sample], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    command.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (text.includes("held out")) command.kill("SIGINT");
    });
    expect(await once(command, "close")).toEqual([130, null]);
    expect(said).toMatch(/\ninterrupted\n/);
  });

  it("refuses an unwritable card before it fits anything", async () => {
    // The playlists are not even looked for.
    const args = ["--train", join(folder, "none"), "--queries", queries, "--leaderboard", "--json"];
    expect(await segue(...args, "--html", folder)).toEqual({
      status: 2,
      stdout: "",
      stderr: expect.stringContaining(`error: --html: ${folder} is a folder`),
    });
  });

  it("prints the leaderboard even if its card can no longer be written", () => {
    const html = join(folder, "soon-a-folder.html");
    // What is loaded first makes the folder as soon as the first recommender is being fitted, in a process of its own.
    const preload = join(folder, "preload.mjs");
    writeFileSync(
      preload,
      `import { mkdirSync } from "node:fs"; if (process.send) mkdirSync(${JSON.stringify(html)}, { recursive: true });`,
    );
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [
        ...["--import", pathToFileURL(preload).href, distPath("cli/main.js"), "evaluate"],
        ...["--train", train, "--queries", queries, "--recommender", "popularity", "-k", "2"],
        ...["--leaderboard", "--json", "--html", html],
      ],
      { encoding: "utf8" },
    );
    expect(JSON.parse(stdout).rows).toHaveLength(1);
    expect(stderr).toBe(`error: cannot use ${html}: it is a folder\n  → name a file\n`);
    expect(status).toBe(1);
  });

  it("says what to do about a recommender whose process was killed, and shows the others", () => {
    const preload = join(folder, "killed.mjs");
    writeFileSync(
      preload,
      `const { once } = process;
      process.once = (name, heard) => once.call(process, name, name !== "message" ? heard : (task) =>
        task.recommender === "transitions" ? process.kill(process.pid, "SIGKILL") : heard(task));`,
    );
    const args = ["evaluate", "--train", train, "--queries", queries, "--leaderboard"];
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [distPath("cli/main.js"), ...args, "--recommender", "transitions", "popularity"],
      { encoding: "utf8", env: { ...process.env, NODE_OPTIONS: `--import=${pathToFileURL(preload).href}` } },
    );
    expect(stdout).toMatch(/^popularity /m);
    expect(stderr).toContain("could not evaluate transitions (the process that evaluated");
    expect(stderr).toContain("\n  → if it lacked memory: free some, or leave transitions out");
    expect(status).toBe(1);
  });

  it.each([
    [["--recommender", "nobody"], /there is no recommender "nobody"[\s\S]*there are: /],
    [["--recommender", "vstn"], /there is no recommender "vstn"\n.*did you mean "vstan"\?/],
    [["-k", "0"], /whole number ≥ 1/],
    [["-k", "x"], /whole number/],
    [["--html", "x.html"], /--html needs --leaderboard/],
    [["--hold-out", "0.5"], /--hold-out is for evaluations without --queries/],
    [["--hold-out", "1"], /a number > 0 and < 1/],
    [["--session-gap", "30"], /holds playlists, not plays with a time each/],
    [["--every-position"], /--every-position is for evaluations without --queries/],
    [["--set", "nonsense=1", "--recommender", "popularity"], /has no setting "nonsense"/],
    [["--set", "window=x", "--recommender", "popularity"], /setting "window" .* is "x", wanted a number > 0/],
    [
      ["--set", "skip=-1", "--recommender", "transitions"],
      /setting "skip" .* is -1, wanted a whole number ≥ 1/,
    ],
    [["--set", "tail=0.5"], /"folds" \(4\) parts of "tail" \(0.5\)[\s\S]*2 folds at most/],
  ])("refuses %j with exit code 2", async (args, message) => {
    const { status, stderr, stdout } = await segue("--train", train, "--queries", queries, "--json", ...args);
    expect(stderr).toMatch(message);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  });

  it("says where in a file the error is", async () => {
    const bad = join(folder, "bad.jsonl");
    await writeFile(bad, '{"context":["a"],"next":"b"}\n{"context":"a"}\n');
    const { status, stderr, stdout } = await segue(
      "--train",
      train,
      "--queries",
      bad,
      "--recommender",
      "popularity",
      "--json",
    );
    expect(stderr).toMatch(/bad\.jsonl:2: "context" should be a list of track ids, found "a"/);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect((await segue("--train", join(folder, "none"), "--queries", queries, "--json")).stderr).toMatch(
      /there is no file .*none/,
    );
  });

  it("expands globs, each in natural order", async () => {
    const parts = join(folder, "parts");
    await mkdir(parts);
    const [lines, asked] = [
      gunzipSync(await readFile(train))
        .toString()
        .split("\n"),
      await readFile(queries),
    ];
    await writeFile(join(parts, "train-2.jsonl"), lines.slice(0, 30).join("\n"));
    await writeFile(join(parts, "train-10.jsonl"), lines.slice(30).join("\n"));
    await writeFile(join(parts, "queries-1.jsonl"), asked);
    const figures = (stdout: string) => JSON.parse(stdout).hit_ratio;
    for (const flags of [[], ["--leaderboard"]]) {
      const { status, stdout, stderr } = await segue(
        ...["--train", join(parts, "train-*.jsonl"), "--queries", join(parts, "queries-?.jsonl")],
        ...["--recommender", "popularity", "--json", ...flags],
      );
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      if (flags.length === 0) expect(figures(stdout)).toBe(figures((await popularity("--json")).stdout));
    }
    const none = await segue("--train", join(parts, "test-*.jsonl"), "--queries", queries, "--json");
    expect(none).toMatchObject({ status: 1, stderr: expect.stringMatching(/no file matches .*test-\*/) });
  });
});
