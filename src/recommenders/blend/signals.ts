/**
 * What the blend knows of a query: every source (neighbours, links, artists, title words, the context itself, what is popular)
 * nominates tracks and writes what speaks for each; the best of them become candidates with one row of features each.
 */
import type { Catalogue } from "../../corpus/index.js";
import type { Fallback } from "../core/fallback.js";
import { largest } from "../core/largest.js";
import type { Query } from "../core/query.js";
import { ScoreBoard } from "../core/score-board.js";
import { meanLength, type Sessions } from "../core/sessions.js";
import type { TrackMatrix } from "../core/track-matrix.js";
import { ArtistEvidence } from "./artist-evidence.js";
import { col, columns, featureNames, meritInputs, plainMerit, relative, relativeColumns } from "./columns.js";
import { contextFacts, meanPlays } from "./context-facts.js";
import { Evidence, Nominations } from "./evidence.js";
import { LinkEvidence } from "./link-evidence.js";
import type { Links } from "./links.js";
import { NeighbourEvidence } from "./neighbour-evidence.js";
import { artistTraits, trackTraits, traitsByArtist, traitsPerTrack } from "./traits.js";
import { VectorFeatures } from "./vector-features.js";

export interface SignalSettings {
  /** How many candidates a query gets. */
  readonly candidates: number;
  /** How many tracks each source names, at most. */
  readonly nominated: number;
  readonly neighbours: number;
  readonly perTrack: number;
}

export class Signals {
  readonly width = featureNames.length;
  /** Candidates of the last query, best guess first; the first `count` count. */
  readonly candidates: Uint32Array;
  count = 0;
  #facts: readonly number[] = [];
  #perPlay = 1;
  #lastArtist = 0;
  readonly #evidence: Evidence;
  readonly #byNeighbours: NeighbourEvidence;
  readonly #byLinks: LinkEvidence;
  readonly #byArtists: ArtistEvidence | undefined;
  readonly #byTitle: Nominations;
  readonly #nearness: VectorFeatures;
  readonly #traits: Float32Array;
  readonly #artistTraits: Float32Array | undefined;
  readonly #popular: Uint32Array;
  readonly #merits: Float64Array;
  readonly #slotNumbers: Uint32Array;
  readonly #picked: Uint32Array;
  readonly #pickedMerits: Float64Array;
  readonly #most = new Float64Array(columns);
  readonly #active = new Uint8Array(relative.length);
  readonly #scales = new Float64Array(relative.length);

  constructor(
    readonly catalogue: Catalogue,
    readonly sessions: Sessions,
    links: Links,
    readonly fallback: Fallback,
    readonly vectors: TrackMatrix,
    readonly settings: SignalSettings,
    public meritWeights: Float64Array = plainMerit(),
  ) {
    const { trackCount } = sessions;
    const { artists, counts } = fallback;
    this.#evidence = new Evidence(trackCount, columns);
    this.#byNeighbours = new NeighbourEvidence(sessions, settings);
    this.#byLinks = new LinkEvidence(sessions, links, counts, settings);
    this.#byArtists = artists && new ArtistEvidence(sessions, artists, settings);
    this.#byTitle = new Nominations(new ScoreBoard(trackCount), settings.nominated);
    const decay = 1 - 0.5 / Math.sqrt(meanLength(sessions));
    this.#nearness = new VectorFeatures(vectors, artists, counts, decay);
    this.#traits = trackTraits(sessions);
    this.#artistTraits = artists && artistTraits(artists, counts);
    this.#popular = popularTracks(this.#traits, trackCount, 100);
    this.#merits = new Float64Array(trackCount);
    this.#slotNumbers = Uint32Array.from({ length: trackCount }, (_, i) => i);
    this.#picked = new Uint32Array(settings.candidates);
    this.#pickedMerits = new Float64Array(settings.candidates);
    this.candidates = new Uint32Array(settings.candidates);
  }

  /**
   * Gathers the candidates of a query; their features are written one by one.
   *
   * @param wanted how many candidates, `settings.candidates` at most; where fewer are wanted the sources name fewer
   */
  gather(query: Query, wanted = this.settings.candidates): void {
    const { nominated, candidates } = this.settings;
    const most = Math.min(nominated, Math.max(150, Math.round((nominated * wanted) / candidates)));
    const evidence = this.#evidence;
    evidence.clear();
    this.#byNeighbours.nominate(query, evidence, most);
    this.#byLinks.nominate(query, evidence, most);
    this.#byArtists?.nominate(query, evidence, most);
    this.#nominateByTitle(query);
    const reach = Math.min(query.tracks.length, 200);
    for (let d = 1; d <= reach; d++) evidence.slot(query.tracks[query.tracks.length - d]!);
    if (evidence.count < 200) for (const track of this.#popular) evidence.slot(track);
    this.#byNeighbours.write(evidence);
    this.#byLinks.write(query, evidence);
    this.#byArtists?.write(evidence);
    this.#writeTitle();
    this.#writeContext(query);
    this.#select(wanted);
    this.#read(query);
  }

  #nominateByTitle(query: Query): void {
    const { board } = this.#byTitle;
    board.clear();
    this.fallback.titles?.score(query, board, 1);
    if (board.count > 0) this.#byTitle.close(this.#evidence);
  }

  #writeTitle(): void {
    const { board } = this.#byTitle;
    const { columns: data } = this.#evidence;
    for (let i = 0; i < board.count; i++) {
      const track = board.touched[i]!;
      const base = this.#evidence.find(track);
      if (base >= 0) data[base + col.title] = board.scores[track]!;
    }
  }

  #writeContext(query: Query): void {
    const { columns: data } = this.#evidence;
    const { tracks } = query;
    const reach = Math.min(tracks.length, 200);
    for (let d = 1; d <= reach; d++) {
      const base = this.#evidence.find(tracks[tracks.length - d]!);
      data[base + col.repeats]! += 1;
      if (data[base + col.back] === 0) data[base + col.back] = 1 / d;
    }
  }

  /** Keeps the candidates of most merit: a plain sum of shares, good enough to lose hardly any answer. */
  #select(wanted: number): void {
    const { count, columns: data } = this.#evidence;
    const most = this.#most.fill(1e-9);
    const weights = this.meritWeights;
    const size = meritInputs.length;
    for (let s = 0, at = 0; s < count; s++) {
      for (let c = 0; c < columns; c++, at++) if (data[at]! > most[c]!) most[c] = data[at]!;
    }
    const active = this.#active;
    const scales = this.#scales;
    let used = 0;
    for (let i = 0; i < relative.length; i++) {
      const largestValue = most[relative[i]!]!;
      if (largestValue <= 1e-9) continue;
      scales[i] = 1 / largestValue;
      active[used++] = i;
    }
    for (let s = 0; s < count; s++) {
      const base = s * columns;
      let merit = 0;
      for (let a = 0; a < used; a++) {
        const i = active[a]!;
        const value = data[base + relativeColumns[i]!]!;
        if (value === 0) continue;
        const share = value * scales[i]!;
        merit += weights[i]! * share + weights[size + i]! * Math.sqrt(share);
      }
      const back = data[base + col.back]!;
      const plays = this.#traits[this.#evidence.tracks[s]! * traitsPerTrack]!;
      merit += weights[size - 2]! * back + weights[2 * size - 2]! * Math.sqrt(back);
      merit += weights[size - 1]! * plays + weights[2 * size - 1]! * Math.sqrt(plays);
      this.#merits[s] = merit;
    }
    const picked = this.#picked.subarray(0, wanted);
    this.count = largest(this.#merits, this.#slotNumbers, count, picked, this.#pickedMerits);
    const order = this.#picked.subarray(0, this.count);
    order.sort(
      (a, b) => this.#merits[b]! - this.#merits[a]! || this.#evidence.tracks[a]! - this.#evidence.tracks[b]!,
    );
    for (let i = 0; i < this.count; i++) this.candidates[i] = this.#evidence.tracks[order[i]!]!;
  }

  /** What all rows of a query share. */
  #read(query: Query): void {
    const most = this.#most;
    const artists = this.#byArtists?.played ?? noArtists;
    this.#facts = contextFacts(query, this.#traits, artists, [
      this.#byNeighbours.found,
      most[col.stan]!,
      most[col.lastAfter]!,
      most[col.cosine]!,
    ]);
    this.#lastArtist = artists.length === 0 ? 0 : artists[artists.length - 1]!;
    this.#perPlay = 1 / Math.max(1, artists.length);
    this.#nearness.read(query, artists);
  }

  /** Writes the features of candidate i into `rows` from `at`. */
  write(i: number, rows: Float32Array, at: number): void {
    const data = this.#evidence.columns;
    const most = this.#most;
    const traits = this.#traits;
    const facts = this.#facts;
    const track = this.candidates[i]!;
    const from = this.#picked[i]! * columns;
    for (let c = 0; c < columns; c++) rows[at++] = data[from + c]!;
    for (let r = 0; r < relativeColumns.length; r++) {
      const c = relativeColumns[r]!;
      rows[at++] = data[from + c]! / most[c]!;
    }
    for (let t = 0; t < traitsPerTrack; t++) rows[at++] = traits[track * traitsPerTrack + t]!;
    for (let t = 0; t < traitsByArtist; t++)
      rows[at++] = this.#artistTraits === undefined ? 0 : this.#artistTraits[track * traitsByArtist + t]!;
    const artist = this.fallback.artists === undefined ? 0 : this.fallback.artists.artistOf[track]!;
    rows[at++] = artist !== 0 && artist === this.#lastArtist ? 1 : 0;
    rows[at++] = traits[track * traitsPerTrack]! - facts[meanPlays]!;
    rows[at++] = data[from + col.artistPlays]! * this.#perPlay;
    at = this.#nearness.write(track, rows, at);
    rows[at++] = i;
    rows[at++] = this.#merits[this.#picked[i]!]!;
    for (let f = 0; f < facts.length; f++) rows[at++] = facts[f]!;
  }
}

const noArtists = new Uint32Array(0);

function popularTracks(traits: Float32Array, trackCount: number, most: number): Uint32Array {
  const merit = (t: number) => traits[t * traitsPerTrack]! + traits[t * traitsPerTrack + 1]!;
  return Uint32Array.from({ length: trackCount }, (_, t) => t)
    .sort((a, b) => merit(b) - merit(a) || a - b)
    .slice(0, most);
}
