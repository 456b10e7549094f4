import { describe, expect, it } from "vitest";
import { csvFields, formats, linesOf, linkTo, tracksInLink } from "./formats.js";

const tracks = [
  { id: "Björk-Jóga", artist: "Björk", title: "Jóga" },
  { id: 'A, B-"Quoted"', artist: "A, B", title: '"Quoted"' },
];

describe("formats", () => {
  it("writes CSV that it reads back", () => {
    expect(linesOf(formats.CSV.write(tracks))).toEqual(tracks.map((t) => t.id));
    expect(csvFields('a,"b ""c"", d",')).toEqual(["a", 'b "c", d', ""]);
  });

  it("writes text, M3U and JSON", () => {
    expect(formats.text.write(tracks)).toBe('Björk - Jóga\nA, B - "Quoted"\n');
    expect(formats.M3U.write(tracks)).toMatch(/^#EXTM3U\n#EXTINF:-1,Björk - Jóga\n/);
    expect(JSON.parse(formats.JSON.write(tracks))).toEqual({ tracks });
  });

  it("reads pasted lines and CSV with other column names", () => {
    expect(linesOf(" Daft Punk - One More Time\n\n#x\nAbba")).toEqual(["Daft Punk - One More Time", "Abba"]);
    expect(linesOf("artistname,trackname\nAbba,Waterloo")).toEqual(["Abba-Waterloo"]);
  });

  it("puts a playlist into a link and takes it out", () => {
    const ids = tracks.map((t) => t.id);
    expect(tracksInLink(linkTo(ids))).toEqual(ids);
    expect(tracksInLink(linkTo([]))).toEqual([]);
  });
});
