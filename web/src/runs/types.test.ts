import { expect, it } from "vitest";
import { shortName } from "./types.js";

it("calls a column by its last part, where no other has the same", () => {
  const columns = ["result.name", "result.hitRatio", "result.base.hitRatio", "seconds"];
  expect(columns.map((column) => shortName(column, columns))).toEqual([
    "name",
    "result.hitRatio",
    "result.base.hitRatio",
    "seconds",
  ]);
});
