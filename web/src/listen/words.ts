/** Plain descriptions of recommenders and ranks for listeners. */

const recommenders: Readonly<Record<string, string>> = {
  popularity: "what is popular",
  "recent-popularity": "what is popular now",
  artist: "the same artists",
  nearest: "songs like the last one",
  track2vec: "songs like these",
  transitions: "what often follows",
  "item-to-item": "songs often together",
  "v-sknn": "similar playlists",
  vstan: "similar playlists, order counts",
  encoder: "what a small neural net expects",
  blend: "everything together",
};

/** Describes a recommender, to be read after "next by"; the name itself if it is not one of Segue's. */
export const goesBy = (recommender: string): string =>
  Object.hasOwn(recommenders, recommender) ? recommenders[recommender]! : recommender;

const rules = new Intl.PluralRules("en", { type: "ordinal" });
const endings: Partial<Record<Intl.LDMLPluralRule, string>> = { one: "st", two: "nd", few: "rd" };

/** @param place from 1; "best match", "2nd best match", … */
export const matchAt = (place: number): string =>
  place === 1 ? "best match" : `${place}${endings[rules.select(place)] ?? "th"} best match`;
