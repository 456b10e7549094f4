/** How the text of a CSV file is split into fields, and where each field goes. */
export interface CsvLayout {
  /** The byte between fields. */
  readonly delimiter: number;
  /** The escape byte, or -1 if there is none. */
  readonly escape: number;
  /** Whether quotes are ordinary characters. Default: false. */
  readonly isUnquoted?: boolean;
  /** Whether rows may lack the last field, because the header ends with a delimiter and names none. Default: false. */
  readonly mayLackLast?: boolean;
  /** For each field of the file, the column of `RowWriter` that receives it. */
  readonly columns: readonly number[];
  /** Whether the artist's column is "Artist - Title", whose second part goes to the track's column. Default: false. */
  readonly isTitled?: boolean;
  /** The constant values of fields for which the file has no column, in the order of `fieldNames`. Default: empty. */
  readonly absent?: readonly Uint8Array[];
}
