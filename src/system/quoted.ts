/** How many characters of a name or a value a message shows. */
const longest = 200;

/** A name for a message, which must be read: cut after 200 characters. */
export const shortened = (text: string): string =>
  text.length > longest ? `${text.slice(0, longest)}…` : text;

/** Names in quotes, for messages: `"a", "b"`. */
export const quoted = (names: readonly string[]) => names.map((name) => `"${shortened(name)}"`).join(", ");
