/** Plain words for what a listener need not know the names of. */

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

/** What a recommender goes by, to be read after "next by"; the name itself where it is none of Segue's own. */
export const goesBy = (recommender: string): string =>
  Object.hasOwn(recommenders, recommender) ? recommenders[recommender]! : recommender;

const rules = new Intl.PluralRules("en", { type: "ordinal" });
const endings: Partial<Record<Intl.LDMLPluralRule, string>> = { one: "st", two: "nd", few: "rd" };

/** @param place from 1; "best match", "2nd best match", … */
export const matchAt = (place: number): string =>
  place === 1 ? "best match" : `${place}${endings[rules.select(place)] ?? "th"} best match`;
