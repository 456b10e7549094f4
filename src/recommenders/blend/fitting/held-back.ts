/** The ranker's training data: queries from playlists that were held back from its sources. */
import { Random, SegueError, type Steps } from "../../../system/index.js";
import { type Query, queryOf } from "../../core/asking/query.js";
import { type Sessions, sessionCount } from "../../core/plays/sessions.js";
import { meritFeature } from "../features/columns.js";
import type { Signals } from "../signals.js";
import type { RankingData } from "../trees/ranking-data.js";

export interface HoldingSettings {
  /** The share of playlists, the latest ones, that the ranker learns from. */
  readonly tail: number;
  /** With few playlists, how many parts of that size are held back, one after another. */
  readonly folds: number;
  /** The maximum number of queries that the ranker learns from. Default: see `queriesFor`. */
  readonly queries: number;
  /** How many of a query's best candidates the ranker sees. */
  readonly hard: number;
  /** How many of the other candidates it sees, sampled. */
  readonly easy: number;
  /**
   * The total relevance of the next fifty tracks after the target, whose own relevance is 1. In long playlists the next track is
   * one of many that fit, so later tracks carry information too; in short sessions only the next one counts. "auto": see `laterFor`.
   */
  readonly later: number | "auto";
}

/** The value of `later: "auto"`: 0 up to a mean playlist length of 20, rising to 1 at 60. */
export function laterFor(length: number): number {
  return Math.min(1, Math.max(0, (length - 20) / 40));
}

/** The default maximum number of queries that the ranker learns from. */
export const mostQueries = 60_000;

/**
 * How many queries to learn from: one per 20 plays, since more gain little on small data and would take longer. If later tracks
 * count as answers too (`later` up to 1), each query says more and is longer, so a third is enough (see
 * docs/measured/recommenders.md).
 */
export function queriesFor(plays: number, later: number): number {
  const most = Math.round(mostQueries / (1 + 2 * later));
  return Math.min(most, Math.max(1000, Math.round(plays / 20)));
}

/** How to choose the candidates of a query (see `HoldingSettings`); query q draws with the seed `firstSeed` + q. */
interface Choice {
  readonly hard: number;
  readonly easy: number;
  readonly later: number;
  readonly firstSeed: number;
}

/** A play to ask for: its held-back playlist, and its position in `items`. */
export type Place = readonly [session: number, place: number];

/** Gathers the held-back queries with their candidates, one query per step. */
export function* rankingData(
  signals: Signals,
  tail: Sessions,
  titles: readonly string[] | undefined,
  places: readonly Place[],
  choice: Choice,
  onQuery: (done: number) => void,
): Steps<HeldBack> {
  const { width } = signals;
  const asked = places.length;
  const rows = new RowsOfQueries(width, asked * (choice.hard + choice.easy + 8));
  const relevance = new Float32Array(tail.trackCount);
  let reached = 0;
  for (const [q, [session, place]] of places.entries()) {
    const end = tail.offsets[session + 1]!;
    const later = tail.items.subarray(place + 1, Math.min(end, place + 1 + laterReach));
    if (signals.fallback.counts[tail.items[place]!] === 0 && choice.later === 0) continue;
    const context = tail.items.subarray(tail.offsets[session]!, place);
    const random = new Random(choice.firstSeed + q);
    const query = queryAsOfHead(signals, context, titles?.[session]);
    const unheard = unheardOf(signals, query, random);
    signals.gather(unheard ?? query);
    onQuery(q);
    if (unheard !== undefined) for (const track of query.tracks) relevance[track] = leftOut;
    for (const track of later) relevance[track] = choice.later / laterReach;
    relevance[tail.items[place]!] = 1;
    reached += rows.add(signals, relevance, choice, random);
    for (const track of query.tracks) relevance[track] = 0;
    for (const track of later) relevance[track] = 0;
    relevance[tail.items[place]!] = 0;
    yield;
  }
  return { ...rows.take(), reached, asked };
}

export interface HeldBack extends RankingData {
  /** The number of queries whose next track is among the candidates. */
  readonly reached: number;
  readonly asked: number;
}

/** How many tracks after the next one count as partly relevant. */
const laterReach = 50;
/** The relevance of tracks that may not be answered. */
const leftOut = -1;
/**
 * The share of queries whose tracks are made unknown to the sources, so that the ranker meets contexts of which only the artists are
 * known. Held-back playlists have hardly any, and such answers were worse than the artists' most played tracks.
 */
const unheardShare = 0.05;

class RowsOfQueries {
  readonly #width: number;
  #values: Float32Array;
  #weights: Float32Array;
  #relevance: Float32Array;
  readonly #offsets = [0];
  #row = 0;

  constructor(width: number, rows: number) {
    this.#width = width;
    this.#values = floats(rows * width);
    this.#weights = floats(rows);
    this.#relevance = floats(rows);
  }

  /** Adds the candidates of one query if any is relevant; returns 1 if the next track is among them, else 0. */
  add(signals: Signals, relevance: Float32Array, settings: Choice, random: Random): number {
    const { candidates, count } = signals;
    let reached = 0;
    let relevant = 0;
    for (let i = 0; i < count; i++) {
      const value = relevance[candidates[i]!]!;
      if (value > 0) relevant++;
      if (value === 1) reached = 1;
    }
    if (relevant === 0) return 0;
    const hard = Math.min(settings.hard, count);
    for (let i = 0; i < count; i++) {
      const value = relevance[candidates[i]!]!;
      if (value > 0 || (i < hard && value !== leftOut)) this.#write(signals, i, 1, value);
    }
    const rest = count - hard;
    const easy = Math.min(settings.easy, rest);
    for (let e = 0; e < easy; e++) {
      const i = hard + Math.floor(((e + random.next()) * rest) / easy);
      if (relevance[candidates[i]!] === 0) this.#write(signals, i, rest / easy, 0);
    }
    this.#offsets.push(this.#row);
    return reached;
  }

  #write(signals: Signals, candidate: number, weight: number, relevance: number): void {
    const width = this.#width;
    if (this.#row === this.#weights.length) {
      // Grow by whole rows, so that values and weights have room for the same number.
      const rows = Math.ceil(1.5 * this.#row);
      this.#values = longer(this.#values, rows * width);
      this.#weights = longer(this.#weights, rows);
      this.#relevance = longer(this.#relevance, rows);
    }
    signals.write(candidate);
    this.#values.set(
      signals.features.subarray(candidate * width, (candidate + 1) * width),
      this.#row * width,
    );
    this.#relevance[this.#row] = relevance;
    this.#weights[this.#row++] = weight;
  }

  take(): RankingData {
    return {
      width: this.#width,
      start: meritFeature,
      values: this.#values.subarray(0, this.#row * this.#width),
      weights: this.#weights.subarray(0, this.#row),
      relevance: this.#relevance.subarray(0, this.#row),
      offsets: Uint32Array.from(this.#offsets),
    };
  }
}

function longer(values: Float32Array, length: number): Float32Array {
  const grown = floats(length);
  grown.set(values);
  return grown;
}

/** @throws SegueError code "out-of-memory" if they cannot be allocated */
function floats(length: number): Float32Array {
  try {
    return new Float32Array(length);
  } catch (cause) {
    throw new SegueError(
      `the queries that the blend learns from need ${length} numbers: more than fit in memory`,
      {
        hint: "Lower its settings queries, hard or easy.",
        code: "out-of-memory",
        cause,
      },
    );
  }
}

/** The plays of the tail to ask for, shuffled: all, or about equally many per playlist, its last play among them. */
export function placesOf(tail: Sessions, most: number, random: Random): Place[] {
  const places: Place[] = [];
  const count = sessionCount(tail);
  const each = most / count;
  for (let s = 0; s < count; s++) {
    const first = tail.offsets[s]! + 1;
    const last = tail.offsets[s + 1]! - 1;
    const plays = last - first + 1;
    if (plays < 1) continue;
    const wanted =
      tail.items.length - count <= most ? plays : Math.min(plays, Math.floor(each + random.next()));
    if (wanted < 1) continue;
    for (let w = 0; w < wanted - 1; w++) {
      places.push([s, first + Math.floor(((w + random.next()) * (plays - 1)) / (wanted - 1))]);
    }
    places.push([s, last]);
  }
  return random.shuffle(places);
}

/** A context of the tail as the sources see it: tracks that are only in held-back playlists are unknown. */
function queryAsOfHead(signals: Signals, context: Uint32Array, title: string | undefined): Query {
  const { counts } = signals.fallback;
  const unknown: string[] = [];
  let unknownAfter = 0;
  const played = new Int32Array(context.length);
  const tracks = context.filter((track, i) => {
    const known = counts[track]! > 0;
    played[i] = known ? track : ~unknown.length;
    if (known) unknownAfter = 0;
    else {
      unknownAfter++;
      unknown.push(signals.catalogue.tracks[track]!);
    }
    return known;
  });
  return { tracks, unknown, unknownAfter, played, title };
}

/** A share of the queries as if their tracks were unknown; undefined for the others, and if no artist can be read from the ids. */
function unheardOf({ catalogue, fallback }: Signals, query: Query, random: Random): Query | undefined {
  const { artists } = fallback;
  if (artists === undefined || random.next() >= unheardShare) return undefined;
  const { played, title } = query;
  const unknown = Array.from(played, (track) =>
    track < 0 ? query.unknown[~track]! : catalogue.tracks[track]!,
  );
  if (!unknown.some((id) => artists.guess(id) !== 0)) return undefined;
  return queryOf({ played: Int32Array.from(unknown, (_, place) => ~place), unknown, title });
}

/** The minimum share held back if there are few playlists. */
export const leastTail = 0.2;

/** One tail if it is long enough to learn from (from 20,000 playlists on), else several folds. */
export function howToHoldBack(settings: HoldingSettings, count: number): { folds: number; tail: number } {
  return count >= 20_000
    ? { folds: 1, tail: settings.tail }
    : { folds: settings.folds, tail: Math.max(settings.tail, leastTail) };
}

export function joined(parts: readonly RankingData[]): RankingData {
  if (parts.length === 1) return parts[0]!;
  const rows = parts.reduce((sum, part) => sum + part.weights.length, 0);
  const { width, start } = parts[0]!;
  const values = floats(rows * width);
  const weights = floats(rows);
  const relevance = floats(rows);
  const offsets = [0];
  let row = 0;
  for (const part of parts) {
    values.set(part.values, row * width);
    weights.set(part.weights, row);
    relevance.set(part.relevance, row);
    for (let q = 1; q < part.offsets.length; q++) offsets.push(row + part.offsets[q]!);
    row += part.weights.length;
  }
  return { width, start, values, weights, relevance, offsets: Uint32Array.from(offsets) };
}
