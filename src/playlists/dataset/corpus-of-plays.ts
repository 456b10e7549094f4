/** A corpus of numbered plays: how preparing makes one, without a string for every play. */
import type { Corpus } from "../../corpus/index.js";
import { type Database, wholeNumbers } from "../../system/index.js";
import { corpusOfNumbers } from "./corpus-of-numbers.js";

/**
 * @param database holds the tables of `../sql`: playlist_index, numbered_plays, named_tracks
 * @returns tracks numbered by first appearance, playlists in their order, as `readCorpus` gives of model_input_full
 */
export async function corpusOfPlays(database: Database): Promise<Corpus> {
  const playlistIds: string[] = [];
  const titles: string[] = [];
  const ends: number[] = [];
  let plays = 0;
  for await (const chunk of database.chunks(
    "SELECT playlist_id, playlist, rows::UINTEGER FROM playlist_index WHERE part IS NOT NULL ORDER BY number",
  )) {
    for (const [id, title, length] of chunk.getRows()) {
      playlistIds.push((id as string | null) ?? "");
      titles.push((title as string | null) ?? "");
      plays += length as number;
      ends.push(plays);
    }
  }
  const offsets = new Uint32Array(playlistIds.length + 1);
  offsets.set(ends, 1);
  const items = await itemsOf(database, offsets);
  return corpusOfNumbers(
    database,
    { offsets, items, playlistIds, titles },
    { tracks: "named_tracks", number: "track" },
  );
}

/** Track numbers in playing order. Plays hardly ever come in another order than that of their rows; where they do, they are sorted. */
async function itemsOf(database: Database, offsets: Uint32Array): Promise<Uint32Array> {
  const plays = offsets[offsets.length - 1]!;
  const items = new Uint32Array(plays);
  const rows = new Uint32Array(plays);
  const next = offsets.slice();
  const isUnsorted = new Set<number>();
  for await (const chunk of database.chunks("SELECT playlist, place, track FROM numbered_plays")) {
    const playlists = wholeNumbers(chunk, 0);
    const places = wholeNumbers(chunk, 1);
    const tracks = wholeNumbers(chunk, 2);
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
