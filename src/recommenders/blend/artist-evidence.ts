/**
 * What artists say where tracks are too rare to: playlists that share artists with the context, artists that share playlists
 * with its artists, how often and how lately a candidate's own artist played. Reads the artists of unknown tracks too.
 */
import type { ArtistIndex } from "../core/artists.js";
import { NeighbourFinder } from "../core/neighbours.js";
import type { Query } from "../core/query.js";
import { ScoreBoard } from "../core/score-board.js";
import { meanLength, type Sessions } from "../core/sessions.js";
import { col, columns } from "./columns.js";
import { type Evidence, Nominations, Votes } from "./evidence.js";
import { countLinks, type Links, linkWeights, weightsPerLink } from "./links.js";

export interface ArtistEvidenceSettings {
  readonly neighbours: number;
  readonly nominated: number;
}

export class ArtistEvidence {
  readonly #artists: ArtistIndex;
  readonly #sessions: Sessions;
  readonly #finder: NeighbourFinder;
  readonly #links: Links;
  readonly #counts: Float64Array;
  readonly #places: Float64Array;
  readonly #matches: Uint32Array;
  readonly #linked: ScoreBoard;
  readonly #after: ScoreBoard;
  /** How often an artist is in the context, and 1 / (places back to its last play). */
  readonly #plays: ScoreBoard;
  readonly #back: ScoreBoard;
  readonly #votes: Votes;
  readonly #listed: Nominations;
  /** The artists of the last context, in playing order, 0 for those nobody knows. */
  played = new Uint32Array(0);

  constructor(sessions: Sessions, artists: ArtistIndex, settings: ArtistEvidenceSettings) {
    const byArtist: Sessions = {
      trackCount: artists.names.length,
      offsets: sessions.offsets,
      items: sessions.items.map((track) => artists.artistOf[track]!),
    };
    const scale = Math.sqrt(meanLength(sessions));
    this.#artists = artists;
    this.#sessions = sessions;
    this.#places = Float64Array.from({ length: 1024 }, (_, d) => Math.exp(-(d - 1) / (1.5 * scale)));
    this.#finder = new NeighbourFinder(byArtist, {
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
    });
    this.#matches = new Uint32Array(this.#finder.neighbours.length);
    this.#links = countLinks(byArtist, {
      window: Math.max(10, Math.min(30, Math.round(meanLength(sessions)))),
      recency: 0,
      keep: 300,
    });
    this.#counts = Float64Array.from({ length: byArtist.trackCount }, (_, a) =>
      Math.sqrt(this.#links.totals[a * weightsPerLink + linkWeights.together]!),
    );
    this.#linked = new ScoreBoard(byArtist.trackCount);
    this.#after = new ScoreBoard(byArtist.trackCount);
    this.#plays = new ScoreBoard(byArtist.trackCount);
    this.#back = new ScoreBoard(byArtist.trackCount);
    this.#votes = new Votes(sessions.trackCount, settings.nominated);
    this.#listed = new Nominations(new ScoreBoard(sessions.trackCount), 2 * settings.nominated);
  }

  nominate(query: Query, evidence: Evidence, most: number): void {
    const { artistOf } = this.#artists;
    this.played = Uint32Array.from(query.played, (track) =>
      track >= 0 ? artistOf[track]! : this.#artists.guess(query.unknown[~track]!),
    );
    const known = this.played.filter((artist) => artist !== 0);
    this.#finder.find(known);
    this.#vote(evidence, most);
    this.#note(known);
    this.#list(query, evidence, most);
  }

  #vote(evidence: Evidence, most: number): void {
    const { offsets, items } = this.#sessions;
    const { found, neighbours, similarities, sessions, context } = this.#finder;
    const votes = this.#votes;
    for (let n = 0; n < found; n++) {
      const session = neighbours[n]!;
      const similarity = similarities[n]!;
      let match = offsets[session]!;
      let matched = -1;
      for (let i = match, end = offsets[session + 1]!; i < end; i++) {
        const weight = context[sessions.items[i]!]!;
        if (weight > matched) {
          matched = weight;
          match = i;
        }
        votes.add(items[i]!, similarity * (0.2 + weight));
      }
      this.#matches[n] = match;
    }
    votes.close(evidence, most);
  }

  /** Which artists played, and which are close to these. */
  #note(known: Uint32Array): void {
    const links = this.#links;
    this.#plays.clear();
    this.#back.clear();
    this.#linked.clear();
    this.#after.clear();
    for (let d = 1; d <= known.length; d++) {
      const artist = known[known.length - d]!;
      this.#plays.add(artist, 1);
      this.#back.raise(artist, 1 / d);
    }
    const reach = Math.min(100, known.length);
    for (let d = 1; d <= reach; d++) {
      const artist = known[known.length - d]!;
      const weight = d ** -0.7;
      const perAfter = 0.7 ** (d - 1) / (links.totals[artist * weightsPerLink + linkWeights.after]! + 3);
      for (let i = links.offsets[artist]!; i < links.offsets[artist + 1]!; i++) {
        const other = links.tracks[i]!;
        const together = links.weights[i * weightsPerLink + linkWeights.together]!;
        this.#linked.add(other, (weight * together) / (this.#counts[artist]! * this.#counts[other]! + 20));
        if (d <= 8) this.#after.add(other, perAfter * links.weights[i * weightsPerLink + linkWeights.after]!);
      }
    }
  }

  /** The best known tracks of the artists that played. */
  #list(query: Query, evidence: Evidence, most: number): void {
    const { board } = this.#listed;
    board.clear();
    this.#artists.score(query, board, 1);
    this.#listed.close(evidence, 2 * most);
    const data = evidence.columns;
    for (let i = 0; i < board.count; i++) {
      const track = board.touched[i]!;
      const base = evidence.find(track);
      if (base >= 0) data[base + col.artist] = board.scores[track]!;
    }
  }

  write(evidence: Evidence): void {
    const { offsets, items } = this.#sessions;
    const { found, neighbours, similarities } = this.#finder;
    const { count, tracks, columns: data } = evidence;
    const board = this.#listed.board;
    for (let n = 0; n < found; n++) {
      const session = neighbours[n]!;
      const similarity = similarities[n]!;
      const match = this.#matches[n]!;
      for (let i = offsets[session]!, end = offsets[session + 1]!; i < end; i++) {
        const base = evidence.find(items[i]!);
        if (base < 0) continue;
        const distance = i > match ? i - match : match - i;
        data[base + col.artistVotes]! += similarity;
        data[base + col.artistNear]! += similarity * this.#places[Math.min(distance, 1023)]!;
      }
    }
    for (let s = 0; s < count; s++) {
      const track = tracks[s]!;
      const artist = this.#artists.artistOf[track]!;
      const base = s * columns;
      if (artist === 0) continue;
      data[base + col.artist] = board.get(track);
      data[base + col.artistLink] = this.#linked.get(artist);
      data[base + col.artistAfter] = this.#after.get(artist);
      data[base + col.artistPlays] = this.#plays.get(artist);
      data[base + col.artistBack] = this.#back.get(artist);
    }
  }
}
