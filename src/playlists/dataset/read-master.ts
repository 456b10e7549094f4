/** Reads a master table as one corpus: what `prepareDataset` would write as model_input_full, without the writing and without a split. */
import type { Corpus } from "../../corpus/index.js";
import { type DuckDbOptions, withDuckDb } from "../../system/index.js";
import { corpusOfPlays } from "./corpus-of-plays.js";
import { type MergedNames, mergedNames } from "./merged-names.js";
import { indexPlays, numberPlays, type PlaysOptions, requirePlaylistsLeft, settle } from "./number-plays.js";

export interface MasterRead extends MergedNames {
  /** Tracks numbered by first appearance, playlists in the order in which they first appear, with ids and titles. */
  readonly corpus: Corpus;
  /** Playlists of fewer than `minTracks` tracks, which are left out, and their rows. */
  readonly droppedPlaylists: number;
  readonly droppedRows: number;
}

/** @throws SegueError where an option is wrong, the master table is missing, or no playlist is long enough */
export async function readMaster(options: PlaysOptions & DuckDbOptions): Promise<MasterRead> {
  const wanted = await settle(options);
  return withDuckDb(options, async (database) => {
    await indexPlays(database, wanted);
    const { playlists, droppedPlaylists, droppedRows } = await database.row<
      { playlists: number } & Pick<MasterRead, "droppedPlaylists" | "droppedRows">
    >(
      `SELECT count(*) AS playlists, count(*) FILTER (part IS NULL) AS "droppedPlaylists",
         coalesce(sum(rows) FILTER (part IS NULL), 0)::BIGINT AS "droppedRows" FROM playlist_index`,
    );
    requirePlaylistsLeft(playlists, playlists - droppedPlaylists, wanted);
    const names = await mergedNames(database, wanted);
    await numberPlays(database);
    return { corpus: await corpusOfPlays(database), droppedPlaylists, droppedRows, ...names };
  });
}
