/** What makes a text unusable as a name or an id. */

/** Other forms than JSON hold no NUL; and UTF-8 cannot encode half a pair, so two such ids would become one in a file of vectors. */
export type Flaw = "NUL byte" | "half of a surrogate pair";

export function flawOf(text: string): Flaw | undefined {
  if (text.includes("\0")) return "NUL byte";
  return text.isWellFormed() ? undefined : "half of a surrogate pair";
}
