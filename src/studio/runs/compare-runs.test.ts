import { expect, it } from "vitest";
import { type ComparedRun, compareRuns } from "./compare-runs.js";

const tested = (value: number, name = "vstan", questions = "a"): ComparedRun => ({
  run: {
    status: "done",
    seconds: 61,
    parameters: { seed: value, list: [name], time: 2 },
    tasks: [
      { step: "train", seconds: 1 },
      { step: "train", seconds: 2.5 },
    ],
  },
  figures: {
    groups: [
      {
        title: "Test",
        figures: [
          { name: "best", value: name },
          { name: "hit ratio", value, interval: [value - 0.1, value + 0.1] },
          { name: `${name} alone`, value: 1, interval: [1, 1] },
        ],
      },
    ],
    questions,
  },
});
const none: ComparedRun = {
  run: { status: "failed", parameters: { other: "x" }, tasks: [{ step: "start" }] },
  figures: { groups: [] },
};

it("puts the figures of both side by side, with the left one minus the right one", () => {
  const compared = compareRuns([tested(0.5), tested(0.625, "blend")]);
  expect(compared.figures.map(({ rows }) => rows.map(({ figures, ...row }) => row))).toEqual([
    [
      { name: "best", values: ["vstan", "blend"], difference: "" },
      { name: "hit ratio", values: ["0.5000 (0.400–0.600)", "0.6250 (0.525–0.725)"], difference: "−0.1250" },
      { name: "vstan alone", values: ["1.0000", ""], difference: "" },
      { name: "blend alone", values: ["", "1.0000"], difference: "" },
    ],
  ]);
  expect(compared.sameQuestions).toBe(true);
  expect(compared.about).toMatch(/^Both were asked about the same playlists/);
  expect(compareRuns([tested(0.5), tested(0.5, "vstan", "b")]).about).toMatch(/^They .* different playlists/);
});

it("compares what ran and its parameters, also with a run that has no figures", () => {
  const { run, parameters, steps, about } = compareRuns([tested(0.5), none]);
  expect(
    [run, parameters, steps].map(({ rows }) => rows.map(({ name, values }) => [name, ...values])),
  ).toEqual([
    [
      ["state", "done", "failed"],
      ["time", "1m 01s", ""],
    ],
    [
      ["seed", "0.5", ""],
      ["list", '["vstan"]', ""],
      ["time", "2", ""],
      ["other", "", '"x"'],
    ],
    [
      ["train", "3.50 s", ""],
      ["start", "", "0.00 s"],
    ],
  ]);
  expect(about).toBe("");
});
