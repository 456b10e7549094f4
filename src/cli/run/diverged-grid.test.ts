/** A grid of which trainings diverge: the rest of the run is not lost, and everything that lists grid points says so. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { openClient, openStore } from "../../workflow/index.js";
import { runFigures } from "../datastore/run-figures.js";
import { ScratchProject } from "../project.testkit.js";

const project = new ScratchProject();
afterAll(() => project.remove());
const segue = (...args: string[]) => project.segueHere(...args);

/** A grid of track2vec points with these numbers of negatives: with 1000 they diverge, with 5 they do not. */
const gridOf = (negative: readonly number[], ...others: object[]) =>
  JSON.stringify([{ recommender: "track2vec", sample: 0, epochs: 1, vector_size: 8, negative }, ...others]);

const diverged =
  /training diverged in epoch 1: the loss is .*; use a smaller negative than 1000 \(5 by default\)/;

beforeAll(async () => {
  // One track in every other play.
  const playlists = Array.from({ length: 300 }, (_, p) => {
    const tracks = Array.from({ length: 20 }, (_, i) =>
      i % 2 === 0 ? "Hit" : `t${(p * 37 + i * i) % 1201}`,
    );
    return JSON.stringify({ playlist_id: `p${p}`, tracks });
  });
  project.write("playlists.jsonl", `${playlists.join("\n")}\n`);
  expect((await segue("run", "intermediate", "primary", "--input", "playlists.jsonl")).stderr).toBe("");
});

it("keeps the best of the others, and says which has no figures", async () => {
  const ran = await segue("run", "modeling", "--grid", gridOf([1000, 5], { recommender: "popularity" }));
  expect(ran.stderr).toBe("");
  expect(ran.code).toBe(0);
  expect(ran.stdout).toMatch(/\n {3}track2vec negative=1000 +diverged +– +\d+\.\d s\n\n/);
  expect(ran.stdout).toMatch(
    new RegExp(`\nnote +track2vec negative=1000 has no figures: ${diverged.source}\n`),
  );
  expect((await segue("card", "modeling/keep_best")).stdout).toContain(">diverged<");
  expect((await segue("card", "modeling/train/0")).stdout).toMatch(diverged);

  const client = openClient(await openStore(project.at(".segue")));
  const { groups } = await runFigures(client, client.flow("modeling").latestRun);
  expect(groups[1]!.figures.at(-1)).toEqual({ name: "track2vec negative=1000", value: "diverged" });
}, 90_000);

it("fails if all diverge, and advises another grid, not to resume", async () => {
  const ran = await segue("run", "modeling", "--grid", gridOf([1000]));
  expect(ran.code).toBe(2);
  expect(ran.stderr).toMatch(
    /keep_best\/0: no model to keep: the only grid point diverged\n {2}→ track2vec: /,
  );
  expect(ran.stderr).toMatch(diverged);
  expect(ran.stderr).not.toContain("segue resume");
});
