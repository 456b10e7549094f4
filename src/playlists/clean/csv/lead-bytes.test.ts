import { expect, it } from "vitest";
import { Random } from "../../../system/index.js";
import { LeadBytes } from "./lead-bytes.js";

const fromEmpty = (text: string) => Buffer.from(new TextEncoder().encode(text).buffer);

it("finds each lead byte of a multi-byte character, at any position in a word", () => {
  const random = new Random(7);
  for (let n = 0; n < 300; n++) {
    const text = Array.from(
      { length: random.below(60) },
      () => "aaaaaaé\u0301界𝄞"[random.below(9)] ?? "b",
    ).join("");
    const bytes = fromEmpty(text.toWellFormed());
    const leads = new LeadBytes(bytes);
    for (let from = 0; from < bytes.length; from += 1 + random.below(5)) {
      const exact = bytes.findIndex((byte, i) => i >= from && byte >= 0xc0);
      const found = leads.next(from);
      expect(found).toBeGreaterThanOrEqual(from);
      expect(found).toBeLessThanOrEqual(exact === -1 ? bytes.length : exact);
      // Some word from there on has one, but for the last few bytes.
      const word = found & ~3;
      if (word + 4 <= bytes.length)
        expect(bytes.subarray(word, word + 4).some((byte) => byte >= 0xc0)).toBe(true);
    }
  }
});

it("finds nothing in ASCII, and finds lead bytes across word boundaries", () => {
  expect(new LeadBytes(fromEmpty("plain")).next(0)).toBe(5);
  const odd = fromEmpty("xplain é").subarray(1);
  expect([odd.byteOffset % 4, new LeadBytes(odd).next(3)]).toEqual([1, 3]);
});
