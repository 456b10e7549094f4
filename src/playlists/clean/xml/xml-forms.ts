/** Which of the playlists in XML that Segue reads a text is, by its first element. */

const roots = {
  playlist: "xspf",
  plist: "itunes",
  DJ_PLAYLISTS: "rekordbox",
  NML: "traktor",
} as const;
export type XmlForm = (typeof roots)[keyof typeof roots];

/** What may stand before the first element: the declaration, comments, and a document type, whose own part is in brackets. */
const beforeRoot = /^\ufeff?\s*(?:(?:<\?[^>]*>|<!--[\s\S]*?-->|<!DOCTYPE[^[>]*(?:\[[^\]]*\]\s*)?>)\s*)*/i;

/** The name of the first element of a text that begins as XML does; undefined where none is there. */
export function rootOf(text: string): string | undefined {
  const start = beforeRoot.exec(text)![0].length;
  return /^<([A-Za-z_][\w.:-]*)/.exec(text.slice(start))?.[1];
}

/** Undefined where it is none of them. */
export function xmlForm(text: string): XmlForm | undefined {
  const root = rootOf(text);
  return root !== undefined && Object.hasOwn(roots, root) ? roots[root as keyof typeof roots] : undefined;
}

/** The encoding that a text says it has in its declaration, in small letters; undefined where it says none. */
export const declaredEncoding = (start: string): string | undefined =>
  /^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]+)["']/.exec(start)?.[1]?.toLowerCase();
