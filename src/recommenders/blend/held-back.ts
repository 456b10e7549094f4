/** What the ranker learns from: queries of playlists that were held back from the sources it ranks. */
import type { Random } from "../../system/index.js";
import type { Query } from "../core/query.js";
import { type Sessions, sessionCount } from "../core/sessions.js";
import type { RankingData } from "./boost.js";
import { meritFeature } from "./columns.js";
import type { Signals } from "./signals.js";

export interface HoldingSettings {
  /** The share of the playlists, the last ones, that the ranker learns from. */
  readonly tail: number;
  /** How many parts of that size are held back, one after the other, where there are few playlists. */
  readonly folds: number;
  /** How many queries the ranker learns from, at most. */
  readonly queries: number;
  /** How many candidates of a query the ranker sees: the best of them all, the others by lot. */
  readonly hard: number;
  readonly easy: number;
}

/** The queries of the tail with their candidates: what the ranker learns from. */
export function rankingData(
  signals: Signals,
  tail: Sessions,
  titles: readonly string[] | undefined,
  settings: HoldingSettings,
  random: Random,
  onQuery: (done: number) => void,
): RankingData & { reached: number; asked: number } {
  const { width } = signals;
  const perQuery = settings.hard + settings.easy + 1;
  const places = placesOf(tail, settings.queries, random);
  const asked = places.length;
  const values = new Float32Array(asked * perQuery * width);
  const weights = new Float32Array(asked * perQuery);
  const offsets = [0];
  const answers: number[] = [];
  let row = 0;
  const write = (candidate: number, weight: number) => {
    values.set(signals.rows.subarray(candidate * width, (candidate + 1) * width), row * width);
    weights[row++] = weight;
  };
  for (let q = 0; q < asked; q++) {
    const [session, place] = places[q]!;
    const answer = tail.items[place]!;
    if (signals.fallback.counts[answer] === 0) continue;
    signals.gather(
      queryAsOfHead(signals, tail.items.subarray(tail.offsets[session]!, place), titles?.[session]),
    );
    onQuery(q);
    const { candidates, count } = signals;
    let found = -1;
    for (let i = 0; i < count && found < 0; i++) if (candidates[i] === answer) found = i;
    if (found < 0) continue;
    const hard = Math.min(settings.hard, count);
    for (let i = 0; i < hard; i++) {
      if (i === found) answers.push(row);
      write(i, 1);
    }
    if (found >= hard) {
      answers.push(row);
      write(found, 1);
    }
    const rest = count - hard;
    const easy = Math.min(settings.easy, rest);
    for (let e = 0; e < easy; e++) {
      const i = hard + Math.floor(((e + random.next()) * rest) / easy);
      if (i !== found) write(i, rest / easy);
    }
    offsets.push(row);
  }
  return {
    width,
    start: meritFeature,
    values: values.subarray(0, row * width),
    weights: weights.subarray(0, row),
    offsets: Uint32Array.from(offsets),
    answers: Uint32Array.from(answers),
    reached: answers.length,
    asked,
  };
}

/** Which plays of the tail are asked for: all, or as many of each playlist, the last play always among them. */
function placesOf(tail: Sessions, most: number, random: Random): Array<[session: number, place: number]> {
  const places: Array<[session: number, place: number]> = [];
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

/** One tail where it is long enough to learn from; else several parts are held back, one after the other. */
export function howToHoldBack(settings: HoldingSettings, count: number): { folds: number; tail: number } {
  return count >= 20_000
    ? { folds: 1, tail: settings.tail }
    : { folds: settings.folds, tail: Math.max(settings.tail, 0.2) };
}

export function joined(parts: readonly RankingData[]): RankingData {
  if (parts.length === 1) return parts[0]!;
  const rows = parts.reduce((sum, part) => sum + part.weights.length, 0);
  const { width, start } = parts[0]!;
  const values = new Float32Array(rows * width);
  const weights = new Float32Array(rows);
  const offsets = [0];
  const answers: number[] = [];
  let row = 0;
  for (const part of parts) {
    values.set(part.values, row * width);
    weights.set(part.weights, row);
    for (const answer of part.answers) answers.push(row + answer);
    for (let q = 1; q < part.offsets.length; q++) offsets.push(row + part.offsets[q]!);
    row += part.weights.length;
  }
  return {
    width,
    start,
    values,
    weights,
    offsets: Uint32Array.from(offsets),
    answers: Uint32Array.from(answers),
  };
}
