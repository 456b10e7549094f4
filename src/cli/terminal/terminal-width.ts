/** The columns of the terminal that is standard output; undefined if it is none, so that files get lines of any length. */
export const terminalWidth = (): number | undefined =>
  process.stdout.isTTY ? process.stdout.columns || 80 : undefined;
