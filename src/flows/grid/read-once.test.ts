import { describe, expect, it } from "vitest";
import { evenly } from "./read-once.js";

const queries = Array.from({ length: 10 }, (_, i) => ({ context: [`a${i}`], next: `b${i}` }));

describe("evenly spaced queries", () => {
  it("are all of them if there are few, or if all are wanted", () => {
    expect(evenly(queries, 10)).toBe(queries);
    expect(evenly(queries, 0)).toBe(queries);
  });

  it("are as many as wanted, in order, over the whole list", () => {
    const chosen = evenly(queries, 4);
    expect(chosen.map((query) => query.next)).toEqual(["b0", "b2", "b5", "b7"]);
  });
});
