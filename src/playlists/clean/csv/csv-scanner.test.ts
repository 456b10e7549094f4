import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { folderOfTests } from "../../../system/files/temporary-folder.testkit.js";
import { type Database, sqlString, withDuckDb } from "../../../system/index.js";
import { RowWriter } from "../row-writer.js";
import { slowScan } from "./csv.testkit.js";
import { CsvScanner } from "./csv-scanner.js";

const folder = folderOfTests("scan");
let files = 0;

interface Scanned {
  rows: string[][];
  rejects: { line: number; reason: string }[];
  count: number;
}

/** Scans `bytes` as if they came in pieces of `piece` bytes. */
const scan = (bytes: Buffer, piece: number, escapeByte: number): Promise<Scanned> =>
  withDuckDb({ threads: 2 }, (database) => scanWith(database, bytes, piece, escapeByte));

async function scanWith(
  database: Database,
  bytes: Buffer,
  piece: number,
  escapeByte: number,
): Promise<Scanned> {
  const path = join(folder, `${files++}.parquet`);
  const writer = new RowWriter(path);
  const rejects: Scanned["rejects"] = [];
  const scanner = new CsvScanner(
    { delimiter: 0x2c, escape: escapeByte, columns: [0, 1, 2, 3] },
    writer,
    (line, reason) => rejects.push({ line, reason }),
    { firstLine: 2, firstRowId: 0, readTime: () => undefined },
  );
  let waiting = Buffer.alloc(0);
  // Readers reuse their buffer, so behind the end are bytes of earlier text.
  const take = (last: boolean) =>
    scanner.scan(Buffer.concat([waiting, Buffer.from('",x\n"')]), waiting.length, last);
  for (let from = 0; from < bytes.length; from += piece) {
    waiting = Buffer.concat([waiting, bytes.subarray(from, from + piece)]);
    waiting = waiting.subarray(take(false));
  }
  expect(take(true)).toBe(waiting.length);
  writer.close();
  const rows = await database.rows<Record<string, string | number>>(
    `SELECT * FROM read_parquet(${sqlString(path)}) ORDER BY row_id`,
  );
  return {
    rows: rows.map((row) => [row.user_id, row.artist, row.track, row.playlist] as string[]),
    rejects,
    count: scanner.rows,
  };
}

const backslash = 0x5c;

async function scanText(text: string, escapeByte = backslash): Promise<Scanned> {
  return scan(Buffer.from(text), 1 << 20, escapeByte);
}

describe("CsvScanner", () => {
  it.each([
    ["plain", '"u","a","t","p"\n', [["u", "a", "t", "p"]]],
    ["no quotes", "u,a,t,p\n", [["u", "a", "t", "p"]]],
    ["no line end at the end", '"u","a","t","p"', [["u", "a", "t", "p"]]],
    [
      "Windows line ends",
      '"u","a","t","p"\r\n"u",a,t,p\r\n',
      [
        ["u", "a", "t", "p"],
        ["u", "a", "t", "p"],
      ],
    ],
    ["spaces before quotes", '"u", "a",  "t", "p"\n', [["u", "a", "t", "p"]]],
    ["an escaped quote", String.raw`"u","a","7\" Version","p"`, [["u", "a", '7" Version', "p"]]],
    [
      "an escaped backslash",
      String.raw`"u","Axwell /\\ Ingrosso","t","p\\"`,
      [["u", "Axwell /\\ Ingrosso", "t", "p\\"]],
    ],
    ["a backslash, then a quote", String.raw`"u","a","t\\\"","p"`, [["u", "a", 't\\"', "p"]]],
    ["a doubled quote", '"u","a","say ""hi""","p"', [["u", "a", 'say "hi"', "p"]]],
    ["commas in quotes", '"u","a, b","t,","p"', [["u", "a, b", "t,", "p"]]],
    [
      "line ends in quotes",
      '"u","a","one\ntwo\r\nthree","p"\nu,a,t,p',
      [
        ["u", "a", "one\ntwo\r\nthree", "p"],
        ["u", "a", "t", "p"],
      ],
    ],
    [
      "empty lines between",
      "u,a,t,p\n\n\r\nu,b,t,p\n\n",
      [
        ["u", "a", "t", "p"],
        ["u", "b", "t", "p"],
      ],
    ],
    [
      "a delimiter at the end of each row",
      '"u","a","t","p",\r\nu,a,t,p,\nu,a,t,p',
      [
        ["u", "a", "t", "p"],
        ["u", "a", "t", "p"],
        ["u", "a", "t", "p"],
      ],
    ],
    ["quotes inside a bare field", 'u,a,7" Version,p', [["u", "a", '7" Version', "p"]]],
    ["spaces around names, and keeps those within", '" u ","a  b ", t ,p', [["u", "a  b", "t", "p"]]],
    [
      "letters apart from their accents",
      '"u","Beyonce\u0301\u00a0","か\u3099",p',
      [["u", "Beyoncé", "が", "p"]],
    ],
    ["a name that is longer when composed", '"u","\u0958","t","p"', [["u", "\u0915\u093c", "t", "p"]]],
    ["other scripts", '"u","夏","♥ ночь","p"', [["u", "夏", "♥ ночь", "p"]]],
  ])("reads %s", async (_, text, rows) => {
    expect(await scanText(text)).toEqual({ rows, rejects: [], count: rows.length });
  });

  it("keeps backslashes that do not escape", async () => {
    expect((await scanText(String.raw`"u","AC\DC","t\","p"`, -1)).rows).toEqual([
      ["u", "AC\\DC", "t\\", "p"],
    ]);
  });

  it.each([
    ["too few fields", '"u","a","t"', "wrong number of fields"],
    ["too many fields", '"u","a","t","p","x"', "wrong number of fields"],
    ["a delimiter at the end of one row", "u,a,b,t,", "wrong number of fields"],
    ["an unclosed quote", '"u","a","t,"p"', "unclosed quote"],
    ["an unclosed quote at the end of the line", '"u","a","t","p', "unclosed quote"],
    ["text after a quote", '"u","a" b,"t","p"', "text after a closing quote"],
    ["a NUL byte", '"u","a","t\0","p"', "NUL byte"],
    ["an empty artist", '"u","","t","p"', "empty artist"],
    ["a blank track", '"u","a","  ","p"', "empty track"],
    ["no user", ',"a","t","p"', "empty user_id"],
    ["no playlist", '"u","a","t",', "empty playlist"],
  ])("rejects only %s, with its line", async (_, line, reason) => {
    const good = '"u","a","t","p"';
    const { rows, rejects, count } = await scanText(`${good}\n${line}\n${good}\n${good}`);
    expect(rejects).toEqual([{ line: 3, reason }]);
    expect(rows).toHaveLength(3);
    expect(count).toBe(4);
  });

  it("rejects Latin-1 bytes and goes on", async () => {
    const text = Buffer.concat([
      Buffer.from('"u","Beyonc'),
      Buffer.from([0xe9]),
      Buffer.from('","t","p"\n"u","a","t","p"\n'),
    ]);
    expect(await scan(text, 1000, backslash)).toEqual({
      rows: [["u", "a", "t", "p"]],
      rejects: [{ line: 2, reason: "not UTF-8" }],
      count: 2,
    });
  });

  it("gives a rejected line without its line end", () => {
    const texts: string[] = [];
    const writer = new RowWriter(join(folder, `${files++}.parquet`));
    const scanner = new CsvScanner(
      { delimiter: 0x2c, escape: backslash, columns: [0, 1, 2, 3] },
      writer,
      (_, __, ___, text) => texts.push(text.toString()),
      { firstLine: 2, firstRowId: 0, readTime: () => undefined },
    );
    const lines = Buffer.from("bad\r\nalso bad\nworse");
    scanner.scan(lines, lines.length, true);
    writer.abandon();
    expect(texts).toEqual(["bad", "also bad", "worse"]);
  });

  it("counts lines correctly after a field with line breaks", async () => {
    const { rejects } = await scanText('"u","a","one\ntwo","p"\nbad\n');
    expect(rejects).toEqual([{ line: 4, reason: "wrong number of fields" }]);
  });

  it("does not let an unclosed quote swallow the file", async () => {
    const lines = Array.from({ length: 3000 }, (_, i) => `u,a,track number ${i} of a long list,p`);
    const { rows, rejects } = await scanText(`u,a,"open,p\n${lines.join("\n")}\n`);
    expect(rejects).toEqual([{ line: 2, reason: "unclosed quote" }]);
    expect(rows).toHaveLength(3000);
  });

  it("waits for the rest of a row that has begun on an earlier line, wherever a piece ends", async () => {
    const fields = ["a", " b", '"c"', '"e""f"', String.raw`"\"g"`, String.raw`h\,`, "i\rj", String.raw`k\\`];
    const ends = ["p\n", '"p"\r\n', "p\\\n", "p\\\r\n"];
    const text = fields.flatMap((field) => ends.map((end) => `"on\nline",${field},"t",${end}`)).join("");
    const found = await scan(Buffer.from(text), 1, backslash);
    expect(found).toEqual(slowScan(text, true));
    expect(found.rows).toHaveLength(4 * fields.length);
  });

  it("agrees with the slow parser, however the bytes are split", async () => {
    const token = fc.constantFrom<string>(
      '"',
      '"',
      ",",
      ",",
      "\\",
      "\n",
      "\n",
      "\r\n",
      "\r",
      " ",
      "a",
      "é",
      "e\u0301",
      "\u00a0",
      "夏",
      "\0",
      '","',
      '"\n"',
      "u,a,t,p\n",
      '"u","a","t","p"\n',
    );
    await withDuckDb({ threads: 2 }, (database) =>
      fc.assert(
        fc.asyncProperty(
          fc.array(token, { maxLength: 60 }),
          fc.integer({ min: 1, max: 50 }),
          fc.constantFrom(backslash, -1),
          async (tokens, piece, escapeByte) => {
            const text = tokens.join("");
            const fast = await scanWith(database, Buffer.from(text), piece, escapeByte);
            expect(fast).toEqual(slowScan(text, escapeByte === backslash));
            expect(fast.count).toBe(fast.rows.length + fast.rejects.length);
          },
        ),
        { numRuns: Number(process.env.SEGUE_FUZZ ?? 150) },
      ),
    );
  }, 120_000);
});
