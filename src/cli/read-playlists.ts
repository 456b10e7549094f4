/** Playlists of any form as a corpus: sequences are read as they are, raw files are cleaned and put together first. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Corpus, readSequences } from "../corpus/index.js";
import type { Progress } from "../system/index.js";

export async function readPlaylists(
  paths: readonly string[],
  options: { progress?: Progress; signal?: AbortSignal },
): Promise<Corpus> {
  if (paths.every((path) => /\.(jsonl|ndjson)(\.gz)?$/.test(path))) return readSequences(paths, options);
  const { cleanPlaylists, prepareDataset, readCorpus } = await import("../playlists/index.js");
  const folder = await mkdtemp(join(tmpdir(), "segue-train-"));
  try {
    const master = join(folder, "master.parquet");
    await cleanPlaylists({
      ...options,
      inputs: paths,
      output: master,
      rejects: join(folder, "rejects.jsonl"),
    });
    const { files } = await prepareDataset({ ...options, master, outputFolder: folder });
    return await readCorpus(files.model_input_full, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
