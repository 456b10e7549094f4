import { describe, expect, it } from "vitest";
import { csvRows, type FormatName, formats, linesOf, linkTo, tracksInLink } from "./formats.js";

const tracks = [
  { id: "Björk-Jóga", artist: "Björk", title: "Jóga" },
  { id: 'A, B-"Quoted"', artist: "A, B", title: '"Quoted"' },
  { id: "Jay-Z-99 Problems - Live, 100%", artist: "Jay-Z", title: "99 Problems - Live, 100%" },
  { id: "#1 Dads-So Soldier", artist: "#1 Dads", title: "So Soldier" },
  { id: "宇多田ヒカル-光", artist: "宇多田ヒカル", title: "光" },
  { id: 'Weird Al-The 12" Remix?x=[1]', artist: "Weird Al", title: 'The 12" Remix?x=[1]' },
  { id: "no artist/at all.mp3", title: "no artist/at all.mp3" },
];
const spoken = tracks.map((t) => (t.artist ? `${t.artist} - ${t.title}` : t.title));
const ids = tracks.map((t) => t.id);

describe("formats", () => {
  it.each(Object.keys(formats) as FormatName[])("reads back the %s that it writes", (name) => {
    const written = formats[name].write(tracks);
    const expected = name === "CSV" || name === "JSON" ? ids : spoken;
    expect(linesOf(written)).toEqual(expected);
    expect(linesOf(`\uFEFF${written.replaceAll("\n", "\r\n")}`)).toEqual(expected);
  });

  it("writes text, M3U and JSON", () => {
    const two = tracks.slice(0, 2);
    expect(formats.text.write(two)).toBe('Björk - Jóga\nA, B - "Quoted"\n');
    expect(formats.M3U.write(two)).toMatch(/^#EXTM3U\n#EXTINF:-1,Björk - Jóga\n/);
    const scored = two.map((track) => ({ ...track, score: 0.5, place: 2 }));
    expect(JSON.parse(formats.JSON.write(scored))).toEqual({ tracks: two });
  });

  it("keeps what CSV has in quotes", () => {
    expect(csvRows('a,"b ""c"", d", e ,\n\n"two\nlines"," f "')).toEqual([
      ["a", 'b "c", d', "e", ""],
      ["two\nlines", " f "],
    ]);
    expect(csvRows('12" mix,say "a"\n"not closed,x')).toEqual([
      ['12" mix', 'say "a"'],
      ['"not closed', "x"],
    ]);
    const odd = { id: "two\nlines ", title: "two\nlines " };
    expect(linesOf(formats.CSV.write([odd]))).toEqual([odd.id]);
  });

  it("reads pasted lines and CSV with other column names", () => {
    expect(linesOf(" Daft Punk - One More Time\n\n#1 Crush\r\nAbba")).toEqual([
      "Daft Punk - One More Time",
      "#1 Crush",
      "Abba",
    ]);
    expect(linesOf("artistname,trackname\nAbba,Waterloo")).toEqual(["Abba-Waterloo"]);
    expect(linesOf("Artist,Title,Id\nAbba,Waterloo,\nAbba,SOS,7xQ2")).toEqual(["Abba-Waterloo", "Abba-SOS"]);
    const other = '"Track URI","Track Name","Album Name","Artist Name(s)"\nspotify:track:7xQ2,SOS,Gold,ABBA';
    expect(linesOf(other)).toEqual(["ABBA-SOS"]);
    expect(linesOf("id,name,artists\n7xQ2,SOS,ABBA")).toEqual(["ABBA-SOS"]);
  });

  it("reads M3U of others: by what it says, else by the names of files", () => {
    const foreign = [
      "#EXTM3U",
      "#PLAYLIST:Mine",
      '#EXTINF:213 tvg-name="a, b" group-title="x",ABBA - Waterloo, Live',
      "/music/1.mp3",
      "#EXTINF:-1,",
      "C:\\Music\\Daft Punk - One More Time.flac",
      "https://example.org/a/Bj%C3%B6rk%20-%20J%C3%B3ga.mp3?token=a.b/c",
      "Mr. Big - 100% Live.ogg",
      "#EXTINF:10,Last - One",
    ].join("\n");
    expect(linesOf(foreign)).toEqual([
      "ABBA - Waterloo, Live",
      "Daft Punk - One More Time",
      "Björk - Jóga",
      "Mr. Big - 100% Live",
      "Last - One",
    ]);
  });

  it("reads JSON of others, and lines that only look like JSON as lines", () => {
    expect(linesOf('["Abba-SOS", {"Artist": "Abba", "title": "Waterloo"}, 7, null]')).toEqual([
      "Abba-SOS",
      "Abba-Waterloo",
    ]);
    expect(linesOf("[untitled]\n{x}")).toEqual(["[untitled]", "{x}"]);
  });

  it("puts a playlist into a link and takes it out", () => {
    expect(tracksInLink(linkTo(ids))).toEqual(ids);
    expect(tracksInLink(linkTo([]))).toEqual([]);
  });
});
