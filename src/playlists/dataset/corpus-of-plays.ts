/** Makes a corpus of numbered plays, without a string for every play. */
import type { Corpus } from "../../corpus/index.js";
import { type Database, uintColumn } from "../../system/index.js";
import { corpusOfNumbers, numberedPlaylists } from "./corpus-of-numbers.js";

/**
 * @param database has the tables of `../sql`: playlist_index, numbered_plays, named_tracks
 * @returns the corpus that `readCorpus` reads from model_input_full
 */
export async function corpusOfPlays(database: Database): Promise<Corpus> {
  const playlists = await numberedPlaylists(
    database,
    "SELECT playlist_id, playlist, rows::UINTEGER FROM playlist_index WHERE part IS NOT NULL ORDER BY number",
  );
  const items = await itemsOf(database, playlists.offsets);
  return corpusOfNumbers(database, { ...playlists, items }, { tracks: "named_tracks", number: "track" });
}

/** Track numbers in playing order. Plays usually arrive in row order; playlists for which they do not are sorted. */
async function itemsOf(database: Database, offsets: Uint32Array): Promise<Uint32Array> {
  const plays = offsets[offsets.length - 1]!;
  const items = new Uint32Array(plays);
  const rows = new Uint32Array(plays);
  const next = offsets.slice();
  const isUnsorted = new Set<number>();
  for await (const chunk of database.chunks("SELECT playlist, place, track FROM numbered_plays")) {
    const playlists = uintColumn(chunk, 0);
    const places = uintColumn(chunk, 1);
    const tracks = uintColumn(chunk, 2);
    for (let i = 0; i < playlists.length; i++) {
      const playlist = playlists[i]!;
      const at = next[playlist]!;
      next[playlist] = at + 1;
      items[at] = tracks[i]!;
      rows[at] = places[i]!;
      if (at > offsets[playlist]! && rows[at - 1]! > places[i]!) isUnsorted.add(playlist);
    }
  }
  for (const playlist of isUnsorted) {
    const [start, end] = [offsets[playlist]!, offsets[playlist + 1]!];
    const order = Uint32Array.from({ length: end - start }, (_, i) => start + i);
    order.sort((a, b) => rows[a]! - rows[b]!);
    items.set(
      order.map((at) => items[at]!),
      start,
    );
  }
  return items;
}
