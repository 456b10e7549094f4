import { expect, it } from "vitest";
import { merged } from "./merge.js";

const ref = (by: string) => ({ kind: "json", sha: "0", size: 1, by }) as const;

it("merges branches, and reports conflicting artifacts", () => {
  const both = merged([
    { shared: ref("start/0"), constructor: ref("a/0"), own: ref("a/0") },
    { shared: ref("start/0"), toString: ref("b/0"), own: ref("b/0") },
  ]);
  expect(Object.keys(both.refs).sort()).toEqual(["constructor", "shared", "toString"]);
  expect(both.ambiguous).toEqual(["own"]);
});
