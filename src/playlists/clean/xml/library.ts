/**
 * A music library: a list of tracks, and playlists that refer to them. It keeps the tracks' names and the playlists' references in
 * memory until the file has been read.
 */
import { countsOf, quoted, SegueError } from "../../../system/index.js";
import type { FileRows } from "../file-rows.js";
import { DistinctNames } from "../names/distinct-names.js";
import { isBlank, tidyName } from "../names/tidy-name.js";
import { partTitle } from "../names/titled-play.js";

/** A list of a library: its name, its place, and the keys of its tracks, each with its line. */
export interface LibraryList {
  readonly name: string;
  /** The names of its folders, outermost first. */
  readonly folders: readonly string[];
  readonly line: number;
  readonly keys: readonly string[];
  readonly lines: readonly number[];
  /** If it is not a playlist that somebody made, its kind for the output: "the folders". */
  readonly leftOut?: string;
}

export class Library {
  readonly #path: string;
  readonly #tracks = new Map<string, readonly [artist: string, title: string]>();
  readonly #artists = new Map<string, string>();
  readonly #lists: LibraryList[] = [];

  /** @param path of the file, for messages */
  constructor(path: string) {
    this.#path = path;
  }

  /** Adds a track. Without an artist, a title such as "Artist - Title" is split. */
  addTrack(key: string, artist: string, title: string): void {
    const parts = isBlank(artist) ? partTitle(title) : undefined;
    if (parts !== undefined) {
      this.addTrack(key, parts.artist, parts.track);
      return;
    }
    let known = this.#artists.get(artist);
    if (known === undefined) {
      known = own(artist);
      this.#artists.set(known, known);
    }
    this.#tracks.set(own(key), [known, own(title)]);
  }

  /** Adds a list; only the name is kept if it is left out. */
  addList(list: LibraryList): void {
    this.#lists.push(list.leftOut === undefined ? list : { ...list, keys: [], lines: [] });
  }

  /**
   * Writes a row for each entry of each playlist, and rejects entries that refer to no track, or to one without artist or title. Notes
   * what was left out.
   *
   * @throws SegueError code "empty-input" if there is no playlist
   */
  write(rows: FileRows): void {
    const kept = this.#lists.filter(({ leftOut }) => leftOut === undefined);
    const leftOut = this.#leftOut();
    if (kept.length === 0)
      throw new SegueError(
        `${this.#path} holds no playlist${leftOut.length === 0 ? "" : ` but ${leftOut.join(", ")}`}`,
        {
          hint: "create or select a playlist in the program, and export it again",
          code: "empty-input",
        },
      );
    const names = namesApart(kept);
    kept.forEach(({ keys, lines, line }, i) => {
      const name = names[i]!;
      rows.line = line;
      if (isBlank(name)) {
        rows.reject("empty playlist", `of ${keys.length} tracks`, "");
        return;
      }
      if (keys.length === 0) rows.reject("no tracks", `playlist "${name}"`, name);
      keys.forEach((key, at) => {
        const detail = `track ${at + 1} of playlist "${name}"`;
        rows.line = lines[at]!;
        const [artist, title] = this.#tracks.get(key) ?? [];
        if (artist === undefined || title === undefined)
          rows.reject("not a play", `${detail}: no such track in the collection`, key);
        else if (isBlank(title)) rows.reject("empty track", detail, artist);
        else if (isBlank(artist)) rows.reject("empty artist", detail, title);
        else rows.addTidied(["", artist, title, name]);
      });
    });
    if (leftOut.length > 0) rows.note = `${this.#path}: left out ${leftOut.join(", ")}`;
  }

  /** What was left out, one text per kind of list. */
  #leftOut(): string[] {
    const sorts = new Set(this.#lists.flatMap(({ leftOut }) => leftOut ?? []));
    return [...sorts].map((sort) => {
      const names = this.#lists.flatMap(({ leftOut, name }) => (leftOut === sort ? name : []));
      const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : "";
      return `${sort} (${quoted(names.slice(0, mostNamed))}${more})`;
    });
  }
}

const mostNamed = 5;

/** Names playlists that share a name by their folders, too, and numbers those that share these as well. */
function namesApart(lists: readonly LibraryList[]): string[] {
  const names = lists.map(({ name }) => tidyName(name));
  const times = countsOf(names);
  const paths = lists.map(({ folders }, i) =>
    times.get(names[i]!)! > 1 ? [...folders, names[i]].join("/") : names[i]!,
  );
  const distinct = new DistinctNames();
  return paths.map((path) => distinct.apart(path));
}

/** Copies a string, since a substring would keep the whole chunk of the file in memory. */
export const own = (text: string) => Buffer.from(text).toString();
