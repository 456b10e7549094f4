/** `segue run` as people call it: all four flows on a small sample, and what becomes of odd inputs. */
import { execFile, spawn } from "node:child_process";
import { mkdir, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { distPath, isAlive, sqlString, withDuckDb } from "../system/index.js";
import { msToEnd } from "../system/time.testkit.js";
import { openClient, openStore } from "../workflow/index.js";
import { runFigures } from "./datastore/run-figures.js";
import { ScratchProject } from "./project.testkit.js";

const exec = promisify(execFile);
const project = new ScratchProject();
const home = project.folder;
const segue = (...args: string[]) => project.segueHere(...args);

afterAll(() => project.remove());

describe("segue run", () => {
  it("turns playlists into a checked endpoint and a report, and recommends afterwards", async () => {
    expect((await segue("sample", "--playlists", "300", "--output", "sample.csv")).code).toBe(0);
    const grid = JSON.stringify([
      { recommender: "track2vec", epochs: 5, min_count: [2, 3] },
      { recommender: "vstan" },
      { recommender: "popularity" },
    ]);
    const run = await project.segueMeanwhile("run", "--input", "sample.csv", "--grid", grid, "--json");
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

    // The studio compares runs by the same figures, also a deployment by those of what it deployed.
    const client = openClient(await openStore(project.at(".segue")));
    const [deployed, modeled, prepared] = await Promise.all(
      ["deployment", "modeling", "primary"].map((flow) =>
        runFigures(client, client.flow(flow).latestSuccessfulRun),
      ),
    );
    expect(deployed).toEqual(modeled);
    expect(prepared).toEqual({ groups: [] });
    const { samePlaylists, figures } = JSON.parse(
      (await segue("show", "deployment", "--compare", "modeling", "--json")).stdout,
    );
    const hitRatio = { values: [outcome.testHitRatio, outcome.testHitRatio], difference: 0 };
    expect(samePlaylists).toBe(true);
    expect(figures[1]).toMatchObject({ group: "Test figures", name: "hit ratio@100", ...hitRatio });
    const [test, validation] = modeled!.groups.map(({ figures }) => figures);
    expect(test!.slice(0, 2)).toEqual([
      { name: "best model", value: outcome.best },
      {
        name: "hit ratio@100",
        value: outcome.testHitRatio,
        interval: [expect.any(Number), expect.any(Number)],
      },
    ]);
    expect(validation!.map(({ name, value }) => [name, value])).toEqual(
      outcome.ranking.map((point: { name: string; hitRatio: number }) => [point.name, point.hitRatio]),
    );

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

  it("notes that the figures come from part of the data", async () => {
    await segue("sample", "--playlists", "300", "--output", "part.csv");
    const flows = ["intermediate", "primary", "modeling"];
    const [grid, part] = ['[{"recommender":"popularity"}]', ["--subset", "--dev", "--ratio", "0.5"]];
    const ran = await segue("run", ...flows, "--input", "part.csv", "--grid", grid, ...part);
    expect(ran.stdout).toContain(
      "note         the models saw only about half of the rows (subset) and a sample of 50 % of the playlists (dev); all of the data will give other figures\n",
    );
    const again = await segue("run", "modeling", "--grid", grid, "--json");
    expect(JSON.parse(again.stdout).remarks).toContainEqual(expect.stringMatching(/^the models saw only/));
    const whole = await segue("run", ...flows, "--input", "part.csv", "--grid", grid);
    expect(whole.stdout).not.toContain("the models saw only");
  });

  it("shows only a user module's own parameters in its help", async () => {
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

  it("reads exports without a playlist column as one playlist per file, and so does segue train", async () => {
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
  });

  it("says how to split a log that became one playlist", async () => {
    const plays = Array.from(
      { length: 400 },
      (_, i) => `A,T${i % 7},${1_700_000_000 + i * 900 + Math.floor(i / 4) * 7200}`,
    );
    await writeFile(join(home, "log.csv"), `artist,track,uts\n${plays.join("\n")}\n`);
    const args = ["run", "intermediate", "primary", "--input", "log.csv", "--data", "log"];
    const whole = await segue(...args);
    expect(whole.code).toBe(2);
    expect(whole.stderr).toMatch(/too few playlists .*: 1 of 1 have at least 3 tracks.*\n.*--session-gap 30/);
    // The gap belongs to the flow before the one that failed.
    const [, run] = /segue show (primary\/\S+)/.exec(whole.stderr)!;
    const alone = ["run", "primary", "--data", "log", "--min-tracks", "2"];
    for (const [failed, more] of [
      [whole, ""],
      [await segue("resume", run!), ""],
      [await segue(...alone), " --data log --min-tracks 2"],
    ] as const) {
      expect(failed.stderr).toMatch(
        new RegExp(
          `→ run it again with correct input .*: segue ${args.join(" ")}${more} --session-gap 30\\n$`,
        ),
      );
    }
    const [, command] = /parameters\): segue (.*)\n$/.exec(whole.stderr)!;
    expect((await segue(...command!.split(" "))).stdout).toContain(" 100 playlists,");
  });

  it("reads ambiguous dates as a flag or params.yml says", async () => {
    const plays = ["02/03/2024 10:00", "02/04/2024 10:00"].map((time, i) => `A,T${i},${time}`);
    await writeFile(join(home, "dates.csv"), `artist,track,played_at\n${plays.join("\n")}\n`);
    const args = ["run", "intermediate", "--input", "dates.csv", "--data", "dates", "--session-gap", "30"];
    const untold = await segue(...args);
    expect(untold.code).toBe(2);
    expect(untold.stderr).toMatch(
      /dates\.csv, line 2: cannot tell the day from the month in "02\/03\/2024 10:00"/,
    );
    expect(untold.stderr).toMatch(/→ say which is first: --dates day-first or --dates month-first/);
    const playlists = async () => {
      const master = sqlString(join(home, "dates", "02_processed", "master_playlists.parquet"));
      const rows = await withDuckDb({}, (database) =>
        database.rows<{ playlist: string }>(`SELECT playlist FROM read_parquet(${master}) ORDER BY row_id`),
      );
      return rows.map((row) => row.playlist);
    };
    expect((await segue(...args, "--dates", "day-first")).code).toBe(0);
    expect(await playlists()).toEqual(["dates 2024-03-02 10:00", "dates 2024-04-02 10:00"]);
    project.write("conf/local/params.yml", "dates: month-first\n");
    expect((await segue(...args)).code).toBe(0);
    await rm(join(home, "conf", "local", "params.yml"));
    expect(await playlists()).toEqual(["dates 2024-02-03 10:00", "dates 2024-02-04 10:00"]);
  });

  it("keeps the rejects of each run, even after the next run has replaced the file", async () => {
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
  });

  it("stops within 2 s of Ctrl-C while reading, leaves no process and no table, and says how to continue", async () => {
    await rm(join(home, "stop"), { recursive: true, force: true });
    await mkdir(join(home, "stop"), { recursive: true });
    const rows = '"u1","Muse","Uprising","gym"\n'.repeat(50_000);
    const big = await open(join(home, "stop", "big.csv"), "w");
    await big.write('"user_id","artistname","trackname","playlistname"\n');
    for (let i = 0; i < 40; i++) await big.write(rows);
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
    // Also all that it said.
    const code = await new Promise((resolve) => child.once("close", resolve));
    expect(performance.now() - begun).toBeLessThan(msToEnd(2000));
    expect(code).toBe(130);
    expect(said).toMatch(/interrupted\n {2}→ continue: segue resume intermediate\/\S+\n {2}→ then the flows/);
    // On a busy machine its process is killed before it has removed its own folder, which the next run then does.
    expect((await scratch()).filter((name) => !name.startsWith(".own-"))).toEqual([]);
    const started = await readdir(join(home, "stop", ".segue", "tasks", "intermediate"), { recursive: true });
    const records = started.filter((each) => each.endsWith("started.json"));
    expect(records).not.toEqual([]);
    for (const name of records) {
      const record = await readFile(join(home, "stop", ".segue", "tasks", "intermediate", name), "utf8");
      const { pid } = JSON.parse(record) as { pid: number };
      expect([typeof pid, isAlive(pid)]).toEqual(["number", false]);
    }
  });

  it("keeps its files where the catalog says, and without an input reads the download", async () => {
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
    expect(trained.stdout).toContain("1 grid point: popularity");
  });

  it("leaves no table if a file has other columns, and names them", async () => {
    await writeFile(join(home, "wrong.csv"), "a,b\n1,2\n");
    const result = await segue("run", "intermediate", "--input", "wrong.csv", "--data", "other");
    expect(result.code).toBe(2);
    expect(result.stderr).toMatch(/"?a"?, "?b"?/);
    expect(await readdir(join(home, "other", "02_processed")).catch(() => [])).not.toContain(
      "master_playlists.parquet",
    );
  });
});
