import { describe, expect, it } from "vitest";
import { findTwins, twinKey } from "../index.js";

describe("twinKey", () => {
  it.each([
    "Band-Song - Radio Edit",
    "Band-Song (Radio Edit)",
    "BAND-Song - Remastered",
    "Band-Song - Remastered 2009",
    "Band-Song - 2011 Remaster",
    "Band-Song (2009 Digital Remaster)",
    "Band-Song - 2009 Digitally Remastered Version",
    "Band-Song [Remastered 1997] - Single Version",
    "Band-Song - Album Version",
    "Band-Song (Explicit)",
    "Band-Song  - Mono",
  ])("recognises %s as the song", (title) => {
    expect(twinKey(title)).toBe("band-song");
  });

  it.each([
    "Band-Song - Live",
    "Band-Song (Acoustic)",
    "Band-Song - DJ Remix",
    "Band-Song (Remastered Live at Home)",
    "Band-Song II",
    "Band-Radio Edit",
    "Band-Clean",
  ])("leaves %s alone", (title) => {
    expect(twinKey(title)).toBe(title.toLowerCase());
  });
});

it("twinKey takes linear time for any title", () => {
  for (const hostile of [`a${" ".repeat(200_000)}b`, `a${"(edit)".repeat(30_000)}`]) {
    const began = performance.now();
    twinKey(hostile);
    expect(performance.now() - began).toBeLessThan(2_000);
  }
});

it("findTwins returns another track of the same song, or none", () => {
  const tracks = ["b-s", "b-other", "b-s - Radio Edit", "b-s - Remastered 2009"];
  expect([...findTwins({ tracks })]).toEqual([2, -1, 0, 0]);
});
