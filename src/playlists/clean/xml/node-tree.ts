/** The tree of `NODE`s in which rekordbox and Traktor keep their playlists: folders, and lists that point to tracks. */
import { type LibraryList, own } from "./library.js";

/** The nodes that are open at a place in the file, from the root. */
export class NodeTree<Sort> {
  readonly #open: Array<{ name: string; sort: Sort; line: number; keys: string[]; lines: number[] }> = [];

  /** @param sort what the program calls this kind of node */
  open(name: string, sort: Sort, line: number): void {
    this.#open.push({ name, sort, line, keys: [], lines: [] });
  }

  /** The innermost node points to a track; outside of all nodes nothing does. */
  point(key: string, line: number): void {
    const node = this.#open.at(-1);
    node?.keys.push(own(key));
    node?.lines.push(line);
  }

  /** Closes the innermost node. The outermost is none that somebody made, and no folder of the others. */
  close(): { readonly sort: Sort; readonly list: LibraryList } {
    const { sort, ...node } = this.#open.pop()!;
    return { sort, list: { ...node, folders: this.#open.slice(1).map(({ name }) => name) } };
  }
}
