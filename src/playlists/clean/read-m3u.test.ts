import { describe, expect, it } from "vitest";
import { cleaning } from "./clean.testkit.js";

const { clean, failure } = cleaning();

describe("playlists of music players", () => {
  it("are one playlist each, named after the file", async () => {
    const { rows, facts } = await clean({
      "Road trip.m3u8":
        "\ufeff#EXTM3U\r\n#PLAYLIST:x\r\n#EXTINF:215,Muse - Uprising - Live\r\nC:\\music\\1.mp3\r\n\r\n#EXTINF:-1,a-ha - Take On Me\r\n/music/2.mp3\r\n",
      "b.m3u": '#EXTINF:9 tvg-logo="a,b",Air – La femme d\'argent\n#EXTGRP:x\n3.mp3',
    });
    expect(rows).toEqual([
      [0, null, "Muse", "Uprising - Live", "Road trip"],
      [1, null, "a-ha", "Take On Me", "Road trip"],
      [2, null, "Air", "La femme d'argent", "b"],
    ]);
    expect(facts.form).toBe("m3u");
  });

  it("are read from VirtualDJ, too", async () => {
    const { rows, rejected } = await clean({
      "a.m3u":
        "#EXTVDJ:<time>20:00</time><artist>Simon &amp; Garfunkel</artist><title>A - B</title>\r\nC:\\1.mp3\r\n#EXTINF:9,Air - Talisman\n#EXTVDJ:<filesize>4</filesize>\n2.mp3\n#EXTVDJ:<title>x</title>\n3.mp3\n",
    });
    expect(rows.map((row) => row.slice(2, 4))).toEqual([
      ["Simon & Garfunkel", "A - B"],
      ["Air", "Talisman"],
    ]);
    expect(rejected).toMatchObject([{ line: 7, reason: "not a play" }]);
    const latin = Buffer.from("#EXTVDJ:<artist>Bj\xf6rk</artist><title>x</title>\n1.mp3\n", "latin1");
    expect((await failure({ "b.m3u": latin })).hint).toMatch(/--encoding latin-1/);
  });

  it("are parted in linear time, however long a name is", async () => {
    const began = process.cpuUsage();
    const { rejected } = await clean({
      "a.m3u": `#EXTM3U\n#EXTINF:9,a${"\t".repeat(200_000)}b\nb.mp3\n#EXTINF:9,Air - Talisman\nc.mp3\n`,
    });
    expect(rejected).toMatchObject([{ line: 3, reason: "not a play" }]);
    expect(process.cpuUsage(began).user).toBeLessThan(2_000_000);
  });

  it("rejects entries without information, each with its line", async () => {
    const text = Buffer.concat([
      Buffer.from("#EXTM3U\n#EXTINF:215,Muse - Uprising\n1.mp3\n2.mp3\n#EXTINF:9,Jingle\n3.mp3\n"),
      Buffer.from("#EXTINF:9,Bj\xf6rk - J\xf3ga\n4.mp3\n", "latin1"),
    ]);
    const { rows, rejected, facts } = await clean({ "a.m3u": text });
    expect(rows).toHaveLength(1);
    expect(rejected.map(({ line, reason, text }) => [line, reason, text])).toEqual([
      [4, "not a play", "2.mp3"],
      [6, "not a play", "#EXTINF:9,Jingle\n3.mp3"],
      [8, "not UTF-8", "#EXTINF:9,Björk - Jóga\n4.mp3"],
    ]);
    expect(facts.remedies).toEqual([
      expect.stringMatching(/--encoding latin-1/),
      expect.stringMatching(/save the playlist as extended M3U/),
    ]);
    expect((await clean({ "a.m3u": text }, { encoding: "latin-1" })).rows[1]).toEqual([
      3,
      null,
      "Björk",
      "Jóga",
      "a",
    ]);
  });

  it("are read from PLS in the order of their numbers, and rejected without a title", async () => {
    const text =
      "[playlist]\r\nNumberOfEntries=4\r\nFile10=10.mp3\r\nTitle10=a-ha - Take On Me\r\nLength10=215\r\nFile2=2.mp3\r\nTitle2=Muse - Uprising - Live\r\nfile3=http://radio\r\nTitle3=Radio\r\nFile4=4.mp3\r\nVersion=2\r\n";
    const { rows, rejected, facts } = await clean({ "Road trip.pls": text });
    expect(rows).toEqual([
      [0, null, "Muse", "Uprising - Live", "Road trip"],
      [3, null, "a-ha", "Take On Me", "Road trip"],
    ]);
    expect(rejected.map(({ line, reason, detail, text }) => [line, reason, detail, text])).toEqual([
      [9, "not a play", 'expected "Title3=Artist - Title"', "Title3=Radio"],
      [10, "not a play", 'expected "Title4=Artist - Title"', "File4=4.mp3"],
    ]);
    expect(facts.form).toBe("pls");
    const latin1 = Buffer.from("[playlist]\nFile1=1.mp3\nTitle1=Bj\xf6rk - J\xf3ga", "latin1");
    expect((await failure({ "a.pls": latin1 })).message).toMatch(/a\.pls line 3: not UTF-8/);
    expect((await clean({ "a.pls": latin1 }, { encoding: "latin-1" })).rows[0]![2]).toBe("Björk");
  });

  it("refuses a list of bare paths, and says what is missing", async () => {
    expect((await failure({ "a.m3u": "/music/Muse/Uprising.mp3\n" })).message).toMatch(
      /none of the 1 rows can be used; .*a\.m3u line 1: not a play \(expected "#EXTINF:215,Artist - Title" above it\)/,
    );
  });
});
