/** Finds what comes in a log of plays again and again between the songs, as a radio station's jingles and advertisements do. */
import { type Database, shellWord, sqlString } from "../../system/index.js";
import { sqlFile } from "../sql-file.js";

interface MostPlayed {
  /** The artist, or the title where there is no artist. */
  readonly name: string;
  readonly plays: number;
  readonly titles: number;
  readonly playlists: number;
}

/** Fewer playlists show nothing. */
const fewestPlaylists = 20;
/** What is no music is in more of the playlists than this share … */
const leastShare = 0.4;
/**
 * … each of its titles comes, on average, in this share of them, for it has few: of what a listener likes most many titles are
 * played …
 */
const leastOfEachTitle = 0.1;
/**
 * … and is played so many times as often as the next. Shares of playlists would not part them: in a broadcast of hours the hits
 * of the day come for certain, too, but once each.
 */
const timesTheNext = 3;
/** More than so many are songs, whatever their figures. */
const most = 10;

/**
 * What to say of it, a line each.
 *
 * @param master the path of a master table that was parted by pauses
 * @param playlists how many there are in it
 */
export async function noMusicNotes(database: Database, master: string, playlists: number): Promise<string[]> {
  if (playlists < fewestPlaylists) return [];
  const ranking = await database.rows<MostPlayed>(
    sqlFile("most-played", { master: sqlString(master), most: String(most + 1) }),
  );
  return noMusicOf(ranking, playlists).map(
    (each) =>
      `"${each.name}" is in ${Math.floor((100 * each.playlists) / playlists)} % of the playlists: if that is not music, leave it out: --leave-out ${shellWord(each.name)}`,
  );
}

/** Those at the top that are all alike, down to where the next is played far less. */
function noMusicOf(ranking: readonly MostPlayed[], playlists: number): readonly MostPlayed[] {
  const firstSong = ranking.findIndex(
    (each) =>
      each.playlists <= leastShare * playlists || each.plays < leastOfEachTitle * playlists * each.titles,
  );
  for (let count = firstSong === -1 ? ranking.length - 1 : firstSong; count > 0; count--)
    if (ranking[count - 1]!.plays >= timesTheNext * ranking[count]!.plays) return ranking.slice(0, count);
  return [];
}
