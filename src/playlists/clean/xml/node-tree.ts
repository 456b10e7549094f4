/** The tree of `NODE`s in which rekordbox and Traktor keep playlists: folders, and lists that refer to tracks. */
import { type LibraryList, own } from "./library.js";

/** The nodes that are open at the current position in the file, from the root. */
export class NodeTree<Sort> {
  readonly #open: Array<{ name: string; sort: Sort; line: number; keys: string[]; lines: number[] }> = [];

  /** @param sort the program's name for this kind of node */
  open(name: string, sort: Sort, line: number): void {
    this.#open.push({ name, sort, line, keys: [], lines: [] });
  }

  /** Adds a track's key to the innermost node; does nothing outside of nodes. */
  point(key: string, line: number): void {
    const node = this.#open.at(-1);
    node?.keys.push(own(key));
    node?.lines.push(line);
  }

  /** Closes the innermost node and returns it. The root does not count as a folder. */
  close(): { readonly sort: Sort; readonly list: LibraryList } {
    const { sort, ...node } = this.#open.pop()!;
    return { sort, list: { ...node, folders: this.#open.slice(1).map(({ name }) => name) } };
  }
}
