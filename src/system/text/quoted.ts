/** How many characters of a name or a value a message shows. */
const longest = 200;

/** A name for a message, which must be read: cut after 200 characters. */
export const shortened = (text: string): string =>
  text.length > longest ? `${text.slice(0, longest)}…` : text;

/** The first ten of a list, for messages: `0, 1, 2`; "…" stands for the others. */
export const firstTen = (names: readonly string[]): string =>
  `${names.slice(0, 10).join(", ")}${names.length > 10 ? ", …" : ""}`;

/**
 * Names in quotes, for messages: `"a", "b"`; at the end, how many more there are.
 *
 * @param most how many are named; default 40
 */
export function quoted(names: readonly string[], most = 40): string {
  const more = names.length - most;
  const shown = names.slice(0, most).map((name) => `"${shortened(name)}"`);
  return shown.join(", ") + (more > 0 ? ` and ${more} more` : "");
}
