/** Reads a master table as one corpus: what `prepareDataset` would write as model_input_full, without the writing and without a split. */
import type { Corpus } from "../../corpus/index.js";
import { type DuckDbOptions, withDuckDb } from "../../system/index.js";
import {
  indexPlays,
  numberPlays,
  type PlaysOptions,
  requirePlaylists,
  settle,
} from "../prepare/number-plays.js";
import { corpusOfPlays } from "./corpus-of-plays.js";

/**
 * @returns tracks numbered by first appearance, playlists in the order in which they first appear, with ids and titles
 * @throws SegueError where an option is wrong, the master table is missing, or no playlist is long enough
 */
export async function readMaster(options: PlaysOptions & DuckDbOptions): Promise<Corpus> {
  const wanted = await settle(options);
  return withDuckDb(options, async (database) => {
    await indexPlays(database, wanted);
    const { playlists, kept } = await database.row<{ playlists: number; kept: number }>(
      "SELECT count(*) AS playlists, count(part) AS kept FROM playlist_index",
    );
    requirePlaylists(playlists, kept, wanted);
    await numberPlays(database);
    return corpusOfPlays(database);
  });
}
