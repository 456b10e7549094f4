import { describe, expect, it } from "vitest";
import { textWidth } from "../../system/index.js";
import { recommendationText } from "./recommendation-text.js";

const long = `Somebody-${"A Long Title ".repeat(8)}`;
const shown = [
  {
    track: "夏-の夜",
    score: 2,
    reasons: [
      { kind: "after", track: "Abba-SOS", playlists: 3 },
      { kind: "together", track: "Abba-Waterloo", playlists: 40 },
    ],
  },
  { track: long, score: 1, reasons: [{ kind: "played", times: 1 }] },
] as const;

describe("recommendationText", () => {
  it("keeps a name with a line feed in its row", () => {
    const rows = recommendationText(
      [{ track: "A\nB", score: 1, reasons: [{ kind: "played", times: 1 }] }],
      80,
    );
    expect(rows.split("\n")[0]).toMatch(/^ {2}1 {2}A B {2}▇+$/);
  });

  it("fits a terminal, with each reason below its track", () => {
    const lines = recommendationText(shown, 80).split("\n");
    expect(lines[0]).toMatch(/^ {2}1 {2}夏-の夜 +▇{12}$/);
    expect(lines.slice(1, 3)).toEqual([
      "     after Abba-SOS in 3 playlists",
      "     with Abba-Waterloo in 40 playlists",
    ]);
    expect(lines[3]).toMatch(/^ {2}2 {2}Somebody-A Long .*… {2}▇{6}$/);
    for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(80);
    const startsAt = [lines[0]!, lines[3]!].map((line) => textWidth(line.slice(0, line.indexOf("▇"))));
    expect(startsAt[0]).toBe(startsAt[1]);
  });

  it("keeps a reason in one line, whatever its track is called", () => {
    const reasons = [{ kind: "near", track: "A-One; Two", cosine: 1 }] as const;
    expect(recommendationText([{ track: "B", reasons }], 80)).toBe("  1  B\n     near A-One; Two");
  });

  it("is a row for each track with all there is to say elsewhere", () => {
    const rows = recommendationText(shown).split("\n");
    expect(rows).toHaveLength(2);
    expect(rows[1]).toBe(`  2  ${long}  1.0000  played already`);
  });

  it("takes any number of tracks", () => {
    const many = Array.from({ length: 150_000 }, (_, i) => ({ track: `A-${i}`, score: i }));
    expect(recommendationText(many, 80).split("\n")).toHaveLength(150_000);
  });

  it("has no scores in an extended playlist", () => {
    expect(recommendationText([{ track: "Abba-SOS" }], 80)).toBe("  1  Abba-SOS");
  });
});
