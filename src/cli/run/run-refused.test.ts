/** What `segue run` refuses before anything runs: said in one message, and nothing is left behind. */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ScratchProject } from "../project.testkit.js";

const project = new ScratchProject();
const home = project.folder;
const segue = (...args: string[]) => project.segueHere(...args);
/** One with nothing in it. */
let empty: ScratchProject;

beforeAll(() => project.write("x.csv", ""));
beforeEach(() => {
  empty = new ScratchProject();
  return () => empty.remove();
});
afterAll(() => project.remove());

describe("segue run refuses", () => {
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
    [["run", "tuning"], 2, /name a flow of your own by its module: \.\/\w+\.js\n$/],
    [
      ["run"],
      2,
      /nothing to read\n {2}→ name your playlists.*\n {2}→ or make some.*--input data\/01_raw\/sample/,
    ],
    [["run", "--input", "x.csv", "modeling"], 2, /"modeling" follows --input.*\n.*run modeling --input/],
    [
      ["run", "primary", "--input", "x.csv"],
      2,
      /--input is not an option of primary\n.*run intermediate primary --input/,
    ],
    [
      ["run", "deployment", "--no-dev"],
      2,
      /--dev is not an option of deployment\n.*run primary modeling deployment --dev/,
    ],
    [
      ["run", "intermediate", "--knn-k", "5"],
      2,
      /of intermediate\n.*run intermediate primary modeling --knn-k/,
    ],
    [["run", "--tag", "nightly", "modeling"], 2, /"modeling" follows --tag.*\n.*run modeling --tag/],
    [
      ["run", fileURLToPath(new URL("../../../README.md", import.meta.url))],
      2,
      /README\.md" is a file, not a flow\n.*run --input \S+README\.md/,
    ],
    [
      ["run", "--input", "x.csv", "--session-length", "60"],
      2,
      /^error: --session-length needs --session-gap\n/,
    ],
    [["run", "--input", "x.csv", "--columns", "foo"], 2, /not a column mapping: "foo"\n.*"artist=performer/],
    [
      ["run", "primary"],
      2,
      /^error: primary needs a finished run of intermediate, and there is none in .*\n {2}→ run that too: segue run intermediate primary\n$/,
    ],
    // The second one has nothing to read, which must not cost the work of the first.
    [
      ["run", "intermediate", "modeling", "--input", "x.csv", "--datastore", "none"],
      2,
      /modeling needs a finished run of primary.*\n {2}→ run that too: segue run primary modeling --datastore none\n$/,
    ],
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
      /^error: there is no recommender "blnd"\n.*did you mean "blend"\?/,
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
    [["recommend"], 2, /neither a track nor a title/],
    [["runs", "/nonexist/zz"], 2, /"\/nonexist\/zz" is not the name of a flow\n.*--datastore/],
  ] as const)("says what is wrong with %j", async (args, code, message) => {
    const result = await segue(...args);
    expect(result.code).toBe(code);
    expect(result.stdout + result.stderr).toMatch(message);
    expect(result.stderr).not.toMatch(/\n\s+at /);
  });

  it("refuses words after the flags of a user's module", async () => {
    const fixtures = fileURLToPath(new URL("../../workflow/fixtures/flows.mjs", import.meta.url));
    for (const [args, message] of [
      [["--bad", "false"], /--bad takes no value, got "false"\n.*--no-bad/],
      [["--input", "x.csv"], /unknown option '--input'\n\(add --help/],
      [["--count", "1", "extra"], /"extra" follows a flag that does not take it/],
    ] as const) {
      const { code, stdout, stderr } = await segue("run", `${fixtures}:kinds`, "--folder", home, ...args);
      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toMatch(message);
    }
  });

  it.each([
    ["-", 2, /^error: input: - is a pipe, but must be read more than once\n/],
    ["gone.csv", 1, /^error: input: there is no file gone\.csv\n/],
    ["gone*.csv", 1, /^error: input: no file matches gone\*\.csv\n/],
    [".", 2, /^error: input: \. is a folder\n/],
  ] as const)("begins no run that would read %s", async (input, code, message) => {
    const refused = await segue("run", "--input", input, "--datastore", "unread");
    expect([refused.code, refused.stdout]).toEqual([code, ""]);
    expect(refused.stderr).toMatch(message);
    expect(readdirSync(home)).not.toContain("unread");
  });

  it("begins no run on the engine dbos without a database", async () => {
    const refused = await segue(
      ...["run", "intermediate", "--input", "x.csv", "--engine", "dbos", "--datastore", "unbegun"],
    );
    expect(refused.code).toBe(2);
    expect(refused.stdout).toBe("");
    expect(refused.stderr).toMatch(/needs a Postgres database\n {2}→ set SEGUE_DATABASE_URL=\S+\n$/);
    expect(readdirSync(home)).not.toContain("unbegun");
  });

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
    ["params.yml", "intermediate: true\n", /"intermediate" must be a section of parameters, got true/],
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
      /line 2: models.path: s3:.* is not a path on this machine\n.*--datastore/,
    ],
    ["params.yml", "data: s3://models/segue\n", /data: wanted a folder on this machine/],
  ])("refuses in conf/local/%s what no flow uses: %j", async (file, text, message) => {
    empty.write(`conf/local/${file}`, text);
    const refused = await empty.segueHere("run", "--input", "x.csv");
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
    expect(readdirSync(empty.folder)).toEqual(["conf"]);
  });

  it.each<[string[], RegExp]>([
    [
      ["--input", project.at("x.csv"), "--target", "sagemaker"],
      /bucket "": it should look like s3:.*\n.*sagemaker_role ""[^→]*→ .*params\.yml/,
    ],
    [["deployment", "--target", "sagemaker", "--dry-run"], /bucket ""/],
    [["deployment", "--dry-run"], /the target is this machine\n.*add --target sagemaker/],
    [["deployment", "--sagemaker-deploy", "--sagemaker-tags", "radio"], /sagemaker_tags: "radio" is no/],
    [["deployment", "--sagemaker-deploy", "--target", "local", "--dry-run"], /the target is this machine\n/],
    [
      ["deployment", "--target", "sagemaker", "--sagemaker-serverless-memory", "1000"],
      /sagemaker_serverless_memory 1000: 1024 to 6144/,
    ],
    [
      [
        ...["deployment", "--target", "sagemaker", "--sagemaker-serverless-memory", "2048"],
        ...["--sagemaker-count", "2", "--sagemaker-instance", "ml.c6i.large", "--bucket", "s3://Models"],
      ],
      /bucket "s3:\/\/Models": .*lower-case.*\n.*\n {2}sagemaker_instance ml.c6i.large: serverless .*\n {2}sagemaker_count 2: serverless/,
    ],
  ])("refuses what SageMaker would not take before anything runs: %j", async (args, message) => {
    const refused = await empty.segueHere("run", ...args);
    expect(refused).toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(message) });
    expect(readdirSync(empty.folder)).toEqual([]);
  });

  it("says which parameters have no use for one another", async () => {
    const stderrOf = async (...args: string[]) => (await segue("run", ...args)).stderr;
    expect(await stderrOf("primary", "--ratio", "0.5")).toMatch(
      /^note: ratio has no effect without dev: .*\n {2}→ to sample, add --dev\nerror: primary needs/,
    );
    expect(await stderrOf("primary", "--dev", "--ratio", "0.5")).toMatch(/^error: primary needs/);
    const vectors = ["modeling", "--epochs", "5", "--vector-size", "8", "--recommenders"];
    expect(await stderrOf(...vectors, "vstan,popularity")).toMatch(
      /^note: epochs, vector_size have no effect: the grid has no track2vec\nerror: modeling needs/,
    );
    expect(await stderrOf(...vectors, "vstan,track2vec")).toMatch(/^error: modeling needs/);
  });

  it("says which parameters of SageMaker a local endpoint has no use for", async () => {
    const note =
      /^note: (.*) have no effect: .* this machine\n {2}→ .* add --target sagemaker\nerror: deployment needs/;
    const flags = ["--sagemaker-count", "2", "--sagemaker-tags", "a=b", "--bucket", "s3://models"];
    const { stderr } = await segue("run", "deployment", ...flags);
    expect(note.exec(stderr)?.[1]).toBe("sagemaker_count, sagemaker_tags, bucket");
    expect((await segue("run", "deployment", "--sagemaker-count", "1")).stderr).toMatch(
      /^error: deployment needs/,
    );
  });
});
