/** The readers of files that hold playlists, by form. */
import type { TextSource } from "../../system/index.js";
import type { FileRows } from "./file-rows.js";
import type { InputForm } from "./inputs/forms.js";
import { readMpdSlice } from "./json/read-mpd.js";
import { readSequenceRows } from "./json/read-sequences.js";
import { readM3u } from "./read-m3u.js";
import { readPls } from "./read-pls.js";
import { readItunes } from "./xml/read-itunes.js";
import { readRekordbox } from "./xml/read-rekordbox.js";
import { readTraktor } from "./xml/read-traktor.js";
import { readXspf } from "./xml/read-xspf.js";

/** Reads a file of playlists, whose tracks have an order but no times. @param playlist the name of the playlist if the file is one */
type PlaylistReader = (source: TextSource, rows: FileRows, playlist: string) => Promise<void>;

export const playlistReaders: Readonly<
  Record<Exclude<InputForm, "csv" | "json" | "parquet">, PlaylistReader>
> = {
  mpd: readMpdSlice,
  sequences: readSequenceRows,
  m3u: readM3u,
  pls: readPls,
  xspf: readXspf,
  itunes: readItunes,
  rekordbox: readRekordbox,
  traktor: readTraktor,
};
