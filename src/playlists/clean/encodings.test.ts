import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { cleaning, good, header } from "./clean.testkit.js";

const { at, clean, failure } = cleaning();

describe("encodings", () => {
  it("accepts a byte order mark, CR LF, and a last line without a line break", async () => {
    const { rows } = await clean({
      "a.csv": `\ufeff${header}${good}${good}`.replaceAll("\n", "\r\n").trimEnd(),
    });
    expect(rows.map((row) => row.slice(1))).toEqual([
      ["u1", "Muse", "Uprising", "gym"],
      ["u1", "Muse", "Uprising", "gym"],
    ]);
  });

  it("takes a byte order mark for UTF-8, whatever the encoding of other files", async () => {
    const { rows } = await clean(
      {
        "a.csv": "\ufeffartist,track,playlist\nBjörk,Jóga,a\n",
        "b.csv": Buffer.from("artist,track,playlist\nBjörk,Jóga,b\n", "latin1"),
      },
      { encoding: "latin-1" },
    );
    expect(rows.map((row) => row.slice(2))).toEqual([
      ["Björk", "Jóga", "a"],
      ["Björk", "Jóga", "b"],
    ]);
  });

  it.each([
    ["with a mark", (text: string) => Buffer.from(`\ufeff${text}`, "utf16le")],
    ["without one", (text: string) => Buffer.from(text, "utf16le")],
    ["the other way round, gzipped", (text: string) => gzipSync(Buffer.from(text, "utf16le").swap16())],
  ])("accepts UTF-16 %s, like Excel's Unicode text", async (_, encode) => {
    const text = "Artist\tTrack\tPlaylist\r\nBjörk\tJóga\tété 🎵\r\n";
    const { rows } = await clean({ "a.txt": encode(text + "Muse\tUprising\tgym\r\n".repeat(50_000)) });
    expect(rows).toHaveLength(50_001);
    expect(rows[0]).toEqual([0, null, "Björk", "Jóga", "été 🎵"]);
  });

  it("a file in Latin-1: says how to read it", async () => {
    const { hint } = await failure({ "a.csv": Buffer.from(`${header}"u","Björk","Jóga","gym"\n`, "latin1") });
    expect(hint).toMatch(/--encoding latin-1/);
  });

  it("a file in Mac OS Roman, its header too: says how to convert it", async () => {
    const line = (names: string) => Buffer.from(names, "latin1");
    const rows = line("artist;track\nBj\x9ark;J\x97ga\nBeyonc\x8e;x\nDon\xd5t;x\n");
    expect((await failure({ "a.csv": rows })).hint).toMatch(
      /Mac OS Roman\? .*: iconv -f macintosh -t utf-8 /,
    );
    const header = line("K\x9fnstler;Titel\nA;x\n");
    expect((await failure({ "b.csv": header })).hint).toContain(`utf-8 ${at("b.csv")} > utf-8-b.csv`);
    // Shift JIS looks alike.
    const japanese = "\x93\xfa\x8e\x9e,\x83A\x81[\x83e\x83B\x83X\x83g,\x8b\xc8\x96\xbc\n1,A,x\n";
    expect((await failure({ "d.csv": line(japanese) })).hint).toMatch(/in another encoding, name that/);
    // Signs of Windows-1252.
    const { hint } = await failure({ "c.csv": line("artist;track\n\x93Abc\x94;Don\x92t\x85\n") });
    expect(hint).toMatch(/--encoding latin-1/);
  });

  it.each([",", ";"])(
    "a header in Latin-1, separated by %s: says how to read it, and that works",
    async (delimiter) => {
      const text = "Künstler,Titel,Playlist\nBjörk,Jóga,été\n".replaceAll(",", delimiter);
      const { code, message, hint, left } = await failure({ "a.csv": Buffer.from(text, "latin1") });
      expect({ code, left }).toEqual({ code: "not-utf-8", left: [] });
      expect(message).toMatch(
        /a\.csv, line 1 is not UTF-8; .* the columns are "Künstler", "Titel", "Playlist"$/,
      );
      expect(hint).toMatch(/--encoding latin-1/);
      const { rows } = await clean({}, { inputs: ["a.csv"], encoding: "latin-1" });
      expect(rows).toEqual([[0, null, "Björk", "Jóga", "été"]]);
    },
  );
});
