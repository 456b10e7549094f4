/** Longer texts are no names, and normalising one that consists of accents takes quadratic time. */
export const longestNormalized = 1000;

/** A name in a normalization form of Unicode; one of more than 1000 UTF-16 units is returned unchanged. */
export const normalized = (name: string, form: "NFC" | "NFD" | "NFKC" | "NFKD"): string =>
  name.length > longestNormalized ? name : name.normalize(form);
