/** The remarks of `segue recommend`: what is unknown, what the answer is based on, why there is none. */
import {
  artistOfId,
  type Context,
  type FittedRecommender,
  findState,
  type RecommenderState,
  type Rules,
} from "../../recommenders/index.js";
import {
  type LiveModel,
  noneBy,
  noneTitled,
  type ReadAs,
  type RuleNames,
  whyFewer,
  whyNone,
} from "../../serving/index.js";
import { quoted, shellWord } from "../../system/index.js";
import type { AnswerOptions } from "./recommend-answers.js";

export interface Unknown {
  readonly track: string;
  /** Known tracks with the most similar titles. */
  readonly nearest: readonly string[];
}

export interface Answered {
  readonly live: LiveModel;
  /** The recommender that gave the answer. */
  readonly recommender: FittedRecommender;
  readonly context: Context;
  readonly rules: Rules;
  /** The unknown tracks of the context. */
  readonly unknown: readonly Unknown[];
  /** Names matched to tracks with the same words, except for guests and release tags. */
  readonly readAs: readonly ReadAs[];
  /** Track ids, best first. */
  readonly answer: readonly string[];
  /** How many tracks were to be added, if the playlist is extended. */
  readonly wanted?: number | undefined;
}

/** The tracks that the model does not know, each with the most similar known ones. */
export async function unknownOf(live: LiveModel, tracks: readonly string[]): Promise<Unknown[]> {
  const unknown = tracks.filter((track) => !live.knows(track));
  if (unknown.length === 0) return [];
  const search = await live.search();
  return unknown.map((track) => ({ track, nearest: search.find(track, 3).map((hit) => hit.track) }));
}

const flags: RuleNames = {
  artists: "--artist",
  words: "--word",
  exclude: "--not",
  perArtist: "--per-artist",
  artistSeparation: "--artist-separation",
  recommender: "--recommender",
};

/** One line per remark; none if everything is known and there is an answer. */
export async function remarksOn(answered: Answered): Promise<string[]> {
  const { live, recommender, unknown, rules, answer } = answered;
  const looks = new Looks(live, recommender);
  return [
    ...answered.readAs.map(({ track, as }) => `"${track}" is read as "${as}"`),
    ...unknown.map((each) => `not known: "${each.track}"${meant(each)}`),
    ...(await notLeftOut(answered, looks)),
    ...ofTitle(answered, looks),
    ...unmetBeside(
      rules.artists,
      (name) => looks.passes({ artists: [name] }),
      (names) => noneBy(names, live),
    ),
    ...unmetBeside(rules.words, (word) => looks.passes({ words: [word] }), noneTitled),
    ...(answer.length > 0 ? restsOn(answered, looks) : []),
    ...shortfall(answered),
  ];
}

/** Of how many unknown tracks --not is told one by one: a file may hold thousands that the model never saw. */
const toldOfNot = 5;

/** What --not does not leave out. */
async function notLeftOut({ live, rules }: Answered, looks: Looks): Promise<string[]> {
  const remarks: string[] = [];
  const unknown = (rules.exclude ?? []).filter((track) => !live.knows(track));
  for (const each of await unknownOf(live, unknown.slice(0, toldOfNot))) {
    const isArtist = looks.passes({ artists: await live.artistsMeant([each.track]) });
    const why = isArtist
      ? `it is an artist, not a track; to do without an artist, train without it: segue run --leave-out ${shellWord(each.track)} …`
      : `there is no such track${meant(each)}`;
    remarks.push(`--not "${each.track}" leaves nothing out: ${why}`);
  }
  const more = unknown.length - toldOfNot;
  if (more > 0) remarks.push(`--not: ${more} more ${more === 1 ? "is" : "are"} not known`);
  return remarks;
}

/** The rules and the length of an answer as `remarksOn` and `shortfall` take them: extending never repeats a track. */
export const wantedOf = (rules: Rules, { extend, k }: AnswerOptions): Pick<Answered, "rules" | "wanted"> =>
  extend ? { rules: { ...rules, excludePlayed: true }, wanted: k } : { rules };

/** Why the answer has no track, or fewer than wanted. */
export function shortfall({
  live,
  recommender,
  context,
  rules,
  answer,
  wanted = 0,
}: Omit<Answered, "unknown" | "readAs">): string[] {
  return answer.length > 0
    ? whyFewer(answer.length, wanted, recommender, rules, flags)
    : [whyNone(live, recommender, context, rules, flags)];
}

/** Reports the artists or words that match nothing, if others of the same list match something. */
function unmetBeside(
  wanted: readonly string[] = [],
  isMet: (one: string) => boolean,
  say: (unmet: readonly string[]) => string,
): string[] {
  const unmet = wanted.filter((one) => !isMet(one));
  return unmet.length > 0 && unmet.length < wanted.length ? [say(unmet)] : [];
}

/** Inspects a recommender: what it reads, and which rules let any track pass. */
class Looks {
  readonly #live: LiveModel;
  readonly #recommender: FittedRecommender;
  #saved: RecommenderState | undefined;

  constructor(live: LiveModel, recommender: FittedRecommender) {
    this.#live = live;
    this.#recommender = recommender;
  }

  get readsTitles(): boolean {
    return findState(this.#state, "title-words") !== undefined;
  }

  /** Whether it falls back to the artists named in ids if it knows no track. */
  get readsArtists(): boolean {
    return (
      findState(this.#state, "fallback") !== undefined && this.#live.model.catalogue.artists !== undefined
    );
  }

  /** Whether the rules let any track pass. */
  passes(rules: Rules): boolean {
    return this.#live.letPass(this.#recommender, rules, { tracks: [] });
  }

  /** Whether any playlist has a word of this title in its own. */
  knowsTitle(title: string | undefined): boolean {
    return title !== undefined && this.readsTitles && this.passes({ words: [title] });
  }

  get #state(): RecommenderState {
    return (this.#saved ??= this.#recommender.save());
  }
}

const meant = ({ nearest }: Unknown) => (nearest.length > 0 ? `; did you mean ${quoted(nearest)}?` : "");

/** The remark on a title that does not help. */
function ofTitle({ live, context: { title } }: Answered, looks: Looks): string[] {
  if (title === undefined || looks.knowsTitle(title)) return [];
  if (!looks.readsTitles) return [`${live.recommender()!.name} does not read titles`];
  return [`the title is unknown: no playlist has a word of "${title}" in its title`];
}

/** What the answer is based on, if not on known tracks. */
function restsOn({ live, recommender, context, unknown, answer }: Answered, looks: Looks): string[] {
  if (unknown.length < context.tracks.length) return [];
  const asked = live.recommender()!;
  if (recommender !== asked) return [`${asked.name} has no answer for unknown tracks; popular tracks follow`];
  const named = looks.readsArtists ? artistsNamed(live, unknown) : [];
  const given = answer.map((track) => live.view(track).artist ?? "");
  const artists = named.filter((name) => given.includes(name));
  // The blend may rank the tracks that play beside theirs higher.
  if (artists.includes(given[0]!))
    return [`no track is known, but their artists are: tracks by ${artists.join(", ")} come first`];
  if (named.length > 0) return [`no track is known, only the artist: ${named.join(", ")}`];
  if (!looks.knowsTitle(context.title)) return ["nothing in the context is known; popular tracks follow"];
  return unknown.length === 0 ? [] : ["no track is known; these follow from the title alone"];
}

/** The artists named in unknown ids, as recommenders read them. */
function artistsNamed({ model: { catalogue } }: LiveModel, unknown: readonly Unknown[]): string[] {
  const known = new Set(catalogue.artists);
  const found = new Set<string>();
  for (const { track } of unknown) {
    const artist = artistOfId(track, (name) => (known.has(name) ? name : undefined));
    if (artist !== undefined) found.add(artist);
  }
  return [...found];
}
