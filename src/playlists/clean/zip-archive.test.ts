/** Zip archives, as which people get their data: how to come to what is in them. */
import { writeFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { zipOf } from "../zip.testkit.js";
import { cleaning } from "./clean.testkit.js";
import { detectForm } from "./forms.js";

const { at, failure } = cleaning();

async function hintFor(files: Record<string, string>, name = "my_spotify_data.zip") {
  await writeFile(at(name), zipOf(files));
  const { message, hint, code, left } = await failure({}, { inputs: [name] });
  expect({ message, code, left }).toEqual({
    message: `${at(name)} is a zip archive`,
    code: "foreign",
    left: [],
  });
  return hint.replaceAll(at(), "HERE");
}

const history = "[{}]".repeat(500);
const account = "Spotify Account Data";

it("names the largest of what may be playlists, whose parts are one, and the rest behind", async () => {
  const files = {
    [`${account}/ReadMeFirst.pdf`]: history.repeat(99),
    [`${account}/YourLibrary.json`]: history,
    [`${account}/StreamingHistory_music_0.json`]: history,
    [`${account}/StreamingHistory_music_1.json`]: history,
    [`${account}/Playlist1.json`]: "{}",
    "__MACOSX/._Playlist2.json": "{}",
  };
  expect(await hintFor(files)).toBe(
    "unzip it, then give what holds the plays or the playlists: unzip HERE/my_spotify_data.zip -d my_spotify_data; " +
      `segue run --input 'my_spotify_data/${account}/StreamingHistory_music_*.json'\n` +
      `in it are also: ${account}/YourLibrary.json, ${account}/Playlist1.json`,
  );
});

it("counts what it does not name, and takes names as a shell does", async () => {
  const files = Object.fromEntries(["a", "b", "c", "d", "e", "f", "g"].map((name) => [`${name}'s.csv`, "x"]));
  expect(await hintFor(files, "my data.ZIP")).toBe(
    "unzip it, then give what holds the plays or the playlists: unzip 'HERE/my data.ZIP' -d 'my data'; " +
      "segue run --input 'my data/a'\\''s.csv'\nin it are also: b's.csv, c's.csv, d's.csv, e's.csv and 2 more",
  );
});

it("says so where nothing in it may be playlists, or it is damaged", async () => {
  expect(await hintFor({ "a.pdf": "x" })).toMatch(/^nothing in it is called as files of playlists are/);
  await writeFile(at("cut.csv"), zipOf({ "a.csv": "x" }).subarray(0, 40));
  await expect(detectForm(at("cut.csv"))).rejects.toMatchObject({
    hint: `unpack it first: unzip ${at("cut.csv")} -d cut.csv-unzipped`,
  });
});
