/** What `segue recommend` says beside its answer: what is not known, what the answer rests on, why there is none. */
import {
  artistOfId,
  type Context,
  type FittedRecommender,
  findState,
  type RecommenderState,
  RuledRecommender,
  type Rules,
} from "../recommenders/index.js";
import type { LiveModel } from "../serving/index.js";

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

/** One line each; none where everything is known and something is answered. */
export async function remarksOn(answered: Answered): Promise<string[]> {
  const { live, unknown, rules, answer } = answered;
  const looks = new Looks(live, answered.recommender);
  const nameless = (rules.artists ?? []).filter((name) => !looks.passes({ artists: [name] }));
  const wordless = (rules.words ?? []).filter((word) => !looks.passes({ words: [word] }));
  const ofRules = [
    ...(nameless.length > 0 ? [`no track is by ${quoted(nameless)}`] : []),
    ...(wordless.length > 0 ? [`no playlists have ${quoted(wordless)} in their titles`] : []),
  ];
  // An artist or a word that nothing has leaves nothing, unless others stand beside it.
  const enough = nameless.length === rules.artists?.length || wordless.length === rules.words?.length;
  return [
    ...unknown.map((each) => `not known: "${each.track}"${meant(each)}`),
    ...(await unknownOf(live, rules.exclude ?? [])).map(
      (each) => `--not "${each.track}" leaves nothing out: there is no such track${meant(each)}`,
    ),
    ...ofTitle(answered, looks),
    ...(enough ? [`no answer: ${ofRules.join(", and ")}`] : ofRules),
    ...(answer.length > 0
      ? restsOn(answered, looks)
      : enough
        ? []
        : [`no answer: ${whyNone(answered, looks)}`]),
  ];
}

/** Looks into a recommender: what it reads, and which rules let any track pass. */
class Looks {
  readonly #live: LiveModel;
  readonly #recommender: FittedRecommender;
  #saved: RecommenderState | undefined;
  #rulesAlone: RuledRecommender | undefined;

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
  passes(rules: Rules, context: Context = { tracks: [] }): boolean {
    this.#rulesAlone ??= this.#allOfThem();
    return this.#rulesAlone.recommend(context, 1, rules).tracks.length > 0;
  }

  /** Whether any playlists have a word of this in their titles. */
  knowsTitle(title: string | undefined): boolean {
    return title !== undefined && this.readsTitles && this.passes({ words: [title] });
  }

  get #state(): RecommenderState {
    return (this.#saved ??= this.#recommender.save());
  }

  /** Recommends whatever there is, so that rules alone decide. */
  #allOfThem(): RuledRecommender {
    const { catalogue } = this.#live.model;
    const all: FittedRecommender = {
      name: this.#recommender.name,
      recommend: (contexts, k) =>
        contexts.map(() => ({ tracks: catalogue.tracks.slice(0, k), scores: new Float32Array(k) })),
      save: () => this.#state,
    };
    return new RuledRecommender(all, catalogue);
  }
}

const quoted = (words: readonly string[]) => words.map((word) => `"${word}"`).join(", ");
const meant = ({ nearest }: Unknown) => (nearest.length > 0 ? `; did you mean ${quoted(nearest)}?` : "");

/** Where the title says nothing. */
function ofTitle({ live, context: { title } }: Answered, looks: Looks): string[] {
  if (title === undefined || looks.knowsTitle(title)) return [];
  if (!looks.readsTitles) return [`${live.recommender()!.name} does not read titles`];
  return [`the title is not known: no playlists have a word of "${title}" in theirs`];
}

/** What the answer rests on, where that is no known track. */
function restsOn({ live, recommender, context, unknown, answer }: Answered, looks: Looks): string[] {
  if (unknown.length < context.tracks.length) return [];
  const asked = live.recommender()!;
  if (recommender !== asked)
    return [`${asked.name} has no answer where it knows nothing; popular tracks follow`];
  const named = looks.readsArtists ? artistsNamed(live, unknown) : [];
  const artists = named.filter((name) => answer.some((track) => live.view(track).artist === name));
  if (artists.length > 0)
    return [`no track is known, but whose they are: tracks by ${artists.join(", ")} come first`];
  if (!looks.knowsTitle(context.title)) return ["nothing to go on is known; popular tracks follow"];
  return unknown.length === 0 ? [] : ["no track is known; what follows is by the title alone"];
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

/** Which rules leave nothing together, or what the recommender does not know. */
function whyNone({ recommender, context, rules }: Answered, looks: Looks): string {
  const { name } = recommender;
  if (recommender.recommend([context], 1)[0]!.tracks.length === 0) {
    const last = context.tracks.at(-1);
    return last === undefined
      ? `${name} needs a track to go on`
      : `${name} goes by the last track, and has learnt nothing of "${last}"; another --recommender may answer`;
  }
  const flags = [
    rules.artists && `--artist ${quoted(rules.artists)}`,
    rules.words && `--word ${quoted(rules.words)}`,
    rules.exclude && "--not",
    rules.excludePlayed && "without what has played",
  ].filter((flag) => typeof flag === "string");
  return looks.passes(rules, context)
    ? `${name} has none that passes ${flags.join(" and ")}`
    : `no track passes ${flags.join(" and ")}${flags.length > 1 ? " together" : ""}`;
}
