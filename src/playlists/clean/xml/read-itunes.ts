/**
 * Reads a library of Apple Music or iTunes (`Library.xml`), or a playlist of it exported as XML: a property list in which `Tracks` has
 * every track by id, and `Playlists` refers to them. Many of these are not playlists that somebody made: the library itself,
 * downloads, folders with all their contents, and smart playlists, which are searches.
 */
import { SegueError, type TextSource } from "../../../system/index.js";
import type { FileRows } from "../file-rows.js";
import { Library } from "./library.js";
import { readXml } from "./read-xml.js";

/** What a dictionary or a list in the file holds. */
type Role = "library" | "tracks" | "track" | "playlists" | "playlist" | "items" | "item" | "other";

/** The role of a dictionary or list, by the role of its parent and the key that it has there. */
function roleOf(outer: { readonly role: Role; readonly key: string } | undefined): Role {
  switch (outer?.role) {
    case undefined:
      return "library";
    case "library":
      return outer.key === "Tracks" ? "tracks" : outer.key === "Playlists" ? "playlists" : "other";
    case "tracks":
      return "track";
    case "playlists":
      return "playlist";
    case "playlist":
      return outer.key === "Playlist Items" ? "items" : "other";
    case "items":
      return "item";
    default:
      return "other";
  }
}

/** A playlist as in the file: its values by key, and the keys of its tracks with their lines. */
interface Listed {
  readonly values: Map<string, string>;
  readonly line: number;
  readonly keys: string[];
  readonly lines: number[];
}

/**
 * @throws SegueError if it is not well-formed, is another property list, or has no playlist that somebody made
 */
export async function readItunes(source: TextSource, rows: FileRows): Promise<void> {
  const library = new Library(source.path);
  const open: Array<{ readonly role: Role; key: string }> = [];
  const listed: Listed[] = [];
  let track = new Map<string, string>();
  let hasTracks = false;
  const take = (role: Role, key: string, value: string, line: number) => {
    if (role === "track") track.set(key, value);
    else if (role === "playlist") listed.at(-1)!.values.set(key, value);
    else if (role === "item" && key === "Track ID") {
      listed.at(-1)!.keys.push(value);
      listed.at(-1)!.lines.push(line);
    }
  };
  await readXml(source, {
    open(name, _, __, line) {
      if (name !== "dict" && name !== "array") return;
      const role = roleOf(open.at(-1));
      open.push({ role, key: "" });
      if (role === "tracks") hasTracks = true;
      else if (role === "track") track = new Map();
      else if (role === "playlist") listed.push({ values: new Map(), line, keys: [], lines: [] });
    },
    close(name, text, _, line) {
      if (name === "dict" || name === "array") {
        const { role } = open.pop()!;
        if (role === "track")
          library.addTrack(track.get("Track ID") ?? "", track.get("Artist") ?? "", track.get("Name") ?? "");
        return;
      }
      const within = open.at(-1);
      if (within === undefined) return;
      if (name === "key") within.key = text;
      else take(within.role, within.key, name === "true" || name === "false" ? name : text, line);
    },
  });
  if (!hasTracks)
    throw new SegueError(
      `${source.path} is a property list without tracks, not a library of Apple Music or iTunes`,
      {
        hint: "choose File > Library > Export Library… there, or a playlist and Export Playlist… as XML or plain text",
        code: "foreign",
      },
    );
  const folders = new Map(listed.map(({ values }) => [values.get("Playlist Persistent ID"), values]));
  for (const { values, ...list } of listed) {
    library.addList({
      ...list,
      name: values.get("Name") ?? "",
      folders: foldersOf(values, folders),
      leftOut: sortOf(values, listed.length === 1),
    });
  }
  library.write(rows);
}

/** The kind of a list that nobody made track by track. A smart playlist exported alone counts as a playlist. */
function sortOf(values: ReadonlyMap<string, string>, isAlone: boolean): string | undefined {
  if (
    values.get("Master") === "true" ||
    values.has("Distinguished Kind") ||
    values.get("Visible") === "false"
  )
    return "the built-in lists of Apple Music";
  if (values.get("Folder") === "true") return "the folders, whose playlists are read anyway";
  return values.has("Smart Info") && !isAlone ? "the smart playlists" : undefined;
}

/** The names of a playlist's folders, outermost first. */
function foldersOf(
  values: ReadonlyMap<string, string>,
  byId: ReadonlyMap<string | undefined, ReadonlyMap<string, string>>,
): string[] {
  const names: string[] = [];
  let at = byId.get(values.get("Parent Persistent ID") ?? "none");
  // The depth is limited in case of a cycle.
  for (
    ;
    at !== undefined && names.length < byId.size;
    at = byId.get(at.get("Parent Persistent ID") ?? "none")
  )
    names.unshift(at.get("Name") ?? "");
  return names;
}
