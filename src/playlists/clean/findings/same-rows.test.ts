import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { cleaning, header } from "../clean.testkit.js";

const { clean } = cleaning();

const row = (track: string, playlist = "gym") => `"u1","Muse","${track}","${playlist}"\n`;
const one = `${header}${row("Uprising")}${row("Bliss")}`;

it("reports a file with the same rows as another, in any order, gzipped or not", async () => {
  const turned = `${header}${row("Bliss")}${row("Uprising")}`;
  const { facts } = await clean({ "a.csv": one, "a.csv.gz": gzipSync(one), "b.csv": turned });
  expect(facts).toMatchObject({ rows: 6, written: 6 });
  expect(facts.notes).toEqual([
    expect.stringMatching(/a\.csv\.gz holds the same rows as .*a\.csv, .*: leave out one of the two files$/),
    expect.stringMatching(/b\.csv holds the same rows as .*a\.csv, /),
  ]);
});

it("says nothing about files with as many, but different rows", async () => {
  const { facts } = await clean({
    "a.csv": one,
    "b.csv": `${header}${row("Uprising")}${row("Starlight")}`,
    "c.csv": `${header}${row("Uprising", "run")}${row("Bliss", "run")}`,
    "d.csv": `${header}${row("Uprising")}`,
    "e.csv": `${one}${row("Bliss")}`,
  });
  expect(facts.notes).toEqual([]);
});
