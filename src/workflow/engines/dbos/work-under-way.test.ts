import { expect, it } from "vitest";
import { WorkUnderWay } from "./work-under-way.js";

it("takes a workflow that should run here for dropped once it has not run for five seconds", () => {
  const work = new WorkUnderWay(2, () => {});
  const first = work.running("a");
  const again = work.running("a");
  const pending = ["a", "b"];
  expect(work.dropped(pending, 0)).toEqual([]);
  expect(work.dropped(pending, 4900)).toEqual([]);
  expect(work.dropped(pending, 5000)).toEqual(["b"]);
  // An older execution may end beside the one that replaced it.
  first();
  expect(work.dropped(["a"], 20_000)).toEqual([]);
  again();
  expect(work.dropped(pending, 21_000)).toEqual([]);
  expect(work.dropped(pending, 26_000)).toEqual(["a", "b"]);
});
