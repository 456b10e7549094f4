/** Detects what recurs between the songs of a log, such as a radio station's jingles and advertisements. */
import { type Database, shellWord, sqlParquet } from "../../../system/index.js";
import { sqlFile } from "../../sql-file.js";

interface MostPlayed {
  /** The artist, or the title where there is no artist. */
  readonly name: string;
  readonly plays: number;
  readonly titles: number;
  readonly playlists: number;
}

/** With fewer playlists, nothing is detected. */
const fewestPlaylists = 20;
/** What is not music is in more than this share of the playlists … */
const leastShare = 0.4;
/**
 * … has at least this many plays per title and playlist, since it has few titles, whereas a listener's favourite artist has many …
 */
const leastOfEachTitle = 0.1;
/**
 * … and is played this many times as often as the next. Its share of playlists is not enough: each broadcast of several hours also
 * plays the hits of the day, but once each.
 */
const timesTheNext = 3;
/** If there are more candidates than this, they are songs. */
const most = 10;

/**
 * Lines for the output.
 *
 * @param master the path of a master table that was split at pauses
 * @param playlists how many it has
 */
export async function noMusicNotes(database: Database, master: string, playlists: number): Promise<string[]> {
  if (playlists < fewestPlaylists) return [];
  const ranking = await database.rows<MostPlayed>(
    sqlFile("most-played", { master: sqlParquet(master), most: String(most + 1) }),
  );
  return noMusicOf(ranking, playlists).map(
    (each) =>
      `"${each.name}" is in ${Math.floor((100 * each.playlists) / playlists)} % of the playlists: if that is not music, leave it out: --leave-out ${shellWord(each.name)}`,
  );
}

/** The candidates at the top of the ranking, down to where the next is played far less. */
function noMusicOf(ranking: readonly MostPlayed[], playlists: number): readonly MostPlayed[] {
  const firstSong = ranking.findIndex(
    (each) =>
      each.playlists <= leastShare * playlists || each.plays < leastOfEachTitle * playlists * each.titles,
  );
  for (let count = firstSong === -1 ? ranking.length - 1 : firstSong; count > 0; count--)
    if (ranking[count - 1]!.plays >= timesTheNext * ranking[count]!.plays) return ranking.slice(0, count);
  return [];
}
