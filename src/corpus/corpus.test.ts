import { describe, expect, it } from "vitest";
import { CorpusBuilder, trackIndex } from "./index.js";

describe("CorpusBuilder", () => {
  it("keeps an artist given later, and the first of several", () => {
    const builder = new CorpusBuilder();
    builder.add({ id: "1", tracks: ["X-1", "X-2", "Y-1"] });
    builder.add({ id: "2", tracks: ["X-1", "X-2", "Y-1", "Z-1"], artists: ["X", "X", "", "Z"] });
    builder.add({ id: "3", tracks: ["X-1", "Y-1"], artists: ["another", "Y"] });
    expect(builder.build()).toMatchObject({
      tracks: ["X-1", "X-2", "Y-1", "Z-1"],
      artists: ["X", "X", "Y", "Z"],
    });
  });

  it("has no artists if none is given", () => {
    const builder = new CorpusBuilder();
    builder.add({ id: "1", tracks: ["a"] });
    expect(builder.build().artists).toBeUndefined();
  });

  it.each([
    [{ tracks: ["a", "b"], artists: ["A"] }, /the playlist "p": "artists" holds 1 names for 2 tracks/],
    [{ tracks: ["a"], artists: ["A", "B"] }, /"artists" holds 2 names for 1 tracks/],
    [{ tracks: ["a"], artists: [3] }, /"artists"\[0\] should be text, found 3/],
    [{ tracks: ["a"], artists: "A" }, /"artists" should be a list, found "A"/],
    [{ tracks: ["a", 7] }, /"tracks"\[1\] should be a track id, found 7/],
    [{ tracks: ["a", undefined] }, /"tracks"\[1\] should be a track id, found undefined/],
    [{ tracks: "a" }, /"tracks" should be a list of track ids, found "a"/],
    [{}, /"tracks" should be a list of track ids, found undefined/],
    [{ tracks: ["a"], title: 1 }, /"title" should be text, found 1/],
    [{ id: 5, tracks: ["a"] }, /the id of a playlist should be text, found 5/],
  ])("refuses %j as a whole", (playlist, message) => {
    const builder = new CorpusBuilder();
    const add = () => builder.add({ id: "p", ...playlist } as unknown as { id: string; tracks: string[] });
    expect(add).toThrow(message);
    expect(add).toThrow(expect.objectContaining({ name: "SegueError", exitCode: 2 }));
    expect(builder.build()).toMatchObject({ tracks: [], playlistIds: [] });
  });

  it("numbers ids, and nothing else", () => {
    const builder = new CorpusBuilder();
    expect(builder.number("a")).toBe(0);
    expect(builder.number("a", "A")).toBe(0);
    expect(() => builder.number(5 as unknown as string)).toThrow(/a track id should be text, found 5/);
    expect(builder.build().artists).toEqual(["A"]);
  });

  it("does not change a built corpus when more is added for the next one", () => {
    const builder = new CorpusBuilder();
    builder.add({ id: "p1", title: "one", tracks: ["a", "b"], artists: ["A", ""] });
    const first = builder.build();
    const asBuilt = structuredClone(first);
    expect(trackIndex(first.tracks).get("c")).toBeUndefined();
    builder.add({ id: "p2", tracks: ["b", "c"], artists: ["B", "C"] });
    const second = builder.build();
    expect(first).toEqual(asBuilt);
    expect(trackIndex(second.tracks).get("c")).toBe(2);
    expect(second).toMatchObject({
      playlistIds: ["p1", "p2"],
      titles: ["one", ""],
      artists: ["A", "B", "C"],
    });
  });
});
