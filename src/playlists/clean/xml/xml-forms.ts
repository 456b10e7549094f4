/** Detects the known forms of XML by their first element. */

const roots = {
  playlist: "xspf",
  plist: "itunes",
  DJ_PLAYLISTS: "rekordbox",
  NML: "traktor",
} as const;
export type XmlForm = (typeof roots)[keyof typeof roots];

/** What may precede the first element: the declaration, comments, and a document type, whose internal subset is in brackets. */
const beforeRoot = /^\s*(?:(?:<\?[^>]*>|<!--[\s\S]*?-->|<!DOCTYPE[^[>]*(?:\[[^\]]*\]\s*)?>)\s*)*/i;

/** The name of the first element; undefined if there is none. */
export function rootOf(text: string): string | undefined {
  const start = beforeRoot.exec(text)![0].length;
  return /^<([A-Za-z_][\w.:-]*)/.exec(text.slice(start))?.[1];
}

/** The form of an XML text; undefined if unknown. */
export function xmlForm(text: string): XmlForm | undefined {
  const root = rootOf(text);
  return root !== undefined && Object.hasOwn(roots, root) ? roots[root as keyof typeof roots] : undefined;
}

/** The encoding in an XML declaration, in lower case; undefined if there is none. */
export const declaredEncoding = (start: string): string | undefined =>
  /^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]+)["']/.exec(start)?.[1]?.toLowerCase();
