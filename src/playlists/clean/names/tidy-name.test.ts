import { expect, it } from "vitest";
import { sqlString, withDuckDb } from "../../../system/index.js";
import { processorMs } from "../../../system/time.testkit.js";
import { blanks, isSurelyTidy, tidyName, tidySql } from "./tidy-name.js";

/** All of Unicode's characters. */
function* characters(): Generator<string> {
  for (let code = 0; code <= 0x10ffff; code++)
    if (code < 0xd800 || code > 0xdfff) yield String.fromCodePoint(code);
}

const passes = (name: string) => isSurelyTidy(Buffer.from(name), 0, Buffer.byteLength(name));

it("composes characters and trims blanks", () => {
  expect(tidyName("\u00a0Beyonce\u0301 \t")).toBe("Beyonc\u00e9");
  expect(tidyName("\u304b\u3099")).toBe("\u304c");
  expect(tidyName("a  b")).toBe("a  b");
  expect(tidyName("\u200e \u202aOne\u200d\u200f More\u202c\ufeff")).toBe("One\u200d\u200f More");
  expect(tidyName("\u200e \u200e")).toBe("");
});

it("gives the same in SQL", async () => {
  const names = [
    "",
    " ",
    "a  b",
    "\u00a0Beyonce\u0301 \t",
    "\u304b\u3099",
    "a\u0301 ",
    "\ud83d\ude00",
    "\u3000\ud83d\ude00\u2029",
  ];
  for (const blank of blanks) names.push(`${blank}a`, `a${blank}`, `${blank} a${blank}b ${blank}`, blank);
  await withDuckDb({}, async (database) => {
    const tidied = await database.rows<{ name: string }>(
      `SELECT ${tidySql("name")} AS name FROM unnest([${names.map(sqlString).join(", ")}]) AS names(name)`,
    );
    expect(tidied.map(({ name }) => name)).toEqual(names.map(tidyName));
    const none = `SELECT ${tidySql("name")} AS name FROM (SELECT NULL::VARCHAR AS name)`;
    expect(await database.row(none)).toEqual({ name: "" });
  });
});

it("trims long names of nothing but accents in no time, and does not reorder them", async () => {
  const accents = `a${"\u0301".repeat(10_000)}${"\u0316".repeat(10_000)}`;
  expect(await processorMs(() => expect(tidyName(` ${accents}`)).toBe(accents))).toBeLessThan(50);
  const spent = await processorMs(() =>
    withDuckDb({}, async (database) => {
      const sql = `SELECT ${tidySql("name")} AS name FROM (SELECT ${sqlString(` ${accents}`)} AS name)`;
      expect(await database.row(sql)).toEqual({ name: accents });
    }),
  );
  expect(spent).toBeLessThan(1000);
});

it("recognises all blanks", () => {
  const isBlankAlone = (each: string) => each.trim() === "" || /[\u200b\u2060\p{Bidi_Control}]/u.test(each);
  expect([...characters()].filter(isBlankAlone).sort()).toEqual([...blanks].sort());
  for (const blank of blanks) {
    for (const name of [`${blank}a`, `a${blank}`]) {
      expect(passes(name)).toBe(false);
    }
  }
});

it("skips no character that changes, alone or next to another", () => {
  // Between two letters that each compose with much, and behind a mark that goes behind others.
  const around = ["", "e", "\u1100", "\u304b", "\u0627", "\u0301"];
  for (const each of characters()) {
    if (!passes(each)) continue;
    for (const before of around) {
      const changed = (before + each).normalize("NFC") !== before.normalize("NFC") + each;
      if (changed) expect.unreachable(`U+${each.codePointAt(0)!.toString(16)} after "${before}"`);
    }
  }
});
