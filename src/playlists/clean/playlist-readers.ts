/** The readers of files that hold playlists, by form. */
import type { TextSource } from "../../system/index.js";
import type { InputForm } from "./inputs/forms.js";
import { readMpdSlice } from "./json/read-mpd.js";
import { readSequenceRows } from "./json/read-sequences.js";
import { readM3u } from "./read-m3u.js";
import { readPls } from "./read-pls.js";
import type { Rejects } from "./rejects.js";
import type { RowWriter } from "./row-writer.js";
import type { LibraryRead } from "./xml/library.js";
import { readItunes } from "./xml/read-itunes.js";
import { readRekordbox } from "./xml/read-rekordbox.js";
import { readTraktor } from "./xml/read-traktor.js";
import { readXspf } from "./xml/read-xspf.js";

/** Reads a file of playlists, whose tracks have an order but no times. */
type PlaylistReader = (
  source: TextSource,
  playlist: string,
  firstRowId: number,
  writer: RowWriter,
  rejects: Rejects,
) => Promise<{ readonly unnamed?: number } & LibraryRead>;

/** Wraps a reader that does not need the file's name, since the file names its playlists. */
const named =
  (
    read: (source: TextSource, ...rest: [number, RowWriter, Rejects]) => ReturnType<PlaylistReader>,
  ): PlaylistReader =>
  (source, _, ...rest) =>
    read(source, ...rest);

export const playlistReaders: Readonly<
  Record<Exclude<InputForm, "csv" | "json" | "parquet">, PlaylistReader>
> = {
  mpd: named(readMpdSlice),
  sequences: named(readSequenceRows),
  m3u: readM3u,
  pls: readPls,
  xspf: readXspf,
  itunes: named(readItunes),
  rekordbox: named(readRekordbox),
  traktor: named(readTraktor),
};
