/** Playlists of any form that Segue reads, as a corpus: sequences, a prepared dataset, a master table, or raw files. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Corpus } from "../corpus/index.js";
import { type Progress, SegueError } from "../system/index.js";

export async function loadCorpus(inputs: readonly string[], progress: Progress): Promise<Corpus> {
  const only = inputs.length === 1 ? inputs[0]! : undefined;
  if (only !== undefined && /\.jsonl(\.gz)?$/.test(only)) {
    const { readSequences } = await import("../corpus/index.js");
    return readSequences(only, { progress });
  }
  const { cleanPlaylists, prepareDataset, readCorpus } = await import("../playlists/index.js");
  if (only?.endsWith(".parquet")) {
    try {
      return await readCorpus(only);
    } catch (error) {
      // A Parquet file with other columns is rows of plays: it goes the way of raw files.
      if (!(error instanceof SegueError)) throw error;
    }
  }
  const scratch = await mkdtemp(join(tmpdir(), "segue-analyze-"));
  try {
    const master = join(scratch, "master.parquet");
    await cleanPlaylists({ inputs, output: master, rejects: join(scratch, "rejects.jsonl"), progress });
    await prepareDataset({ master, outputFolder: scratch, minTracks: 2, progress });
    return await readCorpus(join(scratch, "model_input_full.parquet"));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
