import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { trackIndex } from "./track-index.js";

describe("the index from track ids to numbers", () => {
  it("finds what a Map finds, and nothing else", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: "binary" }), { maxLength: 200 }),
        fc.array(fc.string()),
        (ids, others) => {
          const tracks = [...new Set(ids)];
          const index = trackIndex(tracks);
          const numbers = new Map(tracks.map((track, i) => [track, i]));
          for (const id of [...ids, ...others]) expect(index.get(id)).toBe(numbers.get(id));
        },
      ),
    );
  });

  it("distinguishes a hundred thousand similar ids", () => {
    const tracks = Array.from({ length: 100_000 }, (_, i) => `Artist ${i % 300}-Track ${i}`);
    const index = trackIndex(tracks);
    for (let i = 0; i < tracks.length; i += 7) expect(index.get(tracks[i]!)).toBe(i);
    expect(index.get("Artist 0-Track 100000")).toBeUndefined();
    expect(trackIndex(tracks)).toBe(index);
    // All 32 bits of these two hashes are the same.
    const alike = ["1lcsa3", "37ss1r"];
    expect(alike.map((id) => trackIndex(alike).get(id))).toEqual([0, 1]);
    expect(trackIndex(["1lcsa3"]).get("37ss1r")).toBeUndefined();
  });

  it("is empty without ids, and returns the last place of a duplicate id", () => {
    expect(trackIndex([]).get("")).toBeUndefined();
    expect(trackIndex(["a", "", "a"]).get("a")).toBe(2);
    expect(trackIndex(["a", "", "b"]).get("")).toBe(1);
  });
});
