import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { cleanPlaylists } from "../clean/clean-playlists.js";
import { prepareDataset } from "../prepare/prepare-dataset.js";
import { generateSample } from "../sample/generate-sample.js";
import { readCorpus } from "./read-corpus.js";
import { readMaster } from "./read-master.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "segue-master-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function masterOf(input: string): Promise<string> {
  const output = join(folder, "master.parquet");
  await cleanPlaylists({ inputs: [input], output, rejects: join(folder, "rejects.jsonl") });
  return output;
}

it.each([{}, { minTracks: 40, mergeVersions: true, mergeCapitals: true }, { dev: true, ratio: 0.5 }])(
  "gives the same as preparing it as a whole, and writes nothing: %o",
  async (options) => {
    await generateSample({ playlists: 300, output: join(folder, "sample.csv") });
    const master = await masterOf(join(folder, "sample.csv"));
    const before = await readdir(folder);
    const read = await readMaster({ master, ...options });
    expect(await readdir(folder)).toEqual(before);
    const { files, ...facts } = await prepareDataset({
      master,
      outputFolder: join(folder, "out"),
      ...options,
    });
    expect(read.corpus).toEqual(await readCorpus(files.model_input_full));
    expect(read).toMatchObject({
      droppedPlaylists: facts.droppedPlaylists,
      droppedRows: facts.droppedRows,
    });
  },
);

it("needs only one playlist", async () => {
  const input = join(folder, "one.csv");
  await writeFile(
    input,
    `"user_id", "artistname", "trackname", "playlistname"\n${["1", "2", "3"].map((track) => `"u","A","${track}","p"`).join("\n")}\n`,
  );
  const { corpus } = await readMaster({ master: await masterOf(input) });
  const { tracks, titles } = corpus;
  expect(tracks).toEqual(["A-1", "A-2", "A-3"]);
  expect(titles).toEqual(["p"]);
  await expect(readMaster({ master: join(folder, "master.parquet"), minTracks: 4 })).rejects.toMatchObject({
    message: "no playlist is left: all 1 have fewer than 4 tracks",
  });
});
