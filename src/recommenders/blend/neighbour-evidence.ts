/** What playlists like the context hold: they are found once and vote by similarity, overlap, place and age. */
import { NeighbourFinder } from "../core/neighbours.js";
import type { Query } from "../core/query.js";
import { meanLength, type Sessions, sessionCount } from "../core/sessions.js";
import { col } from "./columns.js";
import { type Evidence, Votes } from "./evidence.js";

export interface NeighbourEvidenceSettings {
  readonly neighbours: number;
  readonly perTrack: number;
  readonly nominated: number;
}

export class NeighbourEvidence {
  readonly #sessions: Sessions;
  readonly #finder: NeighbourFinder;
  readonly #votes: Votes;
  readonly #age: Float64Array;
  /** The weight of a play so many places from the match. */
  readonly #places: Float64Array;
  /** Of each neighbour: the play that matches the context's latest track, and its overlap by its length. */
  readonly #matches: Uint32Array;
  readonly #overlaps: Float64Array;

  constructor(sessions: Sessions, settings: NeighbourEvidenceSettings) {
    const scale = Math.sqrt(meanLength(sessions));
    const near = 1.5 * scale;
    const count = sessionCount(sessions);
    this.#sessions = sessions;
    this.#places = Float64Array.from({ length: 1024 }, (_, d) => Math.exp(-(d - 1) / near));
    this.#finder = new NeighbourFinder(sessions, {
      neighbours: settings.neighbours,
      perTrack: settings.perTrack,
      last: 200,
      contextDecay: scale,
      lengthPower: 0.5,
      recency: 1,
      near,
      before: 0.8,
      idfMatch: 1,
      idfVote: 0.5,
    });
    this.#votes = new Votes(sessions.trackCount, settings.nominated);
    this.#age = Float64Array.from({ length: count }, (_, s) => Math.exp(-(count - 1 - s) / (0.15 * count)));
    this.#matches = new Uint32Array(this.#finder.neighbours.length);
    this.#overlaps = new Float64Array(this.#finder.neighbours.length);
  }

  /** How many neighbours the last query has. */
  get found(): number {
    return this.#finder.found;
  }

  nominate(query: Query, evidence: Evidence, most: number): void {
    const finder = this.#finder;
    finder.find(query.tracks);
    const { offsets, items } = this.#sessions;
    const { context, idf, found, neighbours, similarities } = finder;
    const votes = this.#votes;
    for (let n = 0; n < found; n++) {
      const session = neighbours[n]!;
      const start = offsets[session]!;
      const end = offsets[session + 1]!;
      let match = start;
      let matched = -1;
      let overlap = 0;
      for (let i = start; i < end; i++) {
        const weight = context[items[i]!]!;
        if (weight === 0) continue;
        overlap += idf[items[i]!]!;
        if (weight >= matched) {
          matched = weight;
          match = i;
        }
      }
      this.#matches[n] = match;
      this.#overlaps[n] = overlap / Math.sqrt(end - start);
      const similarity = similarities[n]!;
      for (let i = start; i < end; i++) {
        if (i !== match) votes.add(items[i]!, similarity * (0.4 + this.#place(i, match)));
      }
    }
    votes.close(evidence, most);
  }

  write(evidence: Evidence): void {
    const { offsets, items } = this.#sessions;
    const { found, neighbours, similarities } = this.#finder;
    const data = evidence.columns;
    for (let n = 0; n < found; n++) {
      const session = neighbours[n]!;
      const similarity = similarities[n]!;
      const match = this.#matches[n]!;
      const flat = this.#overlaps[n]!;
      const aged = similarity * this.#age[session]!;
      for (let i = offsets[session]!, end = offsets[session + 1]!; i < end; i++) {
        const base = evidence.find(items[i]!);
        if (base < 0 || i === match) continue;
        const place = this.#place(i, match);
        data[base + col.stan]! += similarity;
        data[base + col.sknn]! += flat;
        data[base + col.near]! += similarity * place;
        if (i === match + 1) data[base + col.following]! += similarity;
        data[base + col.recent]! += aged * place;
        data[base + col.voters]! += 1;
        if (similarity > data[base + col.closest]!) data[base + col.closest] = similarity;
      }
    }
  }

  #place(at: number, match: number): number {
    return at > match
      ? this.#places[Math.min(at - match, 1023)]!
      : 0.8 * this.#places[Math.min(match - at, 1023)]!;
  }
}
