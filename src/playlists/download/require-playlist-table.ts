/** Nothing but playlists may take the place of the raw data: an error page or a torn file would be found out a flow later. */
import { SegueError } from "../../system/index.js";
import { columnNames } from "../clean/csv-header.js";
import { formOf } from "../clean/forms.js";
import { readHead } from "../clean/text-source.js";

/**
 * Looks at the first line of a file.
 *
 * @param name what users call it
 * @throws SegueError where it is of no form that Segue reads, or a CSV file with too few columns to be one of playlists
 */
export async function requirePlaylistTable(path: string, name: string): Promise<void> {
  const beginning = await readHead({ path });
  const form = formOf(beginning, name);
  if (form === "parquet" || form === "mpd") return;
  const [line = ""] = beginning.head
    .toString("utf8")
    .replace(/^\ufeff/, "")
    .trimStart()
    .split(/\r?\n/, 1);
  if (form === "csv" ? columnNames(line).length >= 3 : line.includes('"tracks"')) return;
  throw new SegueError(
    `${name} holds no table of playlists: it begins with ${JSON.stringify(line.slice(0, 60))}`,
    {
      hint: "wanted a header with a column each for artist, track and playlist; name another file with --from",
      code: "no-playlists",
    },
  );
}
