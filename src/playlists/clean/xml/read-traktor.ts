/**
 * Reads a collection or a history of Traktor (`.nml`): `COLLECTION` has the tracks, each with its location, `PLAYLISTS` a tree of
 * `NODE`s, whose entries refer to tracks by location.
 */
import type { TextSource } from "../../../system/index.js";
import type { FileRows } from "../file-rows.js";
import { Library } from "./library.js";
import { NodeTree } from "./node-tree.js";
import { readXml } from "./read-xml.js";

/** Traktor's built-in lists: the loops and recordings of its decks. */
const ownLists = ["_LOOPS", "_RECORDINGS"];

/** @throws SegueError if it is not well-formed, or has no playlist */
export async function readTraktor(source: TextSource, rows: FileRows): Promise<void> {
  const library = new Library(source.path);
  const nodes = new NodeTree<string>();
  let track = { artist: "", title: "" };
  await readXml(source, {
    open(name, attributes, parent, line) {
      if (name === "NODE") {
        const { NAME = "", TYPE = "" } = attributes;
        nodes.open(NAME, TYPE, line);
      } else if (name === "ENTRY") {
        const { ARTIST = "", TITLE = "" } = attributes;
        track = { artist: ARTIST, title: TITLE };
      } else if (name === "LOCATION" && parent === "ENTRY") {
        const { VOLUME = "", DIR = "", FILE = "" } = attributes;
        library.addTrack(`${VOLUME}${DIR}${FILE}`, track.artist, track.title);
      } else if (name === "PRIMARYKEY") nodes.point(attributes.KEY ?? "", line);
    },
    close(name) {
      if (name !== "NODE") return;
      const { sort, list } = nodes.close();
      if (sort === "FOLDER") return;
      const leftOut = ownLists.includes(list.name)
        ? "the built-in lists of Traktor"
        : // A search, whose results are not in the file.
          sort === "SMARTLIST"
          ? "the smart playlists"
          : undefined;
      library.addList({ ...list, leftOut });
    },
  });
  library.write(rows);
}
