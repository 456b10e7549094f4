/** Evidence by session neighbours: they are found once, and vote by similarity, overlap, position and age. */
import type { Query } from "../../core/asking/query.js";
import { NeighbourFinder } from "../../core/neighbours/neighbours.js";
import { recencyWeights } from "../../core/pairs/pairs.js";
import type { PlayIndex } from "../../core/plays/play-index.js";
import { meanLength, type Sessions, sessionCount } from "../../core/plays/sessions.js";
import { col } from "../features/columns.js";
import { type Evidence, Picker } from "./evidence.js";
import { type GatherMemory, rowWidth, tallyWidth } from "./gather-memory.js";

export interface NeighbourEvidenceSettings {
  readonly neighbours: number;
  readonly perTrack: number;
  readonly nominated: number;
}

/** The weight of a play before the match, relative to one after it. */
const inFront = 0.8;

export class NeighbourEvidence {
  readonly #sessions: Sessions;
  readonly #memory: GatherMemory;
  readonly #finder: NeighbourFinder;
  readonly #picker: Picker;
  readonly #age: Float64Array;
  readonly #perLength: Float64Array;
  #touched = 0;

  constructor(
    sessions: Sessions,
    plays: PlayIndex,
    memory: GatherMemory,
    settings: NeighbourEvidenceSettings,
  ) {
    const scale = Math.sqrt(meanLength(sessions));
    const near = 1.5 * scale;
    const count = sessionCount(sessions);
    this.#sessions = sessions;
    this.#memory = memory;
    memory.after.forEach((_, d) => {
      memory.after[d] = Math.exp(-(d - 1) / near);
      memory.before[d] = inFront * Math.exp(-(d - 1) / near);
    });
    this.#finder = new NeighbourFinder(
      sessions,
      {
        neighbours: settings.neighbours,
        perTrack: settings.perTrack,
        last: 200,
        contextDecay: scale,
        lengthPower: 0.5,
        recency: 1,
        near,
        before: inFront,
        idfMatch: 1,
        idfVote: 0.5,
        match: "last",
      },
      plays,
    );
    this.#picker = new Picker(settings.nominated);
    this.#age = recencyWeights(count, 0.15);
    this.#perLength = Float64Array.from(
      { length: count },
      (_, s) => 1 / Math.sqrt(Math.max(1, sessions.offsets[s + 1]! - sessions.offsets[s]!)),
    );
  }

  /** The number of neighbours of the last query. */
  get found(): number {
    return this.#finder.found;
  }

  nominate(query: Query, evidence: Evidence): void {
    const finder = this.#finder;
    finder.find(query.tracks);
    const { offsets } = this.#sessions;
    const { found, neighbours, similarities, matches, overlaps } = finder;
    const { kernel, items, tallies, touched, scores, after, before } = this.#memory;
    const [itemsAt, talliesAt, touchedAt] = [items.byteOffset, tallies.byteOffset, touched.byteOffset];
    let count = 0;
    for (let n = 0; n < found; n++) {
      const session = neighbours[n]!;
      const similarity = similarities[n]!;
      count = kernel.castVotes(
        itemsAt,
        offsets[session]!,
        matches[session]!,
        offsets[session + 1]!,
        talliesAt,
        touchedAt,
        count,
        after.byteOffset,
        before.byteOffset,
        similarity,
        overlaps[session]! * this.#perLength[session]!,
        similarity * this.#age[session]!,
      );
    }
    this.#touched = count;
    kernel.sumVotes(talliesAt, touchedAt, count, scores.byteOffset);
    this.#picker.pickVoted(this.#memory, touched, count, evidence);
  }

  /** Writes the votes to the slots, and clears them. */
  write(evidence: Evidence): void {
    const { count, tracks, columns: data } = evidence;
    const { kernel, tallies, touched } = this.#memory;
    for (let s = 0; s < count; s++) {
      const tally = tracks[s]! * tallyWidth;
      if (tallies[tally + 2] === 0) continue;
      const base = s * rowWidth;
      data[base + col.stan] = tallies[tally]!;
      data[base + col.sknn] = tallies[tally + 1]!;
      data[base + col.voters] = tallies[tally + 2]!;
      data[base + col.closest] = tallies[tally + 3]!;
      data[base + col.near] = tallies[tally + 4]!;
      data[base + col.recent] = tallies[tally + 5]!;
      data[base + col.following] = tallies[tally + 6]!;
    }
    kernel.clearVotes(tallies.byteOffset, touched.byteOffset, this.#touched);
    this.#touched = 0;
  }
}
