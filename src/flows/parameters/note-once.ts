const said = new Set<string>();

/** Prints a note on standard error, once: a command checks all parameters before its first flow, and each flow its own again. */
export function noteOnce(note: string): void {
  if (said.has(note)) return;
  said.add(note);
  console.error(note);
}

/**
 * Notes, once, that parameters have no effect. They are not refused: `conf/local/params.yml` may hold them for other times.
 *
 * @param names as in params.yml, at least one
 * @param why ends the sentence, and may go on with lines of advice
 */
export function noteUnused(names: readonly string[], why: string): void {
  noteOnce(`note: ${names.join(", ")} ${names.length === 1 ? "has" : "have"} no effect${why}`);
}
