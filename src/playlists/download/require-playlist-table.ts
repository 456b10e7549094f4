/** Checks that a download holds playlists. Otherwise an error page or a damaged file would only be noticed a flow later. */
import { SegueError } from "../../system/index.js";
import { columnNames } from "../clean/csv/csv-header.js";
import { readForm } from "../clean/inputs/forms.js";

/**
 * Checks the first line of a file.
 *
 * @param name the file's name for users
 * @throws SegueError if Segue does not read its form, or it is CSV with too few columns for playlists
 */
export async function requirePlaylistTable(path: string, name: string): Promise<void> {
  const { form, head } = await readForm({ path }, name);
  if (form === "parquet" || form === "mpd") return;
  const [line = ""] = head.toString("utf8").trimStart().split(/\r?\n/, 1);
  if (form === "csv" ? columnNames(line).length >= 3 : line.includes('"tracks"')) return;
  throw new SegueError(
    `${name} holds no table of playlists: it begins with ${JSON.stringify(line.slice(0, 60))}`,
    {
      hint: "it needs a header with columns for artist, track and playlist; name another file with --from",
      code: "no-playlists",
    },
  );
}
