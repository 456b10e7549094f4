/** Natural sort order: slice 2000 comes before slice 10000. */
const natural = new Intl.Collator("en", { numeric: true });

export const naturalOrder = (a: string, b: string): number => natural.compare(a, b) || (a < b ? -1 : 1);
