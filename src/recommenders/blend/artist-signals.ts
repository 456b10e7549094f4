/**
 * What artists say where tracks are too rare to: playlists that share artists with the context, and artists that share
 * playlists with its artists. Reads the artists of unknown tracks too.
 */
import type { ArtistIndex } from "../core/artists.js";
import { NeighbourFinder } from "../core/neighbours.js";
import type { Query } from "../core/query.js";
import { ScoreBoard } from "../core/score-board.js";
import { meanLength, type Sessions } from "../core/sessions.js";
import { countLinks, type Links, linkWeights, weightsPerLink } from "./links.js";

export class ArtistSignals {
  readonly #artists: ArtistIndex;
  readonly #finder: NeighbourFinder;
  readonly #links: Links;
  readonly #counts: Float64Array;
  readonly #scores: ScoreBoard;

  constructor(sessions: Sessions, artists: ArtistIndex, settings: { readonly neighbours: number }) {
    const byArtist: Sessions = {
      trackCount: artists.names.length,
      offsets: sessions.offsets,
      items: sessions.items.map((track) => artists.artistOf[track]!),
    };
    const scale = Math.sqrt(meanLength(sessions));
    this.#artists = artists;
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
    this.#links = countLinks(byArtist, {
      window: Math.max(10, Math.min(100, Math.round(meanLength(sessions)))),
      recency: 0,
      keep: 300,
    });
    this.#counts = Float64Array.from({ length: byArtist.trackCount }, (_, a) =>
      Math.sqrt(this.#links.totals[a * weightsPerLink + linkWeights.together]!),
    );
    this.#scores = new ScoreBoard(byArtist.trackCount);
  }

  find(query: Query): void {
    const played = Uint32Array.from(query.played, (track) =>
      track >= 0 ? this.#artists.artistOf[track]! : this.#artists.guess(query.unknown[~track]!),
    ).filter((artist) => artist !== 0);
    this.#finder.find(played);
    const scores = this.#scores;
    scores.clear();
    const links = this.#links;
    const reach = Math.min(100, played.length);
    for (let d = 1; d <= reach; d++) {
      const artist = played[played.length - d]!;
      const weight = d ** -0.7;
      for (let i = links.offsets[artist]!; i < links.offsets[artist + 1]!; i++) {
        const other = links.tracks[i]!;
        const together = links.weights[i * weightsPerLink + linkWeights.together]!;
        scores.add(other, (weight * together) / (this.#counts[artist]! * this.#counts[other]! + 20));
      }
    }
  }

  /** Calls with each neighbour: its number, its similarity, and the play that matches the context's latest artist. */
  eachNeighbour(visit: (session: number, similarity: number, match: number) => void): void {
    const { found, neighbours, similarities, sessions, context } = this.#finder;
    for (let n = 0; n < found; n++) {
      const session = neighbours[n]!;
      let match = sessions.offsets[session]!;
      let matched = -1;
      for (let i = match; i < sessions.offsets[session + 1]!; i++) {
        const weight = context.get(sessions.items[i]!);
        if (weight > matched) {
          matched = weight;
          match = i;
        }
      }
      visit(session, similarities[n]!, match);
    }
  }

  /** How close the artist of a track is to the artists of the context. */
  linkOf(track: number): number {
    return this.#scores.get(this.#artists.artistOf[track]!);
  }
}
