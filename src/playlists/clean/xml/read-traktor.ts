/**
 * Reads a collection or a history of Traktor (`.nml`): `COLLECTION` has the tracks, each with its place, `PLAYLISTS` a tree of `NODE`s, whose
 * entries name a track by that place.
 */
import type { Rejects } from "../rejects.js";
import type { RowWriter } from "../row-writer.js";
import type { TextSource } from "../text-source.js";
import { Library, type LibraryRead, own } from "./library.js";
import { readXml } from "./read-xml.js";

/** What Traktor puts together itself: the loops and recordings of its decks. */
const ownLists = ["_LOOPS", "_RECORDINGS"];

/** @throws SegueError where it is not well-formed, or has no playlist */
export async function readTraktor(
  source: TextSource,
  firstRowId: number,
  writer: RowWriter,
  rejects: Rejects,
): Promise<LibraryRead> {
  const library = new Library(source.path);
  const nodes: Array<{ name: string; type: string; line: number; keys: string[]; lines: number[] }> = [];
  let track = { artist: "", title: "" };
  await readXml(source, {
    open(name, attributes, parent, line) {
      if (name === "NODE") {
        const { NAME = "", TYPE = "" } = attributes;
        nodes.push({ name: NAME, type: TYPE, line, keys: [], lines: [] });
      } else if (name === "ENTRY") {
        const { ARTIST = "", TITLE = "" } = attributes;
        track = { artist: ARTIST, title: TITLE };
      } else if (name === "LOCATION" && parent === "ENTRY") {
        const { VOLUME = "", DIR = "", FILE = "" } = attributes;
        library.addTrack(`${VOLUME}${DIR}${FILE}`, track.artist, track.title);
      } else if (name === "PRIMARYKEY" && nodes.length > 0) {
        const node = nodes.at(-1)!;
        node.keys.push(own(attributes.KEY ?? ""));
        node.lines.push(line);
      }
    },
    close(name) {
      if (name !== "NODE") return;
      const { type, ...node } = nodes.pop()!;
      if (type === "FOLDER") return;
      const leftOut = ownLists.includes(node.name)
        ? "the lists that Traktor keeps itself"
        : // Such a list is a search, whose results stand nowhere in the file.
          type === "SMARTLIST"
          ? "the smart playlists"
          : undefined;
      // The outermost folder is called $ROOT.
      const folders = nodes.slice(1).map((folder) => folder.name);
      library.addList({ ...node, folders, ...(leftOut !== undefined && { leftOut }) });
    },
  });
  return library.write(firstRowId, writer, rejects);
}
