/** How the text of a CSV file is cut into fields, and where each of them goes. */
export interface CsvLayout {
  /** The byte between fields. */
  readonly delimiter: number;
  /** The escape byte, or -1 where there is none. */
  readonly escape: number;
  /** Whether quotes are letters like others, and no field stands in them; by default they are not. */
  readonly isUnquoted?: boolean;
  /** For each field of the file the column of `RowWriter` that takes it. */
  readonly columns: readonly number[];
  /** Whether what the artist's column takes is "Artist - Title", of which the track's takes the second part; by default it is not. */
  readonly isTitled?: boolean;
  /** What every row has for a field that the file has no column for, in the order of `fieldNames`; by default nothing. */
  readonly absent?: readonly Uint8Array[];
}
