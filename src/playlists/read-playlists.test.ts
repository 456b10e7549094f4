import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { folderOfTests } from "../system/files/temporary-folder.testkit.js";
import { cleanPlaylists } from "./clean/clean-playlists.js";
import { prepareDataset } from "./prepare/prepare-dataset.js";
import { readPlaylists } from "./read-playlists.js";

const folder = folderOfTests("read");

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

it("reads a CSV with columns of its own, and accounts for every row", async () => {
  const path = write(
    "own.csv",
    "performer,song,list\nA,One,mix\nA,Two,mix\nB,One,mix\n,Nothing,mix\nA,One,short\n",
  );
  const told: string[] = [];
  const columns = { artist: "performer", track: "song", playlist: "list" };
  const { corpus, ...counts } = await readPlaylists(path, { columns, tell: (line) => told.push(line) });
  expect(corpus).toMatchObject({
    tracks: ["A-One", "A-Two", "B-One"],
    artists: ["A", "A", "B"],
    playlistIds: ["mix"],
    titles: ["mix"],
    items: Uint32Array.from([0, 1, 2]),
  });
  expect(counts).toMatchObject({
    ...{ rows: 5, rejected: 1, droppedPlaylists: 1, droppedRows: 1, howToPart: undefined },
    firstRejects: [{ line: 5, reason: "empty artist" }],
  });
  expect(told).toEqual([
    "1 of 5 rows cannot be used and are left out:",
    expect.stringMatching(/own\.csv:5: empty artist/),
    "playlists of fewer than 3 tracks are left out: 1, with 1 rows",
  ]);
});

it("reads several files, and keeps shorter playlists if asked to", async () => {
  const files = ["a", "b"].map((id) =>
    write(`${id}.jsonl`, `{"playlist_id":"${id}","tracks":["X-1","Y-${id}"]}\n`),
  );
  const { corpus } = await readPlaylists(files, { minTracks: 2 });
  expect(corpus.playlistIds).toEqual(["a", "b"]);
  expect(corpus.tracks).toEqual(["X-1", "Y-a", "Y-b"]);
});

it.each<[unknown, object, string]>([
  [[], {}, "readPlaylists needs the paths of files"],
  [undefined, {}, "readPlaylists needs the paths of files"],
  ["x.csv", { minTracks: 0 }, "minTracks must be a whole number ≥ 1, got 0"],
  ["x.csv", { encoding: "utf-16" }, 'encoding must be one of "utf-8"'],
  ["x.csv", { gap: 3 }, "readPlaylists has no option gap"],
  ["x.csv", {}, "there is no file x.csv"],
])("refuses %j with %j", async (files, options, message) => {
  await expect(readPlaylists(files as string, options)).rejects.toThrow(message);
});

it("reads a part of a split as it is, like segue evaluate", async () => {
  const rows = Array.from({ length: 300 }, (_, i) => `A,${i % 3},list ${Math.floor(i / 3)}`);
  const master = join(folder, "master.parquet");
  const inputs = [write("many.csv", `artist,track,playlist\n${rows.join("\n")}\n`)];
  await cleanPlaylists({ inputs, output: master });
  const { train } = (await prepareDataset({ master, outputFolder: folder })).files;
  const { corpus, ...counts } = await readPlaylists(train);
  expect(corpus.tracks).toEqual(["A-0", "A-1", "A-2"]);
  expect(counts).toMatchObject({ rows: corpus.items.length, rejected: 0, droppedPlaylists: 0 });
  await expect(readPlaylists(train, { minTracks: 2 })).rejects.toThrow(
    `minTracks is for raw files, and ${train} is a prepared dataset`,
  );
});

it("stops when it is aborted", async () => {
  const signal = AbortSignal.abort(new Error("enough"));
  await expect(readPlaylists(write("c.csv", "artist,track,playlist\nA,One,x\n"), { signal })).rejects.toThrow(
    "enough",
  );
});
