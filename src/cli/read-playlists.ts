/**
 * Playlists of any form that Segue reads, as a corpus: sequences and prepared datasets as they are, raw files and master tables cleaned
 * and put together first.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Corpus, readSequences } from "../corpus/index.js";
import { type Progress, SegueError } from "../system/index.js";

/** @param options.minTracks raw playlists of fewer tracks are left out; default 3, as in the flows */
export async function readPlaylists(
  paths: readonly string[],
  { minTracks, ...options }: { progress?: Progress; signal?: AbortSignal; minTracks?: number },
): Promise<Corpus> {
  if (paths.every((path) => /\.(jsonl|ndjson)(\.gz)?$/.test(path))) return readSequences(paths, options);
  const { cleanPlaylists, readCorpus, readMaster } = await import("../playlists/index.js");
  if (paths.length === 1 && paths[0]!.endsWith(".parquet")) {
    try {
      return await readCorpus(paths[0]!, options);
    } catch (error) {
      // A Parquet file with other columns is rows of plays: it goes the way of raw files.
      if (!(error instanceof SegueError)) throw error;
    }
  }
  const folder = await mkdtemp(join(tmpdir(), "segue-playlists-"));
  try {
    const master = join(folder, "master.parquet");
    await cleanPlaylists({
      ...options,
      inputs: paths,
      output: master,
      rejects: join(folder, "rejects.jsonl"),
    });
    options.progress?.({ task: "numbering plays", done: 0 });
    return await readMaster({ ...options, minTracks, master });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
