/** What the ranker learns from: queries of playlists that were held back from the sources it ranks. */
import { Random, SegueError, type Steps } from "../../system/index.js";
import type { Query } from "../core/query.js";
import { type Sessions, sessionCount } from "../core/sessions.js";
import { meritFeature } from "./columns.js";
import type { RankingData } from "./ranking-data.js";
import type { Signals } from "./signals.js";

export interface HoldingSettings {
  /** The share of the playlists, the last ones, that the ranker learns from. */
  readonly tail: number;
  /** How many parts of that size are held back, one after the other, where there are few playlists. */
  readonly folds: number;
  /** How many queries the ranker learns from, at most. Default: see `queriesFor`. */
  readonly queries: number;
  /** How many of a query's best candidates the ranker sees. */
  readonly hard: number;
  /** How many of the others it sees, by lot. */
  readonly easy: number;
  /**
   * How much the tracks that play later in a playlist count as answers beside the next one (1), all fifty of them together.
   * Where playlists are long the next track is one of many that fit, and what comes later teaches more than chance does; in
   * short sessions the next one alone is asked for. "auto": see `laterFor`.
   */
  readonly later: number | "auto";
}

/** What `later: "auto"` stands for: nothing for sessions of 20 tracks in the mean, all of it for playlists of 60. */
export function laterFor(length: number): number {
  return Math.min(1, Math.max(0, (length - 20) / 40));
}

/** The most queries that the ranker learns from unless it is told to. */
export const mostQueries = 60_000;

/**
 * How many queries teach enough. Little data teaches the ranker little, however often it is asked: one query for 20 plays, so that a
 * sample takes seconds. Where later tracks count as answers too (`later` up to 1), each query teaches more and is longer: a third is
 * enough (see docs/measured/recommenders.md).
 */
export function queriesFor(plays: number, later: number): number {
  const most = Math.round(mostQueries / (1 + 2 * later));
  return Math.min(most, Math.max(1000, Math.round(plays / 20)));
}

/** How the candidates of a query are chosen (see `HoldingSettings`), and from which number on what is drawn for each query is seeded. */
interface Choice {
  readonly hard: number;
  readonly easy: number;
  readonly later: number;
  readonly firstSeed: number;
}

/** A play that is asked for: of which of the playlists held back, and where in `items`. */
export type Place = readonly [session: number, place: number];

/** The queries of the tail with their candidates: what the ranker learns from. In steps, a query each. */
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
    signals.gather(
      queryAsOfHead(signals, tail.items.subarray(tail.offsets[session]!, place), titles?.[session]),
    );
    onQuery(q);
    for (const track of later) relevance[track] = choice.later / laterReach;
    relevance[tail.items[place]!] = 1;
    reached += rows.add(signals, relevance, choice, new Random(choice.firstSeed + q));
    for (const track of later) relevance[track] = 0;
    relevance[tail.items[place]!] = 0;
    yield;
  }
  return { ...rows.take(), reached, asked };
}

export interface HeldBack extends RankingData {
  /** In how many of the queries asked the track that played next is a candidate. */
  readonly reached: number;
  readonly asked: number;
}

/** How many of the tracks after the next one count as answers in part. */
const laterReach = 50;

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

  /** Adds the candidates of one query, where any is relevant; returns 1 where the next track is among them. */
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
      if (i < hard || value > 0) this.#write(signals, i, 1, value);
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
      // Of whole rows: half of an odd number of them more would leave the last one less room for its values than for its weight.
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

/** @throws SegueError where there is no room for so many */
function floats(length: number): Float32Array {
  try {
    return new Float32Array(length);
  } catch (cause) {
    throw new SegueError(
      `the queries that the blend learns from need ${length} numbers: more than memory holds`,
      {
        hint: "Lower its settings queries, hard or easy.",
        code: "out-of-memory",
        cause,
      },
    );
  }
}

/** Which plays of the tail are asked for: all, or as many of each playlist, the last play always among them. */
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

/** A context of the tail as the head sees it: tracks that the head does not hold are unknown. */
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

/** The least share that is held back where there are few playlists. */
export const leastTail = 0.2;

/** One tail where it is long enough to learn from; else several parts are held back, one after the other. */
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
