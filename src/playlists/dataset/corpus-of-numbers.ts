/** Makes a corpus of numbered plays and the names of the numbers. */
import { type Corpus, numberByAppearance } from "../../corpus/index.js";
import { type Database, uintColumn } from "../../system/index.js";
import { sqlFile } from "../sql-file.js";

/** The table with the names of tracks. */
export interface NamedTracks {
  /** Its name; it has the columns track_id and artist. */
  readonly tracks: string;
  /** Its column with the tracks' numbers, from 0; numbers without plays may be missing. */
  readonly number: string;
}

/**
 * Reads the playlists of a corpus, without their tracks.
 *
 * @param query selects id, title and length (UINTEGER) of each, in order
 */
export async function numberedPlaylists(
  database: Database,
  query: string,
): Promise<{ offsets: Uint32Array; playlistIds: string[]; titles: string[] }> {
  const playlistIds: string[] = [];
  const titles: string[] = [];
  const ends: number[] = [];
  let plays = 0;
  for await (const chunk of database.chunks(query)) {
    for (const [id, title, length] of chunk.getRows()) {
      playlistIds.push((id as string | null) ?? "");
      titles.push((title as string | null) ?? "");
      plays += length as number;
      ends.push(plays);
    }
  }
  const offsets = new Uint32Array(playlistIds.length + 1);
  offsets.set(ends, 1);
  return { offsets, playlistIds, titles };
}

/** @param plays `items` are numbers of the table of names; they are renumbered in place */
export async function corpusOfNumbers(
  database: Database,
  plays: Pick<Corpus, "offsets" | "items" | "playlistIds" | "titles">,
  { tracks: table, number }: NamedTracks,
): Promise<Corpus> {
  await database.run(sqlFile("name-artists", { tracks: table }));
  const names = [""];
  for await (const chunk of database.chunks("SELECT artist FROM named_artists ORDER BY number"))
    for (const name of chunk.getColumnValues(0)) names.push(name as string);
  const ids: string[] = [];
  const artistOf: string[] = [];
  for await (const chunk of database.chunks(sqlFile("read-names", { tracks: table, number }))) {
    const artists = uintColumn(chunk, 1);
    const numbers = uintColumn(chunk, 2);
    const trackIds = chunk.getColumnValues(0);
    for (let row = 0; row < trackIds.length; row++) {
      // Numbers without plays have no name; "" keeps the arrays without holes.
      for (; ids.length < numbers[row]!; ids.push("")) artistOf.push("");
      ids.push((trackIds[row] as string | null) ?? "");
      artistOf.push(names[artists[row]!]!);
    }
  }
  const order = numberByAppearance(plays.items, ids.length);
  const tracks = Array.from(order, (number) => ids[number]!);
  const artists = Array.from(order, (number) => artistOf[number]!);
  const anyArtist = artists.some((artist) => artist !== "");
  const { offsets, items, playlistIds, titles } = plays;
  return { tracks, artists: anyArtist ? artists : undefined, offsets, items, playlistIds, titles };
}
