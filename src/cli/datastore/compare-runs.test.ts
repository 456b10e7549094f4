import { expect, it } from "vitest";
import type { ComparedRow, Comparison } from "../../studio/runs/compare-runs.js";
import { textWidth } from "../../system/index.js";
import { comparisonText } from "./compare-runs.js";

const both = (name: string): ComparedRow => ({
  name,
  values: ["0.0946 (0.027–0.162)", "0.0946 (0.027–0.162)"],
  difference: "0",
});
const comparison: Comparison = {
  run: { title: "The run", rows: [{ name: "time", values: ["11.2 s", "4.57 s"] }] },
  figures: [
    {
      title: "Hit ratio@100 on the validation part",
      rows: [both("nearest tracks, base protocol, @100"), both("track2vec min_count=10")],
    },
  ],
  parameters: { title: "Parameters", rows: [] },
  steps: { title: "Time of its steps", rows: [] },
  about: "Both were asked about the same playlists.",
};
const runs = ["modeling/20261128-232620-3bg5x", "modeling/20261128-235424-2wdcs"];

it("fits into a terminal of 80 columns, whatever the names are", () => {
  const lines = comparisonText(comparison, [], runs).split("\n");
  expect(Math.max(...lines.map(textWidth))).toBeLessThanOrEqual(80);
  expect(lines.slice(0, 5).map((line) => line.trim().split(/ {2,}/))).toEqual([
    ["modeling/", "modeling/"],
    ["20261128-232620-3bg5x", "20261128-235424-2wdcs", "difference"],
    ["The run"],
    ["time", "11.2 s", "4.57 s"],
    ["Hit ratio@100 on the validation part"],
  ]);
  expect(lines.slice(5, 7)).toEqual([
    expect.stringMatching(/^ {2}nearest tracks, base {2,}0\.0946 /),
    "    protocol, @100",
  ]);
});

it("has each run in one heading, and each name in one line, if there is room", () => {
  const lines = comparisonText({ ...comparison, figures: [] }, [], ["a/1", "b/2"]).split("\n");
  expect(lines.slice(0, 3)).toEqual([
    "        a/1     b/2     difference",
    "The run",
    "  time  11.2 s  4.57 s",
  ]);
});
