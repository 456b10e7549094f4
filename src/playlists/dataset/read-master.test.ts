import { readdir, writeFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { folderOfEachTest } from "../../system/files/temporary-folder.testkit.js";
import { cleanPlaylists } from "../clean/clean-playlists.js";
import { prepareDataset } from "../prepare/prepare-dataset.js";
import { generateSample } from "../sample/generate-sample.js";
import { readCorpus } from "./read-corpus.js";
import { readMaster } from "./read-master.js";

const at = folderOfEachTest("master");

async function masterOf(input: string): Promise<string> {
  const output = at("master.parquet");
  await cleanPlaylists({ inputs: [input], output, rejects: at("rejects.jsonl") });
  return output;
}

it.each([{}, { minTracks: 40, mergeVersions: true, mergeCapitals: true }, { dev: true, ratio: 0.5 }])(
  "gives the same as preparing it as a whole, and writes nothing: %o",
  async (options) => {
    await generateSample({ playlists: 300, output: at("sample.csv") });
    const master = await masterOf(at("sample.csv"));
    const before = await readdir(at());
    const read = await readMaster({ master, ...options });
    expect(await readdir(at())).toEqual(before);
    const { files, ...facts } = await prepareDataset({
      master,
      outputFolder: at("out"),
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
  const input = at("one.csv");
  await writeFile(
    input,
    `"user_id", "artistname", "trackname", "playlistname"\n${["1", "2", "3"].map((track) => `"u","A","${track}","p"`).join("\n")}\n`,
  );
  const { corpus } = await readMaster({ master: await masterOf(input) });
  const { tracks, titles } = corpus;
  expect(tracks).toEqual(["A-1", "A-2", "A-3"]);
  expect(titles).toEqual(["p"]);
  await expect(readMaster({ master: at("master.parquet"), minTracks: 4 })).rejects.toMatchObject({
    message: "no playlist is left: all 1 have fewer than 4 tracks",
  });
});
