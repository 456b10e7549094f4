/** Without case and accents. */
export const plain = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** Whether a plain text holds each word that was typed: "drake one" is in "drake-one dance". */
export function holds(text: string, typed: string): boolean {
  return plain(typed)
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** The names between commas, in "drake, rihanna". Names may also hold commas: try the whole text first. */
export const namesIn = (typed: string): string[] =>
  typed.split(",").flatMap((part) => (part.trim() === "" ? [] : [part.trim()]));
