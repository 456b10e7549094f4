import { expect, it } from "vitest";
import { processorMs } from "../../../system/time.testkit.js";
import { naturalOrder } from "./natural-order.js";

it("sorts numbers by value, and names of nothing but accents in no time", async () => {
  expect(["a10", "a2", "A2", "b1"].sort(naturalOrder)).toEqual(["a2", "A2", "a10", "b1"]);
  const accents = [1, 2, 3, 4].map((i) => `a${"\u0301".repeat(15_000)}${"\u0316".repeat(15_000)}${i}`);
  expect(await processorMs(() => expect([...accents].sort(naturalOrder)).toEqual(accents))).toBeLessThan(100);
});
