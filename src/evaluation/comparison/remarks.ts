/** Warnings about figures: whether they rest on enough data, and what to do if not. */

/** The figures of one evaluated recommender. */
export interface AskedFigures {
  readonly k: number;
  /** The number of independent queries: playlists, if several queries are cut from one. */
  readonly queries: number;
  readonly hitRatio: number;
  /** The 95 % interval of `hitRatio`. */
  readonly interval?: readonly [number, number];
  /** The number of distinct training tracks. */
  readonly catalogue?: number;
  /** The share of queries whose target is in training. */
  readonly knownTargets?: number;
  /** The share of queries whose context has a training track. */
  readonly knownContexts?: number;
  /** How many of `queries` are also in training, with the same tracks. */
  readonly copies?: number;
  /** Its hit ratio minus that of popularity, over the same queries. */
  readonly gain?: { readonly mean: number; readonly low: number; readonly high: number; readonly p: number };
}

/** One model of a ranking by hit ratio. */
export interface RankedFigures {
  readonly name: string;
  readonly recommender: string;
  readonly hitRatio: number;
  readonly interval: readonly [number, number];
  /** Its paired difference from the best; without it, intervals are compared. */
  readonly behind?: { readonly p: number };
  readonly asked: number;
  /** How many tracks it can recommend; 0 if it has learned nothing. */
  readonly vocabulary?: number;
  /** Why it has no figures: how its training diverged, and what to do. */
  readonly diverged?: string;
}

/** The input of `remarksOn`; each part may be missing. */
export interface Findings {
  readonly test?: AskedFigures;
  /** Best first, measured on a part other than the test. */
  readonly ranking?: readonly RankedFigures[];
  /** The outcome of cleaning, and the intermediate run that stores the rejected rows. */
  readonly cleaned?: {
    readonly rows: number;
    readonly rejected: number;
    readonly run: string;
    /** What may make rejected rows usable. */
    readonly remedies?: readonly string[];
  };
  /** Which part of the data was used, for trying things: about half of the rows, or this share of the playlists. */
  readonly sample?: { readonly subset?: boolean; readonly ratio?: number } | undefined;
  /** The option that sets k, as messages write it: "--knn-k" or "-k". */
  readonly kFlag: string;
  /** What `queries` counts, as messages write it. Default "playlists". */
  readonly unit?: string;
}

// Figures below these get a remark.
const enoughQueries = 150;
const enoughKnown = 0.5;
/** From this share of all tracks on, even a random answer often hits. */
const longAnswer = 0.25;
const manyRejects = 0.05;
const fewCopies = 0.01;

/** Returns one sentence per problem, with what it means and what to do about it; empty if there is none. */
export function remarksOn({ test, ranking, cleaned, sample, kFlag, unit = "playlists" }: Findings): string[] {
  const remarks: string[] = [];
  const holdsAll = test?.catalogue !== undefined && test.k >= test.catalogue;
  if (test !== undefined)
    remarks.push(
      ...ofAnswers(test, kFlag),
      ...ofTargets(test),
      ...ofContexts(test),
      ...ofQueries(test, unit),
    );
  // If all models hit the same regardless of what they learned, there is nothing to compare.
  if (!holdsAll && test?.knownTargets !== 0) {
    if (test !== undefined) remarks.push(...ofCopies(test, unit));
    if (ranking !== undefined) remarks.push(...ofRanking(ranking));
    if (test?.gain !== undefined) remarks.push(...ofGain(test.gain, ranking?.[0]));
  }
  remarks.push(...ofDiverged(ranking ?? []));
  if (cleaned !== undefined && cleaned.rejected > manyRejects * cleaned.rows)
    remarks.push(
      `${count(cleaned.rejected)} of ${count(cleaned.rows)} rows (${percent(cleaned.rejected / cleaned.rows)}) could not be used; segue dump intermediate/${cleaned.run}/clean_data/rejectedRows names the file that lists them, each with its reason${(cleaned.remedies ?? []).map((remedy) => `; ${remedy}`).join("")}`,
    );
  if (sample !== undefined) remarks.push(ofSample(sample));
  return remarks;
}

function ofSample({ subset, ratio }: NonNullable<Findings["sample"]>): string {
  const parts = [
    ...(subset ? ["about half of the rows (subset)"] : []),
    ...(ratio === undefined ? [] : [`a sample of ${percent(ratio)} of the playlists (dev)`]),
  ];
  return `the models saw only ${parts.join(" and ")}; all of the data will give other figures`;
}

function ofAnswers({ k, catalogue }: AskedFigures, kFlag: string): string[] {
  if (catalogue === undefined || k < longAnswer * catalogue) return [];
  const shorter = Math.max(1, Math.min(10, Math.floor(catalogue / 20)));
  const instead = shorter < k ? `; ask for fewer: ${kFlag} ${shorter}` : "";
  return [
    k >= catalogue
      ? `training knows ${tracks(catalogue)}, and an answer of ${k} holds them all, so every model hits the same${instead}`
      : `training knows ${tracks(catalogue)}, so that ${k} drawn at random hold ${percent(k / catalogue)} of them, and a high hit ratio says little${instead}`,
  ];
}

function ofTargets({ knownTargets }: AskedFigures): string[] {
  if (knownTargets === undefined || knownTargets >= enoughKnown) return [];
  return [
    knownTargets === 0
      ? "none of the tracks asked for was in training, so no model can name one; it takes playlists that share tracks, spelt alike"
      : `only ${percent(knownTargets)} of the tracks asked for were in training, so no model can hit more than ${knownTargets.toFixed(4)}; more playlists that share tracks raise that`,
  ];
}

function ofContexts({ knownContexts }: AskedFigures): string[] {
  if (knownContexts === undefined || knownContexts >= enoughKnown) return [];
  const others =
    "artists, a title, or what is popular; it takes contexts that share tracks with training, spelt alike";
  return [
    knownContexts === 0
      ? `no query holds a track that training knows, so answers rely only on ${others}`
      : `only ${percent(knownContexts)} of the queries hold a track that training knows, so the answers to the others rely only on ${others}`,
  ];
}

function ofCopies({ copies = 0, queries }: AskedFigures, unit: string): string[] {
  if (copies === 0 || copies < fewCopies * queries) return [];
  return [
    `${count(copies)} of ${count(queries)} ${unit} asked about (${percent(copies / queries)}) ${copies === 1 ? "is" : "are"} in training too, as a playlist of the same tracks, so the figures reward memorising; keep one of each to see how new playlists would do`,
  ];
}

function ofQueries({ queries, hitRatio, interval }: AskedFigures, unit: string): string[] {
  if (queries >= enoughQueries) return [];
  const [low, high] = surely(hitRatio, queries, interval);
  return [
    `only ${counted(queries, unit)} asked, so the hit ratio is rough: with more it may turn out anywhere from ${low.toFixed(2)} to ${high.toFixed(2)} (95 %); more playlists make it more certain`,
  ];
}

function ofRanking([best, ...others]: readonly RankedFigures[]): string[] {
  if (best === undefined) return [];
  const rangeOf = ({ hitRatio, asked, interval }: RankedFigures) => surely(hitRatio, asked, interval);
  const [low] = rangeOf(best);
  const isEven = (other: RankedFigures) =>
    // By p rather than the difference's interval, which is too narrow if few playlists differ.
    other.behind !== undefined ? maybeChance(other.behind) : rangeOf(other)[1] >= low;
  const even = others.filter((other) => other.vocabulary !== 0 && isEven(other));
  if (even.length === 0) return [];
  const who = even.length === 1 ? `${even[0]!.name} is` : `${even.length} other models are`;
  return [
    `on validation ${who} within chance of ${best.name} (95 %), so which of them came out best may be chance; more playlists would tell`,
  ];
}

function ofDiverged(ranking: readonly RankedFigures[]): string[] {
  const [first, ...others] = ranking.filter(({ diverged }) => diverged !== undefined);
  if (first === undefined) return [];
  const { name } = first;
  const who = others.length === 0 ? `${name} has` : `${others.length + 1} models, ${name} among them, have`;
  return [`${who} no figures: ${first.diverged}`];
}

const maybeChance = ({ p }: { readonly p: number }) => p >= 0.05;

function ofGain({ mean, low, high, p }: NonNullable<AskedFigures["gain"]>, best?: RankedFigures): string[] {
  const [name, isPopularity] = [best?.name ?? "the model", best?.recommender === "popularity"];
  if (isPopularity)
    return [
      "popularity came out best: nothing was learned beyond play counts; it takes more playlists, or ones that have more in common",
    ];
  if (mean > 0 && !maybeChance({ p })) return [];
  const figures = `difference ${signed(mean)}, 95 % interval ${signed(low)} to ${signed(high)}, p ${p.toFixed(3)}`;
  return [
    mean < 0 && !maybeChance({ p })
      ? `on the test ${name} hits less than the most popular tracks do (${figures}); --recommenders popularity serves those`
      : `on the test ${name} does no better than the most popular tracks, as far as can be told (${figures}); it takes more playlists, or ones that have more in common`,
  ];
}

/**
 * The interval of a hit ratio: Wilson's (1927) if none is given, or if all queries hit or none does, since the bootstrap then
 * shows no spread.
 */
function surely(
  hitRatio: number,
  queries: number,
  interval?: readonly [number, number],
): readonly [number, number] {
  if (interval !== undefined && interval[0] < interval[1]) return interval;
  const z2 = 1.96 ** 2;
  const centre = hitRatio + z2 / (2 * queries);
  const spread = 1.96 * Math.sqrt((hitRatio * (1 - hitRatio) + z2 / (4 * queries)) / queries);
  const at = (value: number) => Math.min(1, Math.max(0, value / (1 + z2 / queries)));
  return [at(centre - spread), at(centre + spread)];
}

/** @param unit in the plural: "playlists", "queries" */
const counted = (value: number, unit: string) =>
  value === 1 ? `1 ${unit.replace(/ies$/, "y").replace(/s$/, "")} was` : `${count(value)} ${unit} were`;
const count = (value: number) => value.toLocaleString("en");
const tracks = (value: number) => `only ${count(value)} ${value === 1 ? "track" : "tracks"}`;
/** Never rounds to 0 % or 100 % what is not exactly that. */
function percent(share: number): string {
  const rest = 100 * Math.min(share, 1 - share);
  const digits = rest > 0 && rest < 1 ? Math.ceil(-Math.log10(rest)) : share < 0.1 ? 1 : 0;
  return `${(100 * share).toFixed(digits)} %`;
}
const signed = (value: number) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}`;
