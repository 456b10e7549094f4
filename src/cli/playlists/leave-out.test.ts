/** What is no music is left out alike by every verb that reads raw files: as a flag, from a file, from params.yml. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { ScratchProject } from "../project.testkit.js";

const project = new ScratchProject();
const segue = (...args: string[]) => project.segueHere(...args);
afterAll(() => project.remove());

const songs = (list: number) => [0, 1, 2, 3].map((i) => [`Band ${(list + i) % 5}`, `Song ${(list * i) % 7}`]);
const ad = ["WERBUNG", "Spot"];

beforeAll(() => {
  const lists = Array.from({ length: 60 }, (_, list) => [...songs(list), ad]);
  const rows = lists.flatMap((plays, list) =>
    plays.map(([artist, track]) => `${artist},${track},p${list}\n`),
  );
  project.write("radio.csv", `artist,track,playlist\n${rows.join("")}`);
  const lines = lists.map((plays, list) =>
    JSON.stringify({ playlist_id: `p${list}`, tracks: plays.map((play) => play.join("-")) }),
  );
  project.write("radio.jsonl", `${lines.join("\n")}\n`);
  project.write("no-music.txt", "Werbung\nNews, hourly\n");
});

const told = /left out by --leave-out: 60 plays, 60 of "Werbung"\n/;

it.each([
  ["train", "--input", "radio.csv", "--output", "v.bin", "--min-count", "1", "--epochs", "1"],
  ["evaluate", "--train", "radio.csv", "--recommender", "popularity", "-k", "3"],
  ["analyze", "radio.csv", "--no-map", "--bootstrap", "0"],
])("%s", async (...args) => {
  const { code, stderr } = await segue(...args, "--leave-out", "Werbung", "--leave-out", "News, hourly");
  expect(code).toBe(0);
  expect(stderr).toMatch(told);
  expect(stderr).toContain('there are no plays by "News, hourly";');
});

it("matches ids in sequences, which have no artists", async () => {
  const analyzed = async (...args: string[]) =>
    JSON.parse(
      (await segue("analyze", "radio.jsonl", "--no-map", "--bootstrap", "0", "--json", ...args)).stdout,
    );
  const all = await analyzed();
  const { plays, songs } = await analyzed("--leave-out", "werbung-spot");
  expect([plays, songs]).toEqual([all.plays - 60, all.songs - 1]);
});

it("works as a flag and in params.yml in segue run", async () => {
  const run = (...args: string[]) => segue("run", "intermediate", "primary", "--input", "radio.csv", ...args);
  const flag = await run("--leave-out", "@no-music.txt");
  expect(flag.code).toBe(0);
  expect(flag.stdout).toMatch(told);
  expect(flag.stdout).toContain("300 rows read, 300 accepted, 0 rejected, 240 written");
  project.write("conf/local/params.yml", 'leave_out: [werbung, "News, hourly"]\n');
  const file = await run();
  expect(file.stdout).toMatch(/60 plays, 60 of "werbung"\n/);
  // It was settled when the dataset was made.
  const prepared = await segue("analyze", "data/03_inputs/model_input_full.parquet", "--leave-out", "Band 1");
  expect([prepared.code, prepared.stderr]).toEqual([
    2,
    expect.stringMatching(
      /is a prepared dataset: .*\n {2}→ give --leave-out to that run: segue run intermediate/,
    ),
  ]);
});

it("is refused before a run begins if its file is missing", async () => {
  const { code, stdout, stderr } = await segue("run", "--input", "radio.csv", "--leave-out", "@nowhere.txt");
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(/^error: --leave-out: there is no file nowhere\.txt\n/);
});
