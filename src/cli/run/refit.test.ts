/** `--refit`: the endpoint gets a model of all playlists, with the figures of the one that was measured. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { openBundle } from "../../bundle/index.js";
import { ScratchProject } from "../project.testkit.js";

const project = new ScratchProject();
const segue = (...args: string[]) => project.segueHere(...args);

let modelingRun: string;
beforeAll(async () => {
  await segue("sample", "--playlists", "200", "--output", "sample.csv");
  const grid = [{ recommender: "track2vec", epochs: 3, min_count: 2 }, { recommender: "transitions" }];
  const done = await segue("run", "--input", "sample.csv", "--grid", JSON.stringify(grid), "--json");
  expect(done.stderr).toBe("");
  const { flows } = JSON.parse(done.stdout) as { flows: { flow: string; run: string }[] };
  modelingRun = flows.find(({ flow }) => flow === "modeling")!.run;
}, 120_000);
afterAll(() => project.remove());

it("refits the best model and the best track vectors on the playlists of all parts", async () => {
  const { stderr } = await segue("run", "deployment", "--refit");
  expect(stderr).toBe("");
  const log = (await segue("logs", "deployment/build")).stdout;
  const [, playlists, tracks] = /refitted on all (\d+) playlists \((\d+) tracks\)/.exec(log)!.map(Number);
  const measured = await openBundle(project.at("data", "04_models", modelingRun));
  const refitted = await openBundle(project.at("data", "04_models", `${modelingRun}-refit`));
  const { parts } = JSON.parse((await segue("dump", "primary/prepare_dataset/prepared")).stdout) as {
    parts: Record<"train" | "validation" | "test", { playlists: number }>;
  };
  expect(playlists).toBe(parts.train.playlists + parts.validation.playlists + parts.test.playlists);
  expect(refitted.catalogue.tracks.length).toBe(tracks);
  expect(measured.catalogue.tracks.length).toBeLessThan(tracks!);
  expect(refitted.manifest.recommenders).toEqual(measured.manifest.recommenders);
  expect(refitted.vectors!.tracks.length).toBeGreaterThan(measured.vectors!.tracks.length);
  expect(refitted.manifest.parameters).toEqual({ ...measured.manifest.parameters, refit: true });
  expect(refitted.manifest.metrics).toEqual(measured.manifest.metrics);
  const known = new Set(measured.catalogue.tracks);
  const late = refitted.catalogue.tracks.find((track) => !known.has(track))!;
  const answer = JSON.parse((await segue("recommend", late, "-k", "3", "--json")).stdout);
  expect(answer.unknown).toEqual([]);
});
