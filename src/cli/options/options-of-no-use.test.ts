/** Options that would change nothing are refused, each by its name: whoever gave one meant something by it. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { sqlString, withDuckDb } from "../../system/index.js";
import { ScratchProject } from "../project.testkit.js";

const project = new ScratchProject();
afterAll(() => project.remove());
beforeAll(async () => {
  const columns =
    "'a' AS playlist_id, 'a' AS playlist, ['A','A','A'] AS artist_sequence, ['A-x','A-y','A-z'] AS track_sequence, ['A-x','A-y'] AS track_test_x, 'A-z' AS track_test_y";
  const path = sqlString(project.at("prepared.parquet"));
  await withDuckDb({}, (database) => database.run(`COPY (SELECT ${columns}) TO ${path} (FORMAT parquet)`));
  project.write("p.jsonl", '{"playlist_id":"a","tracks":["x","y","z"]}\n'.repeat(3));
  project.write("p.csv", "artist,track,playlist\nA,x,p\nA,y,p\nA,z,p\n");
});

it.each([
  ["analyze p.csv --no-map --genres jazz", /^error: --genres is for the map, which --no-map leaves out\n/],
  ["analyze p.csv --no-map --map-tracks 9", /^error: --map-tracks is for the map/],
  [
    "export --format onnx -o o.onnx -k 5",
    /^error: --k is for a SavedModel, and would change nothing in onnx\n/,
  ],
  ["sample --rows 5 --playlists 5 -o s.csv", /^error: option '--rows <n>' cannot be used with .*--playlists/],
  [
    "logs modeling/train --stdout --stderr",
    /^error: option '--stdout' cannot be used with option '--stderr'/,
  ],
  ["train --input p.jsonl -o v.bin --columns artist=x", /^error: --columns is for raw files, and p\.jsonl /],
  ["train --input p.jsonl -o v.bin --dates day-first", /^error: --dates is for raw files/],
  [
    "evaluate --train p.jsonl --encoding latin-1",
    /^error: --encoding is for raw files, and p\.jsonl holds sequences\n/,
  ],
  [
    "evaluate --train p.jsonl --min-tracks 2",
    /^error: --min-tracks is for raw files, and p\.jsonl holds sequences\n/,
  ],
  [
    "train --input p.jsonl -o v.bin --min-tracks 3",
    /^error: --min-tracks is for raw files, and p\.jsonl holds/,
  ],
  [
    "train --input prepared.parquet -o v.bin --min-tracks 4",
    /^error: --min-tracks is for raw files, and prepared\.parquet is a prepared dataset\n/,
  ],
  ["train --input prepared.parquet -o v.bin --dates day-first", /^error: --dates is for raw files/],
  ["train --input prepared.parquet -o v.bin --session-gap 30", /^error: --session-gap is for raw files/],
  ["train --input prepared.parquet -o v.bin --columns artist=a", /^error: --columns is for raw files/],
  ["analyze p.jsonl --escape none", /^error: --escape is for raw files/],
  ["studio --leave-out A", /^error: --leave-out is for raw files, and no playlists are named\n/],
  ["studio --session-gap 30", /^error: --session-gap is for raw files, and no playlists are named\n/],
  ["studio --merge-versions", /^error: --merge-versions is for raw files/],
  ["studio --merge-capitals", /^error: --merge-capitals is for raw files/],
  ["studio --columns artist=x", /^error: --columns is for raw files, and no playlists are named\n/],
])("%s", async (command, message) => {
  const { code, stdout, stderr } = await project.segueHere(...command.split(" "));
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(message);
});

it.each([
  ["run --train p.csv", "--train", "Playlists are --input."],
  ["run --output here", "--output", "Results are in the data folder"],
  ["train --train p.csv -o v.bin", "--train", "Playlists are --input."],
  ["evaluate --input p.csv", "--input", "Playlists are --train."],
  ["analyze --input p.csv --json", "--input", "segue analyze FILE"],
  ["studio --input=p.csv", "--input", "segue studio FILE"],
  ["recommend --input p.csv", "--input", "Playlists are --playlists."],
  ["recommend A-x --exclude A-y", "--exclude", "are --not."],
])("%s: says what the option is called here", async (command, option, instead) => {
  const { code, stdout, stderr } = await project.segueHere(...command.split(" "));
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(`error: there is no option ${option}\n  → `);
  expect(stderr).toContain(instead);
});

it("helps with each command by its name, segue run with its flags, too", async () => {
  for (const name of ["run", "runs"]) {
    const { code, stdout } = await project.segueHere("help", name);
    expect([code, stdout]).toEqual([0, (await project.segueHere(name, "--help")).stdout]);
  }
  expect((await project.segueHere("help", "run")).stdout).toContain("--knn-k");
  expect(await project.segueHere("help", "trian")).toMatchObject({
    code: 2,
    stderr: 'error: there is no command "trian"\n  → did you mean "train"?\n',
  });
});
