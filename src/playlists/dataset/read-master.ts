/** Reads a master table as the corpus that `prepareDataset` would write as model_input_full, without a split. */
import type { Corpus } from "../../corpus/index.js";
import { type DuckDbOptions, withDuckDb } from "../../system/index.js";
import { corpusOfPlays } from "./corpus-of-plays.js";
import { type MergedNames, mergedNames } from "./merged-names.js";
import { indexPlays, numberPlays, type PlaysOptions, requirePlaylistsLeft, settle } from "./number-plays.js";

export interface MasterRead extends MergedNames {
  /** Tracks numbered by first appearance, playlists in the order of theirs, with ids and titles. */
  readonly corpus: Corpus;
  /** The number of playlists dropped for having fewer than `minTracks` tracks, and of their rows. */
  readonly droppedPlaylists: number;
  readonly droppedRows: number;
}

/** @throws SegueError if an option is invalid, the master table is missing, or no playlist is long enough */
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
