/**
 * Says why an answer has no track, or fewer than asked for, in the same words on the command line and over HTTP but with each one's
 * option names.
 */
import { artistNumbers } from "../../corpus/index.js";
import type { Context, FittedRecommender, Rules } from "../../recommenders/index.js";
import { closest, quoted } from "../../system/index.js";
import type { LiveModel } from "./served-model.js";

/** The names of the rules, as the user gave them: JSON fields or command-line options. */
export interface RuleNames {
  readonly artists: string;
  readonly words: string;
  readonly exclude: string;
  readonly perArtist: string;
  readonly artistSeparation: string;
  /** Default: "without what has played", for extended playlists, which always have this rule. */
  readonly excludePlayed?: string;
  readonly recommender: string;
}

/** How many names a line has. */
const shown = 10;

/** One line: which rules, alone or together, leave no track, or what the recommender does not know. */
export function whyNone(
  live: LiveModel,
  recommender: FittedRecommender,
  context: Context,
  rules: Rules,
  names: RuleNames,
): string {
  const { name } = recommender;
  const { artists, words } = rules;
  const passes = (rules: Rules) => live.letPass(recommender, rules, context);
  const unmet = [
    ...(words !== undefined && !passes({ words }) ? [noneTitled(words)] : []),
    ...(artists !== undefined && !passes({ artists }) ? [noneBy(artists, live)] : []),
  ];
  if (unmet.length > 0) return `no answer: ${unmet.join(", and ")}`;
  if (recommender.recommend([context], 1)[0]!.tracks.length === 0) {
    const last = context.tracks.at(-1);
    return last === undefined
      ? `no answer: ${name} needs a track to go on`
      : `no answer: ${name} goes by the last track, and knows nothing about ${quoted([last])}; another ${names.recommender} may answer`;
  }
  const given = [
    ...written(rules, names),
    ...(rules.excludePlayed ? [names.excludePlayed ?? "without what has played"] : []),
  ];
  return passes(rules)
    ? `no answer: ${name} has no track that passes ${given.join(" and ")}`
    : `no answer: no track passes ${given.join(" and ")}${given.length > 1 ? " together" : ""}`;
}

/** One line on an extended playlist that became shorter than asked for, none on any other. */
export function whyFewer(
  added: number,
  n: number,
  { name }: FittedRecommender,
  rules: Rules,
  names: RuleNames,
): string[] {
  if (added === 0 || added >= n) return [];
  const { perArtist } = rules;
  const given = [
    ...written(rules, names),
    ...(perArtist === undefined ? [] : [`${names.perArtist} ${perArtist}`]),
  ];
  const which = given.length === 0 ? "" : ` that passes ${given.join(" and ")}`;
  return [`only ${added} of ${n} tracks: ${name} has no other${which}`];
}

/** Those of the rules that may leave no track, as they were given, except for `excludePlayed`. */
function written({ artists, words, exclude, artistSeparation }: Rules, names: RuleNames): string[] {
  return [
    artists && `${names.artists} ${quoted(artists, shown)}`,
    words && `${names.words} ${quoted(words, shown)}`,
    exclude && names.exclude,
    artistSeparation && `${names.artistSeparation} ${artistSeparation}`,
  ].filter((rule) => typeof rule === "string");
}

/** Says that no track is by these artists, and suggests artists with similar names. */
export function noneBy(artists: readonly string[], { model }: LiveModel): string {
  const { names } = artistNumbers(model.catalogue.artists ?? []);
  const near = artists
    .slice(0, shown)
    .flatMap((name) => closest(name, names) ?? closest(`the ${name}`, names) ?? []);
  return `no track is by ${quoted(artists, shown)}${near.length > 0 ? `; did you mean ${quoted(near)}?` : ""}`;
}

/** Says that no playlist title has one of these words. */
export function noneTitled(words: readonly string[]): string {
  return `no playlists have ${quoted(words, shown)} in their titles`;
}
