/**
 * Finds session neighbours: the playlists most like the context. Covers V-SKNN (Ludewig & Jannach 2018) and VSTAN (Ludewig et
 * al. 2021, after STAN, Garg et al. 2019), which differ in how they weigh position and age.
 */
import { recencyWeights } from "../pairs/pairs.js";
import { invert, type PlayIndex, playIndex } from "../plays/play-index.js";
import { type Rows, type Sessions, sessionCount } from "../plays/sessions.js";
import { largest } from "../scores/largest.js";
import { ScoreBoard } from "../scores/score-board.js";

export interface NeighbourSettings {
  /** How many neighbours vote. */
  readonly neighbours: number;
  /** Only this many of a track's latest playlists are read. */
  readonly perTrack: number;
  /** How many of the context's last tracks are read (each once). */
  readonly last: number;
  /** The weight of the context's d-th last track: "linear" (V-SKNN), or exp(-(d - 1) / contextDecay) (VSTAN). */
  readonly contextDecay: "linear" | number;
  /** Similarity is divided by (playlist length)^lengthPower. */
  readonly lengthPower: number;
  /** The age, as a share of all playlists, at which a neighbour weighs 1/e; 0: all weigh the same. */
  readonly recency: number;
  /** A neighbour's track d places from the match weighs exp(-(d - 1) / near); 0: all weigh the same. */
  readonly near: number;
  /** The factor for tracks before the match. */
  readonly before: number;
  /** The factor of a match's vote for itself. Default: 0. */
  readonly matchVote?: number;
  /** Matches are weighted by idf^idfMatch. */
  readonly idfMatch: number;
  /** Votes are weighted by idf^idfVote. */
  readonly idfVote: number;
  /** The play that counts as the match if a neighbour has the matching track several times. Default: the first. */
  readonly match?: "first" | "last";
}

export class NeighbourFinder {
  readonly sessions: Sessions;
  readonly inverted: Rows;
  readonly settings: NeighbourSettings;
  /** The neighbours of the last `find`, unordered; only the first `found` are valid. */
  readonly neighbours: Uint32Array;
  readonly similarities: Float64Array;
  found = 0;
  /** The weight of each track in the context of the last `find`, 0 for all others. */
  readonly context: Float64Array;
  /**
   * For each neighbour, by playlist number: the position in `items` of the match, that is the shared track that is latest in the
   * context; the weight of that track; the sum of the idf of all shared tracks.
   */
  readonly matches: Uint32Array;
  readonly matched: Float64Array;
  readonly overlaps: Float64Array;
  readonly #places: Uint32Array;
  #asked: Uint32Array = new Uint32Array(0);
  readonly #board: ScoreBoard;
  readonly #age: Float64Array;
  readonly #length: Float64Array;
  readonly #candidates: Float64Array;

  /** @param plays the play index of the sessions, if there is one already */
  constructor(sessions: Sessions, settings: NeighbourSettings, plays: PlayIndex = playIndex(sessions)) {
    const count = sessionCount(sessions);
    this.sessions = sessions;
    this.settings = settings;
    const { places, ...inverted } = invert(plays, settings.match ?? "first");
    this.inverted = inverted;
    this.#places = places;
    this.matches = new Uint32Array(count);
    this.matched = new Float64Array(count);
    this.overlaps = new Float64Array(count);
    this.#age = recencyWeights(count, settings.recency);
    this.#length = new Float64Array(count);
    for (let s = 0; s < count; s++) {
      const length = sessions.offsets[s + 1]! - sessions.offsets[s]!;
      this.#length[s] = Math.max(1, length) ** -settings.lengthPower;
    }
    const most = Math.min(count, settings.neighbours);
    this.neighbours = new Uint32Array(most);
    this.similarities = new Float64Array(most);
    this.#candidates = new Float64Array(count);
    this.#board = new ScoreBoard(count);
    this.context = new Float64Array(sessions.trackCount);
  }

  /** The idf of a track in this many playlists: log((all playlists + 1) / playlists), 0 for a track in none. */
  idf(playlists: number): number {
    return playlists > 0 ? Math.log((sessionCount(this.sessions) + 1) / playlists) : 0;
  }

  /** Writes the neighbours of a context to `neighbours` and `similarities`, and their number to `found`. */
  find(tracks: Uint32Array): void {
    const { inverted, settings, context } = this;
    const { perTrack, contextDecay } = settings;
    const board = this.#board;
    board.clear();
    for (const track of this.#asked) context[track] = 0;
    this.#asked = tracks.slice(-settings.last);
    const reach = Math.min(settings.last, tracks.length);
    for (let d = 1; d <= reach; d++) {
      const track = tracks[tracks.length - d]!;
      if (context[track] !== 0) continue;
      const weight =
        contextDecay === "linear"
          ? (reach - d + 1) / reach
          : Math.exp(-(d - 1) / Math.max(contextDecay, 1e-9));
      context[track] = weight;
      const start = inverted.offsets[track]!;
      const end = inverted.offsets[track + 1]!;
      const idf = this.idf(end - start);
      const added = weight * idf ** settings.idfMatch;
      for (let i = Math.max(start, end - perTrack); i < end; i++) {
        const session = inverted.values[i]!;
        // Weights fall with d, so the first track found in a playlist weighs most.
        if (!board.has(session)) {
          this.matches[session] = this.#places[i]!;
          this.matched[session] = weight;
          this.overlaps[session] = idf;
        } else {
          this.overlaps[session]! += idf;
        }
        board.add(session, added);
      }
    }
    for (let i = 0; i < board.count; i++) {
      const session = board.touched[i]!;
      this.#candidates[i] = board.scores[session]! * this.#age[session]! * this.#length[session]!;
    }
    this.found = largest(this.#candidates, board.touched, board.count, this.neighbours, this.similarities);
  }
}
