/** The command as people call it: all four flows on a small sample, and what is wrong said in one message. */
import { execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp, open, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { distPath } from "../system/index.js";
import { ScratchProject } from "./project.testkit.js";

const exec = promisify(execFile);
const project = new ScratchProject();
const home = project.folder;
const segue = (...args: string[]) => project.segueMeanwhile(...args);

beforeAll(() => project.write("x.csv", ""));
afterAll(() => project.remove());

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
    const card = (await segue("card", "intermediate/clean_data")).stdout;
    expect(card).toContain("no row was rejected");
    expect(card).not.toContain("<table");
    expect(outcome.ranking).toHaveLength(4);
    expect(outcome.ranking[0].hitRatio).toBe(
      Math.max(...outcome.ranking.map((point: { hitRatio: number }) => point.hitRatio)),
    );
    expect(outcome.testHitRatio).toBeGreaterThan(outcome.randomBetHitRatio);
    expect(outcome.check.answer.length).toBeGreaterThan(0);
    // Some thirty playlists were asked: what comes out says that this is little, and so does the report.
    const [rough] = outcome.remarks.filter((remark: string) => remark.includes("the hit ratio is rough"));
    expect(rough).toMatch(/^only \d\d playlists were asked/);
    expect(await readFile(join(home, "data", "05_outputs", "report.html"), "utf8")).toContain(rough);

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
    [
      ["run", "--max-workers", "0"],
      2,
      /'--max-workers <n>' argument '0' is invalid. It should be a whole number ≥ 1/,
    ],
    [["run", "--knn-k", "0"], 2, /knn-k must be at least 1, got 0/],
    [["run", "--dev", "--ratio", "2"], 2, /ratio must be at most 1, got 2/],
    [["run", "--dev", "false"], 2, /--dev takes no value, got "false"\n.*--no-dev/],
    [["run", "--dev=false"], 2, /--dev takes no value, got "false"\n.*--no-dev/],
    [["run", "--json", "yes"], 2, /--json takes no value, got "yes"\n.*write --json alone/],
    [["run", "--knn-kk", "5"], 2, /--knn-kk.*\n?.*--knn-k/],
    [["run", "modelling"], 2, /did you mean "modeling"/],
    [
      ["run"],
      2,
      /nothing to read\n {2}→ name your playlists.*\n {2}→ or make some.*--input data\/01_raw\/sample/,
    ],
    [
      ["run", "--input", "x.csv", "modeling"],
      2,
      /"modeling" stands behind --input.*\n.*run modeling --input/,
    ],
    [
      ["run", "primary", "--input", "x.csv"],
      2,
      /--input means nothing to primary\n.*run intermediate primary --input/,
    ],
    [
      ["run", "deployment", "--no-dev"],
      2,
      /--dev means nothing to deployment\n.*run primary modeling deployment --dev/,
    ],
    [
      ["run", "intermediate", "--knn-k", "5"],
      2,
      /to intermediate\n.*run intermediate primary modeling --knn-k/,
    ],
    [["run", "--tag", "nightly", "modeling"], 2, /"modeling" stands behind --tag.*\n.*run modeling --tag/],
    [
      ["run", fileURLToPath(new URL("../../README.md", import.meta.url))],
      2,
      /README\.md" is a file, and no flow\n.*run --input \S+README\.md/,
    ],
    [["run", "--input", "x.csv", "--columns", "foo"], 2, /not a column mapping: "foo"\n.*"artist=performer/],
    [["run", "deployment", "--from", "nowhere/x"], 2, /there (is no run "nowhere\/x"|are no runs)/],
    [["run", "--memory-limit", "lots"], 2, /memory-limit: wanted an amount such as "512MB"/],
    [["run", "--encoding", "ebcdic"], 2, /encoding must be one of utf-8, latin-1/],
    [
      ["run", "modeling", "--grid", '[{"recommender":"v-sknn","context_decay":["linear","foo"]}]'],
      2,
      /setting "context_decay" of the recommender "v-sknn" is "foo", wanted "linear" or a number > 0/,
    ],
    // Of all flows, before the first of them runs.
    [
      ["run", "--input", "x.csv", "--grid", '[{"recommender":"transitions"},{"recommender":"blnd"}]'],
      2,
      /^error: there is no recommender "blnd"/,
    ],
    [
      ["run", "--input", "x.csv", "--grid", '[{"recommender":"track2vec","bogus":1}]'],
      2,
      /^error: .* has no setting "bogus"\n.*vector_size, window/,
    ],
    [["run", "--input", "x.csv", "--vector-size", "100000000"], 2, /^error: the setting "vector_size"/],
    [["run", "--input", "x.csv", "--recommenders", "nope"], 2, /^error: the grid has no recommender "nope"/],
    [
      ["run", "modeling", "--grid", "not json"],
      2,
      /grid must be a list, got "not json" \(an example: \[\{"recommender":"track2vec"/,
    ],
    [["run", "modeling", "--grid", '[{"recommender":"oracle"}]'], 2, /there is no recommender "oracle"/],
    [["rnu"], 2, /Did you mean run\?/],
    [["runs", "--limt", "3"], 2, /Did you mean --limit\?/],
    [["recommend"], 2, /nothing to go on/],
    [["runs", "/nonexist/zz"], 2, /"\/nonexist\/zz" is no name of a flow\n.*--datastore/],
  ] as const)("says what is wrong with %j", async (args, code, message) => {
    const result = await segue(...args);
    expect(result.code).toBe(code);
    expect(result.stdout + result.stderr).toMatch(message);
    expect(result.stderr).not.toMatch(/\n\s+at /);
  });

  it("refuses words behind the flags of a module of one's own", async () => {
    const fixtures = fileURLToPath(new URL("../workflow/fixtures/flows.mjs", import.meta.url));
    for (const [args, message] of [
      [["--bad", "false"], /--bad takes no value, got "false"\n.*--no-bad/],
      [["--input", "x.csv"], /unknown option '--input'\n\(add --help/],
      [["--count", "1", "extra"], /"extra" stands behind a flag that does not take it/],
    ] as const) {
      const { code, stdout, stderr } = await segue("run", `${fixtures}:kinds`, "--folder", home, ...args);
      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toMatch(message);
    }
  });

  it("tells of a module of one's own what it takes, and nothing of playlists", async () => {
    project.writeFlows(
      "own/mine.js",
      `import { z } from ${JSON.stringify(import.meta.resolve("zod"))};
       const options = { module: import.meta.url, description: "counts words" };
       export const mine = segue
         .flow("mine", { ...options, parameters: z.object({ input: z.string().describe("a text") }) })
         .step("start", ({ parameters }) => ({ input: parameters.input }));`,
    );
    const { code, stdout } = await segue("run", "own/mine.js", "--help");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: segue run own\/mine\.js \[options\]\n\nmine: counts words\n/);
    expect(stdout).toMatch(/--input <value> +a text \[required\]\n/);
    expect(stdout).toContain("segue run own/mine.js --tag try");
    expect(stdout).not.toMatch(/playlists|endpoint|knn|words\.\.\./);
    expect(stdout).not.toMatch(/modeling|intermediate/);
    const ran = await segue("run", "own/mine.js", "--input", "a text", "--datastore", "own/store", "--json");
    expect(ran.stderr).toBe("");
    expect((await segue("dump", "mine/start/input", "--datastore", "own/store")).stdout).toContain("a text");
  });

  it.each([
    ["-", 2, /^error: - is a pipe, and has to be read more than once\n/],
    ["gone.csv", 1, /^error: there is no file gone\.csv\n/],
    ["gone*.csv", 1, /^error: no file matches gone\*\.csv\n/],
    [".", 2, /^error: \. is a folder\n/],
  ] as const)("begins no run that would read %s", async (input, code, message) => {
    const refused = await segue("run", "--input", input, "--datastore", "unread");
    expect([refused.code, refused.stdout]).toEqual([code, ""]);
    expect(refused.stderr).toMatch(message);
    expect(await readdir(home)).not.toContain("unread");
  });

  it("begins no run on the engine dbos where no database is named", async () => {
    const refused = await segue("run", "deployment", "--engine", "dbos", "--datastore", "unbegun");
    expect(refused.code).toBe(2);
    expect(refused.stdout).toBe("");
    expect(refused.stderr).toMatch(/needs a Postgres database\n {2}→ set SEGUE_DATABASE_URL=\S+\n$/);
    expect(await readdir(home)).not.toContain("unbegun");
  });

  it("takes exports without a column for the playlist as one playlist a file, and so does segue train", async () => {
    await mkdir(join(home, "exports"), { recursive: true });
    for (let i = 0; i < 60; i++) {
      const rows = Array.from({ length: 5 }, (_, at) => `spotify:track:${at},T${(i + at) % 20},A\n`);
      await writeFile(
        join(home, "exports", `mix ${i}.csv`),
        `Track URI,Track Name,Artist Name(s)\n${rows.join("")}`,
      );
    }
    const told = /each of 60 files is one playlist, named after the file, as "mix 0"/;
    const grid = '[{"recommender":"transitions"},{"recommender":"popularity"}]';
    const ran = await segue(
      "run",
      "intermediate",
      "primary",
      "modeling",
      "--input",
      "exports/*.csv",
      "--grid",
      grid,
    );
    expect(ran.stderr).toBe("");
    expect(ran.stdout).toMatch(told);
    expect(ran.stdout).toMatch(/ 20 tracks, 60 playlists, 1 artists/);
    expect(ran.stdout).toMatch(
      /\nnote {9}training knows only 20 tracks, and an answer of 100 holds them all, .*: --knn-k 1\nnote {9}only \d+ playlists were asked, /,
    );
    // Of models that all hit everything none is said to be better, or as good.
    expect(ran.stdout).not.toMatch(/note.*(chance|popular)/);
    const files = Array.from({ length: 60 }, (_, i) => `exports/mix ${i}.csv`);
    const trained = await segue("train", "--input", ...files, "--output", "vectors.bin", "--json");
    expect(trained.stderr).toMatch(told);
    expect(JSON.parse(trained.stdout)).toMatchObject({ vocabulary: 20, words: 300 });
  }, 60_000);

  it("tells of a log that became one playlist how to part it", async () => {
    const plays = Array.from(
      { length: 400 },
      (_, i) => `A,T${i % 7},${1_700_000_000 + i * 900 + Math.floor(i / 4) * 7200}`,
    );
    await writeFile(join(home, "log.csv"), `artist,track,uts\n${plays.join("\n")}\n`);
    const args = ["run", "intermediate", "primary", "--input", "log.csv", "--data", "log"];
    const whole = await segue(...args);
    expect(whole.code).toBe(1);
    expect(whole.stderr).toMatch(/too few playlists .*: 1 of 1 have at least 3 tracks.*\n.*--session-gap 30/);
    // The gap belongs to the flow before the one that failed.
    const [, run] = /segue resume (primary\/\S+)/.exec(whole.stderr)!;
    const alone = ["run", "primary", "--data", "log", "--min-tracks", "2"];
    for (const [failed, more] of [
      [whole, ""],
      [await segue("resume", run!), ""],
      [await segue(...alone), " --data log --min-tracks 2"],
    ] as const) {
      expect(failed.stderr).toMatch(
        new RegExp(`→ with other parameters: segue ${args.join(" ")}${more} --session-gap 30\\n$`),
      );
    }
    const [, command] = /parameters: segue (.*)\n$/.exec(whole.stderr)!;
    expect((await segue(...command!.split(" "))).stdout).toContain(" 100 playlists,");
  }, 60_000);

  it("keeps the rejected rows of each run, though the next has put its own in their place", async () => {
    const data = ["--data", "rejecting", "--json"];
    const header = "artist,track,playlist\n";
    await writeFile(join(home, "first.csv"), `${header}A,one,p\n,two,p\nA,,p\n`);
    await writeFile(join(home, "second.csv"), `${header}B,three,p\n,four,p\n`);
    await writeFile(join(home, "none.csv"), `${header},five,p\n`);
    const clean = async (input: string) => {
      const { stdout } = await segue("run", "intermediate", "--input", input, ...data);
      return `intermediate/${JSON.parse(stdout).flows[0].run}/clean_data/rejectedRows`;
    };
    const [first, second] = [await clean("first.csv"), await clean("second.csv")];
    const rejected = async (path: string) =>
      (await readFile(path, "utf8"))
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line).text);
    const kept = async (artifact: string) => rejected((await segue("dump", artifact)).stdout.trim());
    expect(await kept(first)).toEqual([",two,p", "A,,p"]);
    expect(await kept(second)).toEqual([",four,p"]);
    expect((await segue("card", "intermediate/clean_data")).stdout).toContain("Rejected rows");
    const place = join(home, "rejecting", "02_processed");
    expect(await rejected(join(place, "rejected_rows.jsonl"))).toEqual([",four,p"]);
    // A run that fails for them has no artifacts: its file is its own, and the latest table keeps its rejects beside it.
    const failed = await segue("run", "intermediate", "--input", "none.csv", ...data);
    const [, path, run] = /all of them are in (\S+rejected_rows-(\S+)\.jsonl)/.exec(failed.stderr)!;
    expect(failed.stderr).toContain(`segue resume intermediate/${run}`);
    expect(await rejected(join(home, path!))).toEqual([",five,p"]);
    expect(await rejected(join(place, "rejected_rows.jsonl"))).toEqual([",four,p"]);
  }, 60_000);

  it("stops on Ctrl-C while it reads: within 2 s, with no process and no table left, and says how to go on", async () => {
    await mkdir(join(home, "stop"), { recursive: true });
    const rows = '"u1","Muse","Uprising","gym"\n'.repeat(50_000);
    const big = await open(join(home, "stop", "big.csv"), "w");
    await big.write('"user_id","artistname","trackname","playlistname"\n');
    for (let i = 0; i < 120; i++) await big.write(rows);
    await big.close();
    const child = spawn(process.execPath, [distPath("cli/main.js"), "run", "--input", "big.csv"], {
      cwd: join(home, "stop"),
      env: { ...process.env, NO_COLOR: "1" },
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        said += text;
      });
    const scratch = async () =>
      (await readdir(join(home, "stop", "data", "02_processed")).catch(() => [])) as string[];
    while ((await scratch()).length === 0 && child.exitCode === null) await sleep(20);
    const begun = performance.now();
    child.kill("SIGINT");
    const code = await new Promise((resolve) => child.once("exit", resolve));
    expect(performance.now() - begun).toBeLessThan(2000);
    expect(code).toBe(130);
    expect(said).toMatch(
      /interrupted\n {2}→ go on with: segue resume intermediate\/\S+\n {2}→ and then with/,
    );
    expect(await scratch()).toEqual([]);
    const started = await readdir(join(home, "stop", ".segue", "tasks", "intermediate"), { recursive: true });
    for (const name of started.filter((each) => each.endsWith("started.json"))) {
      const record = await readFile(join(home, "stop", ".segue", "tasks", "intermediate", name), "utf8");
      expect(() => process.kill((JSON.parse(record) as { pid: number }).pid, 0)).toThrow();
    }
  }, 60_000);

  it("keeps its files where the catalog says, and reads what was downloaded where no input is named", async () => {
    const project = join(home, "project");
    await mkdir(join(project, "conf", "local"), { recursive: true });
    await mkdir(join(project, "data", "01_raw"), { recursive: true });
    await writeFile(
      join(project, "conf", "local", "catalog.yml"),
      "master_playlists:\n  path: tables/master.parquet\ntrain:\n  path: parts/train.parquet\n",
    );
    const run = (...args: string[]) =>
      exec(process.execPath, [distPath("cli/main.js"), ...args], { cwd: project });
    await run("sample", "--playlists", "100", "--output", "data/01_raw/spotify_dataset.csv");
    const { stdout } = await run("run", "intermediate", "primary");
    expect(stdout).toContain("reading data/01_raw/spotify_dataset.csv");
    expect(await readdir(join(project, "tables"))).toEqual(["master.parquet"]);
    expect(await readdir(join(project, "parts"))).toEqual(["train.parquet", "train.safetensors"]);
    expect(await readdir(join(project, "data", "02_processed"))).toEqual(["rejected_rows.jsonl"]);
    expect(await readdir(join(project, "data", "03_inputs"))).not.toContain("train.parquet");
    // What conf/local does not say, such as the grid, is as it was shipped.
    const trained = await run("run", "modeling", "--recommenders", "popularity");
    expect(trained.stdout).toContain("1 grid points: popularity");
  }, 60_000);

  it.each([
    [
      "params.yml",
      "intermediat:\n  subset: true\n",
      /params\.yml, line 1: "intermediat" .*\n.*did you mean "intermediate"/,
    ],
    [
      "params.yml",
      "seed: 1\nmodeling:\n\tknn_k: 5\n",
      /^error: conf\/local\/params\.yml, line 3: Tabs are not allowed as indentation\n {2}→ indent the line with spaces\n$/,
    ],
    ["params.yml", "seed: 1\nseed: 2\n", /^error: \S+, line 2: .* unique\n {2}→ leave one of the two out\n$/],
    ["params.yml", "seed: *other\n", /^error: cannot read conf\/local\/params\.yml: .*other.*\n$/],
    ["params.yml", "seed: 1\nnosuch:\n", /line 2: "nosuch" is neither a flow nor a parameter/],
    ["params.yml", "intermediate: true\n", /"intermediate" is a section of parameters, got true/],
    [
      "catalog.yml",
      "masterplaylists:\n  path: x\n  format: csv\n",
      /line 1: no flow reads or writes "masterplaylists"\n.*"master_playlists"/,
    ],
    [
      "catalog.yml",
      "master_playlists:\n  format: csv\n",
      /line 2: "master_playlists" is kept as parquet, not as csv/,
    ],
    [
      "catalog.yml",
      "models:\n  path: s3://models/segue\n",
      /line 2: models.path: s3:.* is no path on this machine\n.*--datastore/,
    ],
    ["params.yml", "data: s3://models/segue\n", /data: wanted a folder on this machine/],
  ])("refuses in conf/local/%s what no flow goes by: %j", async (file, text, message) => {
    const project = await mkdtemp(join(home, "conf-"));
    await mkdir(join(project, "conf", "local"), { recursive: true });
    await writeFile(join(project, "conf", "local", file), text);
    const main = distPath("cli/main.js");
    const refused = exec(process.execPath, [main, "run", "--input", "x.csv"], { cwd: project });
    await expect(refused).rejects.toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
    expect(await readdir(project)).toEqual(["conf"]);
  });

  it.each<[string[], RegExp]>([
    [
      ["--input", join(home, "x.csv"), "--target", "sagemaker"],
      /bucket "": it should look like s3:.*\n.*sagemaker_role ""[^→]*→ .*params\.yml/,
    ],
    [["deployment", "--target", "sagemaker", "--dry-run"], /bucket ""/],
    [["deployment", "--dry-run"], /the target is this machine\n.*add --target sagemaker/],
    [["deployment", "--sagemaker-deploy", "--sagemaker-tags", "radio"], /sagemaker_tags: "radio" is no/],
    [
      ["deployment", "--target", "sagemaker", "--sagemaker-serverless-memory", "1000"],
      /sagemaker_serverless_memory 1000: 1024 to 6144/,
    ],
  ])("refuses what SageMaker would not take before anything runs: %j", async (args, message) => {
    const project = await mkdtemp(join(home, "aws-"));
    const main = distPath("cli/main.js");
    const refused = exec(process.execPath, [main, "run", ...args], { cwd: project });
    await expect(refused).rejects.toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(message),
    });
    expect(await readdir(project)).toEqual([]);
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
