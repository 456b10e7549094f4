const said = new Set<string>();

/** Prints a note on standard error, once: a command checks all parameters before its first flow, and each flow its own again. */
export function noteOnce(note: string): void {
  if (said.has(note)) return;
  said.add(note);
  console.error(note);
}
