/** What `segue recommend` says beside its answer: what is not known, what the answer rests on, why there is none. */
import {
  artistOfId,
  type Context,
  type FittedRecommender,
  findState,
  type RecommenderState,
  type Rules,
} from "../recommenders/index.js";
import {
  type LiveModel,
  noneBy,
  noneTitled,
  type ReadAs,
  type RuleNames,
  whyNone,
} from "../serving/index.js";
import { quoted } from "../system/index.js";

export interface Unknown {
  readonly track: string;
  /** Known tracks whose titles are nearest. */
  readonly nearest: readonly string[];
}

export interface Answered {
  readonly live: LiveModel;
  /** Whose answer it is. */
  readonly recommender: FittedRecommender;
  readonly context: Context;
  readonly rules: Rules;
  /** The tracks of the context that are not known. */
  readonly unknown: readonly Unknown[];
  /** Names that were taken for tracks which have the same words, but for guests and marks of release. */
  readonly readAs: readonly ReadAs[];
  /** Track ids, best first. */
  readonly answer: readonly string[];
}

/** The tracks that the model does not know, each with the nearest that it does know. */
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
  recommender: "--recommender",
};

/** One line each; none where everything is known and something is answered. */
export async function remarksOn(answered: Answered): Promise<string[]> {
  const { live, recommender, context, unknown, rules, answer } = answered;
  const looks = new Looks(live, recommender);
  return [
    ...answered.readAs.map(({ track, as }) => `"${track}" is read as "${as}"`),
    ...unknown.map((each) => `not known: "${each.track}"${meant(each)}`),
    ...(await unknownOf(live, rules.exclude ?? [])).map(
      (each) => `--not "${each.track}" leaves nothing out: there is no such track${meant(each)}`,
    ),
    ...ofTitle(answered, looks),
    ...unmetBeside(
      rules.artists,
      (name) => looks.passes({ artists: [name] }),
      (names) => noneBy(names, live),
    ),
    ...unmetBeside(rules.words, (word) => looks.passes({ words: [word] }), noneTitled),
    ...(answer.length > 0 ? restsOn(answered, looks) : [whyNone(live, recommender, context, rules, flags)]),
  ];
}

/** Which of several artists or words nothing has, where something has another of them. */
function unmetBeside(
  wanted: readonly string[] = [],
  isMet: (one: string) => boolean,
  say: (unmet: readonly string[]) => string,
): string[] {
  const unmet = wanted.filter((one) => !isMet(one));
  return unmet.length > 0 && unmet.length < wanted.length ? [say(unmet)] : [];
}

/** Looks into a recommender: what it reads, and which rules let any track pass. */
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

  /** Where it knows no track it goes by the artists that ids name. */
  get readsArtists(): boolean {
    return (
      findState(this.#state, "fallback") !== undefined && this.#live.model.catalogue.artists !== undefined
    );
  }

  /** Whether the rules let any track pass. */
  passes(rules: Rules): boolean {
    return this.#live.letPass(this.#recommender, rules, { tracks: [] });
  }

  /** Whether any playlists have a word of this in their titles. */
  knowsTitle(title: string | undefined): boolean {
    return title !== undefined && this.readsTitles && this.passes({ words: [title] });
  }

  get #state(): RecommenderState {
    return (this.#saved ??= this.#recommender.save());
  }
}

const meant = ({ nearest }: Unknown) => (nearest.length > 0 ? `; did you mean ${quoted(nearest)}?` : "");

/** Where the title says nothing. */
function ofTitle({ live, context: { title } }: Answered, looks: Looks): string[] {
  if (title === undefined || looks.knowsTitle(title)) return [];
  if (!looks.readsTitles) return [`${live.recommender()!.name} does not read titles`];
  return [`the title is unknown: no playlist has a word of "${title}" in its title`];
}

/** What the answer rests on, where that is no known track. */
function restsOn({ live, recommender, context, unknown, answer }: Answered, looks: Looks): string[] {
  if (unknown.length < context.tracks.length) return [];
  const asked = live.recommender()!;
  if (recommender !== asked) return [`${asked.name} has no answer for unknown tracks; popular tracks follow`];
  const named = looks.readsArtists ? artistsNamed(live, unknown) : [];
  const artists = named.filter((name) => answer.some((track) => live.view(track).artist === name));
  if (artists.length > 0)
    return [`no track is known, but their artists are: tracks by ${artists.join(", ")} come first`];
  if (!looks.knowsTitle(context.title)) return ["nothing in the context is known; popular tracks follow"];
  return unknown.length === 0 ? [] : ["no track is known; these follow from the title alone"];
}

/** The artists of ids that are not known, as recommenders read them. */
function artistsNamed({ model: { catalogue } }: LiveModel, unknown: readonly Unknown[]): string[] {
  const known = new Set(catalogue.artists);
  const found = new Set<string>();
  for (const { track } of unknown) {
    const artist = artistOfId(track, (name) => (known.has(name) ? name : undefined));
    if (artist !== undefined) found.add(artist);
  }
  return [...found];
}
