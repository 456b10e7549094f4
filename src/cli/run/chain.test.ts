/** Runs that are a chain: what they read of each other, and how one goes on that failed, with those after it. */
import { copyFile, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { FolderStore } from "../../storage/index.js";
import { openClient } from "../../workflow/index.js";
import { keys } from "../../workflow/records/records.js";
import { ScratchProject } from "../project.testkit.js";
import { stopEndpoint } from "./run-and-clean-up.js";

const project = new ScratchProject();
const home = project.folder;
const segue = (...args: string[]) => project.segueHere(...args);
/** The beginning of a gzip file: an input that may be mended. */
const cutShort = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);

afterAll(() => project.remove());

describe("a chain of runs", () => {
  it("says how to continue with the remaining flows after a failed one is fixed, with the given flags", async () => {
    const own = ["--session-gap", "30", "--no-subset"];
    await writeFile(join(home, "odd.csv"), cutShort);
    const failed = await segue("run", "--input", "odd.csv", ...own, "--knn-k", "7", "--tag", "my try");
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(/→ when it is fixed: segue resume intermediate\/\S+\n/);
    expect(failed.stderr).toMatch(
      /→ then the flows after it: segue run primary modeling deployment --knn-k 7 --tag 'my try'\n/,
    );
    // Had the input another name, no resumed run would find it.
    expect(failed.stderr).toMatch(
      /→ with other parameters: segue run intermediate .* --input odd\.csv --session-gap 30 --no-subset --knn-k 7 --tag 'my try'\n$/,
    );
  });

  it("uses its own runs if two chains run at once in one project", async () => {
    const chain = (input: string, recommender: string) =>
      project.segueMeanwhile(
        ...["run", "--input", input, "--recommenders", recommender, "--tag", recommender, "--json"],
      );
    await segue("sample", "--playlists", "150", "--seed", "1", "--output", "one.csv");
    await segue("sample", "--playlists", "160", "--seed", "2", "--output", "two.csv");
    const done = await Promise.all([chain("one.csv", "transitions"), chain("two.csv", "popularity")]);
    const outcomes = done.map(({ stdout }) => JSON.parse(stdout));
    for (const [place, recommender] of ["transitions", "popularity"].entries()) {
      const { flows, best } = outcomes[place];
      expect(best).toBe(recommender);
      const id = Object.fromEntries(flows.map(({ flow, run }: { flow: string; run: string }) => [flow, run]));
      const read = async (path: string) => (await segue("dump", path)).stdout.trim();
      expect(await read(`primary/${id.primary}/start/intermediateRun`)).toContain(id.intermediate);
      expect(await read(`modeling/${id.modeling}/start/primaryRun`)).toContain(id.primary);
      expect(await read(`deployment/${id.deployment}/start/modelingRun`)).toContain(id.modeling);
      const shown = await segue("show", id.deployment);
      expect(shown.stdout.replaceAll(",\n  ", ", ")).toContain(
        `reads intermediate/${id.intermediate}, primary/${id.primary}, modeling/${id.modeling}\n`,
      );
    }
    // The tables are those of its own input, though both write to the same place.
    const rows = outcomes.map((outcome) => outcome.rows);
    expect(rows[0]).not.toBe(rows[1]);
    const outputs = join(home, "data", "05_outputs");
    const startsIn = async (log: string) =>
      (await readFile(join(outputs, log), "utf8")).match(/"endpoint ready"/g)?.length;
    const logs = outcomes.map(({ flows }) => `endpoint-${flows.at(-1).run}.log`);
    for (const log of logs) expect(await startsIn(log)).toBe(1);
    expect(logs).toContain(await readlink(join(outputs, "endpoint.log")));

    const [earlier] = outcomes[0].flows.slice(2);
    const again = await segue("run", "deployment", "--from", earlier.run, "--json");
    const { flows } = JSON.parse(again.stdout);
    const taken = await segue("dump", `deployment/${flows[0].run}/start/modelingRun`);
    expect(taken.stdout).toContain(earlier.run);
    expect(await readlink(join(outputs, "endpoint.log"))).toBe(`endpoint-${flows[0].run}.log`);
    expect(await startsIn("endpoint.log")).toBe(1);
    for (const [flow, why] of [
      ["modeling", "this command runs modeling itself"],
      ["primary", "primary reads no run of modeling"],
    ] as const)
      expect(await segue("run", flow, "--from", earlier.run)).toMatchObject({
        code: 2,
        stderr: `error: --from modeling/${earlier.run} would change nothing: ${why}\n  → leave it out\n`,
      });
  }, 120_000);

  it("says, once a run is resumed, how to continue with the remaining flows on its results", async () => {
    await segue("sample", "--playlists", "100", "--output", "s.csv");
    await writeFile(join(home, "late.csv"), cutShort);
    const failed = await segue("run", "--input", "late.csv", "--knn-k", "7", "--datastore", "chain");
    const run = /segue resume (intermediate\/\S+)/.exec(failed.stderr)![1]!;
    // What was said when it failed can be read again.
    const told = failed.stderr
      .split("\n")
      .filter((line) => line.startsWith("  → ") && !line.includes("segue show"));
    expect(told).toHaveLength(4);
    expect(told[2]).toMatch(/flows after it: segue run primary modeling deployment --knn-k 7 /);
    const shown = await segue("show", run, "--datastore", "chain");
    expect(shown.stdout.split("\n").filter((line) => line.startsWith("  → "))).toEqual(told);
    const stuck = await segue("run", "primary", "--datastore", "chain");
    expect(stuck.stderr).toContain(
      `  → its latest run (failed), and how to resume it: segue show ${run} --d`,
    );
    await copyFile(join(home, "s.csv"), join(home, "late.csv"));
    const resumed = await segue("resume", run, "--datastore", "chain");
    const command =
      /segue run primary modeling deployment --knn-k 7 --datastore chain --from (intermediate\/\S+)\n/.exec(
        resumed.stdout,
      )!;
    expect(command[1]).not.toBe(run);
    // As after a kill between two flows.
    const done = await segue("resume", "--datastore", "chain");
    expect(done.code).toBe(2);
    expect(done.stderr).toContain(`is done\n  → continue with the flows after it: ${command[0]}`);
    const next = await segue("run", "primary", "--from", command[1]!, "--datastore", "chain", "--json");
    expect(next.code).toBe(0);
  });

  it("exits with 2 if a step finds its input wrong, like segue train", async () => {
    await writeFile(
      join(home, "ambiguous.csv"),
      "artist,artistname,track,playlist\nMuse,Muse,Uprising,gym\n",
    );
    const trained = await segue("train", "--input", "ambiguous.csv", "--output", "vectors.bin");
    const ran = await segue("run", "--input", "ambiguous.csv", "--data", "other");
    for (const { code, stderr } of [trained, ran]) {
      expect(stderr).toContain('line 1: artist could be any of the columns "artist", "artistname"\n');
      expect(stderr).toContain('\n  → say which with a mapping: --columns "artist=artist"\n');
      expect(code).toBe(2);
    }
    // A resumed run has the parameters of the old one, so what is advised is to run it anew; also where it was resumed.
    const advice =
      "→ run it again with correct input (a resumed run keeps its parameters): segue run intermediate primary modeling deployment --input ambiguous.csv --data other\n";
    expect(ran.stderr).toContain(advice);
    expect(ran.stderr).not.toContain("segue resume");
    const run = /segue show (intermediate\/\S+)/.exec(ran.stderr)![1]!;
    expect((await segue("show", run)).stdout).toContain(advice.trimEnd());
    const resumed = await segue("resume", run);
    expect(resumed.code).toBe(2);
    expect(resumed.stderr).toContain(advice);
    const mapped = ["--input", "ambiguous.csv", "--data", "mapped", "--columns", "artist=artist"];
    expect((await segue("run", "intermediate", ...mapped)).code).toBe(0);
  });

  it("restarts the endpoint if a resumed check finds it gone, stops one that no record tells of, and writes the report again", async () => {
    const store = new FolderStore(join(home, ".segue"));
    await segue("sample", "--playlists", "100", "--output", "kept.csv");
    const flags = ["--recommenders", "popularity", "--data", "kept", "--keep", "--json"];
    const { flows, endpoint, report } = JSON.parse(
      (await segue("run", "--input", "kept.csv", ...flags)).stdout,
    );
    const endpointOf = async (run: string, step: string) =>
      JSON.parse((await segue("dump", `deployment/${run}/${step}/endpoint`)).stdout) as {
        pid: number;
        url: string;
      };
    const first = await endpointOf(flows.at(-1).run, "check");
    expect(endpoint).toEqual({ target: "local", url: first.url, pid: first.pid });
    const answers = (url: string) =>
      fetch(`${url}/healthz`).then(
        () => true,
        () => false,
      );
    expect(await answers(first.url)).toBe(true);
    // As where a run of the flow comes to nothing.
    await stopEndpoint(openClient(store), "deployment", flows.at(-1).run);
    expect(await answers(first.url)).toBe(false);
    await rm(join(home, report));
    const resumed = await segue("resume", flows.at(-1).run, "--step", "check", "--json");
    expect(resumed.stderr).toBe("");
    expect(JSON.parse(resumed.stdout).report).toBe(report);
    expect(await readFile(join(home, report), "utf8")).toContain("popularity");
    const { run } = JSON.parse(resumed.stdout);
    const second = await endpointOf(run, "check");
    expect(second.pid).not.toBe(first.pid);
    expect(await answers(second.url)).toBe(true);
    // As after a kill when the endpoint was ready, but before the deploy step was done.
    for (const each of [flows.at(-1).run, run]) {
      for (const step of ["deploy", "check", "end"])
        await store.delete(keys.done("deployment", each, step, "0"));
      await store.delete(keys.end("deployment", each));
    }
    const again = JSON.parse((await segue("resume", run, "--json")).stdout);
    const third = await endpointOf(again.run, "check");
    const areThere = [await answers(second.url), await answers(third.url)];
    process.kill(third.pid);
    expect(areThere).toEqual([false, true]);
  }, 90_000);

  it("suggests reading the files again if their playlists are too short", async () => {
    project.write("short.csv", "artist,track,playlist\nMuse,Uprising,gym\n");
    const { code, stderr } = await segue(
      "run",
      "--input",
      "short.csv",
      "--datastore",
      "short",
      "--knn-k",
      "7",
    );
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /no playlist is left(.*\n)+.*→ run it again with correct input .*: segue run intermediate primary modeling deployment --input short.csv --datastore short --knn-k 7\n$/,
    );
    expect(stderr).not.toContain("segue resume");
  });

  it("suggests rerunning a flow on the same inputs if its parameters were wrong", async () => {
    await segue("sample", "--playlists", "100", "--output", "chained.csv");
    const told = [
      "--target",
      "sagemaker",
      "--dry-run",
      "--bucket",
      "s3://models/segue",
      "--sagemaker-role",
      "arn:aws:iam::123456789012:role/segue",
    ];
    const ran = await segue("run", "--input", "chained.csv", "--recommenders", "popularity", ...told);
    expect(ran.stderr).toContain("the TensorFlow image cannot serve");
    expect(ran.code).toBe(2);
    const command = /again .*: segue (run deployment .* --from .*)\n/.exec(ran.stderr)![1]!;
    expect(command).toContain(`deployment ${told.join(" ")} --from intermediate/`);
    // What only the flows before it go by is left out.
    expect(command).not.toMatch(/chained.csv|popularity/);
    const image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/segue:1";
    const again = await segue(...command.split(" "), "--sagemaker-image", image);
    expect(again.stderr).toBe("");
    expect(again.code).toBe(0);
  });
});
