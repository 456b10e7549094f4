/**
 * Reads what rekordbox exports as "collection in xml format": `COLLECTION` has the tracks, `PLAYLISTS` a tree of `NODE`s, folders (Type 0) and
 * playlists (Type 1), which refer to tracks by id (KeyType 0) or location (KeyType 1).
 */
import type { TextSource } from "../../../system/index.js";
import type { FileRows } from "../file-rows.js";
import { Library } from "./library.js";
import { NodeTree } from "./node-tree.js";
import { readXml } from "./read-xml.js";

/** @throws SegueError if it is not well-formed, or has no playlist */
export async function readRekordbox(source: TextSource, rows: FileRows): Promise<void> {
  const library = new Library(source.path);
  const nodes = new NodeTree<string | undefined>();
  await readXml(source, {
    open(name, { TrackID, Location, Artist = "", Name = "", Key = "", Type }, parent, line) {
      if (name === "NODE") nodes.open(Name, Type, line);
      else if (name === "TRACK" && parent === "COLLECTION") {
        // An id consists of digits, so it cannot be mistaken for a location.
        for (const key of [TrackID, Location]) if (key) library.addTrack(key, Artist, Name);
      } else if (name === "TRACK" && parent === "NODE") nodes.point(Key, line);
    },
    close(name) {
      if (name !== "NODE") return;
      const { sort, list } = nodes.close();
      if (sort === "1") library.addList(list);
    },
  });
  library.write(rows);
}
