import { expect, it } from "vitest";
import { merged, unchanged } from "./merge.js";

const ref = (by: string) => ({ kind: "json", sha: "0", size: 1, by }) as const;

it("merges branches, and reports conflicting artifacts", () => {
  const both = merged([
    { shared: ref("start/0"), constructor: ref("a/0"), own: ref("a/0") },
    { shared: ref("start/0"), toString: ref("b/0"), own: ref("b/0") },
  ]);
  expect(Object.keys(both.refs).sort()).toEqual(["constructor", "shared", "toString"]);
  expect(both.ambiguous).toEqual(["own"]);
});

it("passes on what was there before a foreach, without what its tasks rewrote or lack", () => {
  const outer = { kept: ref("start/0"), rewritten: ref("start/0"), lacking: ref("start/0") };
  const { lacking: _, ...without } = outer;
  expect(unchanged(outer, [outer, { ...without, rewritten: ref("work/1"), own: ref("work/1") }])).toEqual({
    kept: ref("start/0"),
  });
  expect(unchanged(outer, [])).toEqual(outer);
});
