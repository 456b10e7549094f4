/** Why an answer holds no track, as `segue recommend` says it, too. */
import type { Context, FittedRecommender, Rules } from "../../recommenders/index.js";
import type { LiveModel } from "./served-model.js";

const shown = 10;

/** One line that names the fields of the request. */
export function whyNone(
  { model }: LiveModel,
  recommender: FittedRecommender,
  context: Context,
  rules: Rules = {},
): string {
  const { name } = recommender;
  const { artists, words } = rules;
  if (artists !== undefined && !hasAny(model.catalogue.artists ?? [], artists))
    return `no answer: no track is by ${quoted(artists)}`;
  if (recommender.recommend([context], 1)[0]!.tracks.length === 0) {
    const last = context.tracks.at(-1);
    return last === undefined
      ? `no answer: ${name} needs a track to go on`
      : `no answer: ${name} goes by the last track, and has learnt nothing of ${quoted([last])}`;
  }
  const fields = [
    artists && `filters.artists ${quoted(artists)}`,
    words && `filters.words ${quoted(words)}`,
    rules.exclude && "exclude",
    rules.excludePlayed && "exclude_played",
  ].filter((field) => typeof field === "string");
  return `no answer: ${name} has none that passes ${fields.join(" and ") || "what has been played"}`;
}

function hasAny(artists: readonly string[], wanted: readonly string[]): boolean {
  const names = new Set(wanted.map((name) => name.toLowerCase()));
  return artists.some((artist) => names.has(artist.toLowerCase()));
}

function quoted(words: readonly string[]): string {
  const more = words.length > shown ? ` and ${words.length - shown} more` : "";
  return (
    words
      .slice(0, shown)
      .map((word) => `"${word}"`)
      .join(", ") + more
  );
}
