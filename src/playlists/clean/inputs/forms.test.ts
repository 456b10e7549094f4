import { writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { cleaning } from "../clean.testkit.js";
import { detectForm } from "./forms.js";

const { at } = cleaning();

/** Longer than a first look at the file. */
const long = Array.from({ length: 10_000 }, (_, i) => `artist ${i}-track`);
const line = (value: unknown) => `${JSON.stringify(value)}\n`;
const numbers = { playlist_id: 1, tracks: [7, 8] };

describe("lines of JSON are sequences if they have an id and tracks", () => {
  it.each([
    ["numbers", line(numbers), "sequences"],
    ["the id after a long list", line({ tracks: long, playlist_id: "p" }), "sequences"],
    [
      "a long list of artists before the tracks",
      line({ playlist_id: "p", artists: long, tracks: long }),
      "sequences",
    ],
    ["no id", line({ tracks: ["a"] }), "json"],
    ["no id, in one line without a line end", line({ tracks: ["a"] }).trimEnd(), "json"],
    ["no id, in a long line", line({ name: "gym", tracks: long }).repeat(2), "json"],
    ["a document in one long line", JSON.stringify({ playlists: [{ name: "gym", tracks: long }] }), "json"],
  ])("%s", async (_, text, form) => {
    for (const bytes of [text, gzipSync(text), Buffer.from(text, "utf16le")]) {
      await writeFile(at("a.json"), bytes);
      expect(await detectForm({ path: at("a.json") })).toBe(form);
    }
  });
});

it("tells the form of a file with nothing but line feeds below its first line at once", async () => {
  await writeFile(at("empty-lines.csv"), `artist,track${"\n".repeat(60_000)}`);
  const began = process.cpuUsage();
  expect(await detectForm({ path: at("empty-lines.csv") })).toBe("csv");
  expect(process.cpuUsage(began).user).toBeLessThan(1_000_000);
});
