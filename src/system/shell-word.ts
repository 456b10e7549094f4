/** A word as a shell takes it: in quotes where it holds more than plain letters, digits and signs. */
export const shellWord = (word: string): string =>
  /^[\w:/.,@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
