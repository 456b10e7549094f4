/**
 * Evidence by artist, for tracks too rare to have their own: playlists that share artists with the context, artists that share
 * playlists with its artists, how often and how recently a candidate's artist played. Reads the artists of unknown tracks too.
 */
import type { Query } from "../../core/asking/query.js";
import type { ArtistIndex } from "../../core/names/artists.js";
import { NeighbourFinder } from "../../core/neighbours/neighbours.js";
import { playIndex } from "../../core/plays/play-index.js";
import { meanLength, type Sessions } from "../../core/plays/sessions.js";
import { ScoreBoard } from "../../core/scores/score-board.js";
import { col } from "../features/columns.js";
import { type Evidence, Nominations, Picker } from "./evidence.js";
import { type GatherMemory, pairWidth, rowWidth } from "./gather-memory.js";
import { Links, linkWeights, neighboursInWindow, weightsPerLink } from "./links.js";

export interface ArtistEvidenceSettings {
  readonly neighbours: number;
  readonly nominated: number;
}

export class ArtistEvidence {
  readonly #artists: ArtistIndex;
  readonly #sessions: Sessions;
  readonly #memory: GatherMemory;
  readonly #finder: NeighbourFinder;
  readonly #links: Links;
  readonly #counts: Float64Array;
  /** How close each artist is to those of the context, and how often it follows them; 0 unless it is in `#near`. */
  readonly #linked: Float64Array;
  readonly #after: Float64Array;
  readonly #near: number[] = [];
  /** How often an artist is in the context, and 1 / (places back to its last play). */
  readonly #plays: ScoreBoard;
  readonly #back: ScoreBoard;
  readonly #picker: Picker;
  #touched = 0;
  readonly #listed: Nominations;
  /** The artists of the last context, in playing order, 0 if unknown. */
  played = new Uint32Array(0);

  constructor(
    sessions: Sessions,
    artists: ArtistIndex,
    memory: GatherMemory,
    settings: ArtistEvidenceSettings,
  ) {
    const byArtist: Sessions = {
      trackCount: artists.names.length,
      offsets: sessions.offsets,
      items: sessions.items.map((track) => artists.artistOf[track]!),
    };
    const scale = Math.sqrt(meanLength(sessions));
    this.#artists = artists;
    this.#sessions = sessions;
    this.#memory = memory;
    memory.artistOf.set(artists.artistOf);
    memory.artistPlaces.forEach((_, d) => {
      memory.artistPlaces[d] = Math.exp(-(d - 1) / (1.5 * scale));
    });
    const plays = playIndex(byArtist);
    const how = {
      neighbours: Math.min(100, settings.neighbours),
      perTrack: 3000,
      last: 200,
      contextDecay: scale,
      lengthPower: 0.5,
      recency: 0,
      near: 0,
      before: 1,
      idfMatch: 1,
      idfVote: 1,
    };
    this.#finder = new NeighbourFinder(byArtist, how, plays);
    const window = Math.max(10, Math.min(30, Math.round(meanLength(sessions))));
    this.#links = new Links(byArtist, plays, { window, recency: 0, keep: 300 });
    this.#counts = neighboursInWindow(byArtist, window).map(Math.sqrt);
    this.#linked = new Float64Array(byArtist.trackCount);
    this.#after = new Float64Array(byArtist.trackCount);
    this.#plays = new ScoreBoard(byArtist.trackCount);
    this.#back = new ScoreBoard(byArtist.trackCount);
    this.#picker = new Picker(settings.nominated);
    this.#listed = new Nominations(new ScoreBoard(sessions.trackCount), 2 * settings.nominated);
  }

  nominate(query: Query, evidence: Evidence): void {
    const { artistOf } = this.#artists;
    this.played = Uint32Array.from(query.played, (track) =>
      track >= 0 ? artistOf[track]! : this.#artists.guess(query.unknown[~track]!),
    );
    const known = this.played.filter((artist) => artist !== 0);
    this.#finder.find(known);
    this.#vote(known, evidence);
    this.#note(known);
    this.#list(query, evidence);
  }

  #vote(known: Uint32Array, evidence: Evidence): void {
    const { offsets } = this.#sessions;
    const { found, neighbours, similarities, matches, context } = this.#finder;
    const { kernel, items, pairs, touchedPairs, scores, artistOf, artistWeights, artistPlaces } =
      this.#memory;
    const [itemsAt, pairsAt, touchedAt] = [items.byteOffset, pairs.byteOffset, touchedPairs.byteOffset];
    let count = 0;
    for (let n = 0; n < found; n++) {
      const session = neighbours[n]!;
      count = kernel.castPairs(
        itemsAt,
        offsets[session]!,
        matches[session]!,
        offsets[session + 1]!,
        pairsAt,
        touchedAt,
        count,
        artistPlaces.byteOffset,
        similarities[n]!,
      );
    }
    this.#touched = count;
    for (const artist of known) artistWeights[artist] = context[artist]!;
    kernel.sumPairs(
      pairsAt,
      touchedAt,
      count,
      artistOf.byteOffset,
      artistWeights.byteOffset,
      scores.byteOffset,
    );
    for (const artist of known) artistWeights[artist] = 0;
    this.#picker.pickVoted(this.#memory, touchedPairs, count, evidence);
  }

  /** Notes which artists played, and which are close to them. */
  #note(known: Uint32Array): void {
    const links = this.#links;
    const linked = this.#linked;
    const after = this.#after;
    const counts = this.#counts;
    this.#plays.clear();
    this.#back.clear();
    for (let t = 0; t < this.#near.length; t++) {
      linked[this.#near[t]!] = 0;
      after[this.#near[t]!] = 0;
    }
    this.#near.length = 0;
    links.forget();
    for (let d = 1; d <= known.length; d++) {
      const artist = known[known.length - d]!;
      this.#plays.add(artist, 1);
      if (!this.#back.has(artist)) this.#back.add(artist, 1 / d);
    }
    const reach = Math.min(100, known.length);
    for (let d = 1; d <= reach; d++) {
      const artist = known[known.length - d]!;
      const weight = d ** -0.7;
      const { tracks, weights, start, end } = links.row(artist);
      const perAfter =
        d > 8 ? 0 : 0.7 ** (d - 1) / (links.totals[artist * weightsPerLink + linkWeights.after]! + 3);
      const count = counts[artist]!;
      for (let i = start; i < end; i++) {
        const other = tracks[i]!;
        const base = i * weightsPerLink;
        const before = linked[other]!;
        if (before === 0) this.#near.push(other);
        linked[other] =
          before + (weight * weights[base + linkWeights.together]!) / (count * counts[other]! + 20);
        after[other]! += perAfter * weights[base + linkWeights.after]!;
      }
    }
  }

  /** Nominates the most popular tracks by the context's artists. */
  #list(query: Query, evidence: Evidence): void {
    const { board } = this.#listed;
    board.clear();
    this.#artists.score(query, board, 1);
    this.#listed.close(evidence);
  }

  /** Writes the evidence for the artists of all slots, and clears the votes. */
  write(evidence: Evidence): void {
    const { count, tracks, columns: data } = evidence;
    const { kernel, pairs, touchedPairs } = this.#memory;
    const board = this.#listed.board;
    for (let s = 0; s < count; s++) {
      const track = tracks[s]!;
      const artist = this.#artists.artistOf[track]!;
      const base = s * rowWidth;
      data[base + col.artistVotes] = pairs[track * pairWidth]!;
      data[base + col.artistNear] = pairs[track * pairWidth + 1]!;
      if (artist === 0) continue;
      data[base + col.artist] = board.get(track);
      data[base + col.artistLink] = this.#linked[artist]!;
      data[base + col.artistAfter] = this.#after[artist]!;
      data[base + col.artistPlays] = this.#plays.get(artist);
      data[base + col.artistBack] = this.#back.get(artist);
    }
    kernel.clearPairs(pairs.byteOffset, touchedPairs.byteOffset, this.#touched);
    this.#touched = 0;
  }
}
