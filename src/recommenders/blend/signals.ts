/**
 * What the blend knows of a query: gathers candidates from every source (neighbours, links, artists, title words, the
 * context itself, what is popular) and writes one row of features for each.
 */
import type { Catalogue } from "../../corpus/index.js";
import type { Fallback } from "../core/fallback.js";
import { largest } from "../core/largest.js";
import { NeighbourFinder } from "../core/neighbours.js";
import type { Query } from "../core/query.js";
import { ScoreBoard } from "../core/score-board.js";
import { meanLength, type Sessions, sessionCount } from "../core/sessions.js";
import { contextMean, inner, type TrackMatrix } from "../core/track-matrix.js";
import { ArtistSignals } from "./artist-signals.js";
import { col, columns, featureNames, meritInputs, plainMerit, relative, relativeColumns } from "./columns.js";
import { Evidence } from "./evidence.js";
import { type Links, linkWeights, weightsPerLink } from "./links.js";
import { trackTraits, traitsPerTrack } from "./traits.js";

export interface SignalSettings {
  readonly candidates: number;
  readonly neighbours: number;
  readonly perTrack: number;
}

export class Signals {
  readonly width = featureNames.length;
  /** Candidates of the last query, best guess first; the first `count` count. */
  readonly candidates: Uint32Array;
  count = 0;
  /** One row of features a candidate. */
  readonly rows: Float32Array;
  readonly #finder: NeighbourFinder;
  readonly #evidence: Evidence;
  readonly #traits: Float32Array;
  readonly #scores: ScoreBoard;
  readonly #age: Float64Array;
  readonly #merits: Float64Array;
  readonly #slotNumbers: Uint32Array;
  readonly #picked: Uint32Array;
  readonly #pickedMerits: Float64Array;
  readonly #most = new Float64Array(columns);
  readonly #popular: Uint32Array;
  readonly #active = new Uint8Array(relative.length);
  readonly #scales = new Float64Array(relative.length);
  readonly #near: number;
  /** The weight of a play so many places from the match. */
  readonly #places: Float64Array;
  readonly #mean: Float32Array;
  readonly #byArtist: ArtistSignals | undefined;

  constructor(
    readonly catalogue: Catalogue,
    readonly sessions: Sessions,
    readonly links: Links,
    readonly fallback: Fallback,
    readonly vectors: TrackMatrix,
    readonly settings: SignalSettings,
    public meritWeights: Float64Array = plainMerit(),
  ) {
    const { trackCount } = sessions;
    const scale = Math.sqrt(meanLength(sessions));
    this.#near = 1.5 * scale;
    this.#mean = new Float32Array(vectors.size);
    this.#places = Float64Array.from({ length: 1024 }, (_, d) => Math.exp(-(d - 1) / this.#near));
    this.#finder = new NeighbourFinder(sessions, {
      neighbours: settings.neighbours,
      perTrack: settings.perTrack,
      last: 200,
      contextDecay: scale,
      lengthPower: 0.5,
      recency: 1,
      near: this.#near,
      before: 0.8,
      idfMatch: 1,
      idfVote: 0.5,
    });
    this.#evidence = new Evidence(trackCount, columns);
    this.#traits = trackTraits(sessions);
    this.#scores = new ScoreBoard(trackCount);
    const count = sessionCount(sessions);
    this.#age = Float64Array.from({ length: count }, (_, s) => Math.exp(-(count - 1 - s) / (0.15 * count)));
    this.#merits = new Float64Array(trackCount);
    this.#slotNumbers = Uint32Array.from({ length: trackCount }, (_, i) => i);
    this.#picked = new Uint32Array(settings.candidates);
    this.#pickedMerits = new Float64Array(settings.candidates);
    this.candidates = new Uint32Array(settings.candidates);
    this.rows = new Float32Array(settings.candidates * this.width);
    if (fallback.artists !== undefined) {
      this.#byArtist = new ArtistSignals(sessions, fallback.artists, settings);
    }
    this.#popular = popularTracks(this.#traits, trackCount, 100);
  }

  /** Gathers the candidates of a query and their features. */
  gather(query: Query): void {
    const evidence = this.#evidence;
    evidence.clear();
    this.#fromNeighbours(query);
    this.#fromLinks(query);
    this.#fromContext(query);
    this.#fromNames(query);
    if (this.#byArtist !== undefined) this.#fromArtists(query, this.#byArtist);
    if (evidence.count < 200) for (const track of this.#popular) evidence.slot(track);
    this.#select();
    this.#write(query);
  }

  #fromNeighbours(query: Query): void {
    const finder = this.#finder;
    finder.find(query.tracks);
    const { offsets, items } = this.sessions;
    const { context, idf } = finder;
    const evidence = this.#evidence;
    for (let n = 0; n < finder.found; n++) {
      const session = finder.neighbours[n]!;
      const similarity = finder.similarities[n]!;
      const start = offsets[session]!;
      const end = offsets[session + 1]!;
      const age = this.#age[session]!;
      let match = start;
      let matched = -1;
      let overlap = 0;
      for (let i = start; i < end; i++) {
        const weight = context.get(items[i]!);
        if (weight === 0) continue;
        overlap += idf[items[i]!]!;
        if (weight >= matched) {
          matched = weight;
          match = i;
        }
      }
      const flat = overlap / Math.sqrt(end - start);
      for (let i = start; i < end; i++) {
        if (i === match) continue;
        const track = items[i]!;
        const base = evidence.slot(track);
        const data = evidence.columns;
        const distance = i > match ? i - match : match - i;
        const place = this.#places[Math.min(distance, 1023)]! * (i > match ? 1 : 0.8);
        data[base + col.stan]! += similarity;
        data[base + col.sknn]! += flat;
        data[base + col.near]! += similarity * place;
        if (i === match + 1) data[base + col.following]! += similarity;
        data[base + col.recent]! += similarity * age * place;
        data[base + col.voters]! += 1;
        if (similarity > data[base + col.closest]!) data[base + col.closest] = similarity;
      }
    }
  }

  #fromLinks(query: Query): void {
    const { links } = this;
    const { counts } = this.fallback;
    const evidence = this.#evidence;
    const { tracks } = query;
    const reach = Math.min(tracks.length, 100);
    for (let d = 1; d <= reach; d++) {
      const track = tracks[tracks.length - d]!;
      const totals = track * weightsPerLink;
      const smooth = 3;
      const perAfter = 1 / (links.totals[totals + linkWeights.after]! + smooth);
      const perBefore = 1 / (links.totals[totals + linkWeights.before]! + smooth);
      const perLate = 1 / (links.totals[totals + linkWeights.late]! + 0.5);
      const perNext = 1 / (links.totals[totals + linkWeights.next]! + smooth);
      const fade = 0.7 ** (d - 1);
      const slow = d ** -0.7;
      const count = counts[track]!;
      for (let i = links.offsets[track]!; i < links.offsets[track + 1]!; i++) {
        const other = links.tracks[i]!;
        const at = i * weightsPerLink;
        const base = evidence.slot(other);
        const data = evidence.columns;
        const after = links.weights[at + linkWeights.after]! * perAfter;
        const before = links.weights[at + linkWeights.before]! * perBefore;
        const late = links.weights[at + linkWeights.late]! * perLate;
        const cosine = links.weights[at + linkWeights.together]! / (Math.sqrt(count * counts[other]!) + 5);
        if (d === 1) {
          const next = links.weights[at + linkWeights.next]!;
          data[base + col.lastNext] = next * perNext;
          data[base + col.lastNextCount] = next;
          data[base + col.lastAfter] = after;
          data[base + col.lastBefore] = before;
          data[base + col.lastCosine] = cosine;
          data[base + col.lastLate] = late;
        } else if (d === 2) {
          data[base + col.secondAfter] = after;
        }
        data[base + col.after]! += fade * after;
        data[base + col.before]! += fade * before;
        data[base + col.late]! += fade * late;
        data[base + col.cosine]! += slow * cosine;
        data[base + col.cosineFlat]! += cosine;
        if (cosine > data[base + col.cosineMost]!) data[base + col.cosineMost] = cosine;
        data[base + col.linked]! += 1;
      }
    }
  }

  #fromContext(query: Query): void {
    const evidence = this.#evidence;
    const { tracks } = query;
    const reach = Math.min(tracks.length, 200);
    for (let d = 1; d <= reach; d++) {
      const base = evidence.slot(tracks[tracks.length - d]!);
      const data = evidence.columns;
      data[base + col.repeats]! += 1;
      if (data[base + col.back] === 0) data[base + col.back] = 1 / d;
    }
  }

  #fromNames(query: Query): void {
    const { artists, titles } = this.fallback;
    if (artists !== undefined) this.#spread(query, col.artist, artists);
    if (titles !== undefined) this.#spread(query, col.title, titles);
  }

  #fromArtists(query: Query, by: ArtistSignals): void {
    by.find(query);
    const evidence = this.#evidence;
    const { offsets, items } = this.sessions;
    by.eachNeighbour((session, similarity, match) => {
      for (let i = offsets[session]!; i < offsets[session + 1]!; i++) {
        const base = evidence.slot(items[i]!);
        const data = evidence.columns;
        data[base + col.artistVotes]! += similarity;
        const distance = i > match ? i - match : match - i;
        data[base + col.artistNear]! += similarity * this.#places[Math.min(distance, 1023)]!;
      }
    });
    const { count, tracks, columns: data } = evidence;
    for (let s = 0; s < count; s++) data[s * columns + col.artistLink] = by.linkOf(tracks[s]!);
  }

  #spread(
    query: Query,
    column: number,
    source: { score(query: Query, board: ScoreBoard, most: number): void },
  ): void {
    const board = this.#scores;
    board.clear();
    source.score(query, board, 1);
    for (let i = 0; i < board.count; i++) {
      const track = board.touched[i]!;
      const base = this.#evidence.slot(track);
      this.#evidence.columns[base + column] = board.scores[track]!;
    }
  }

  /** Keeps the candidates of most merit: a plain sum of shares, good enough to lose hardly any answer. */
  #select(): void {
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
    this.count = largest(this.#merits, this.#slotNumbers, count, this.#picked, this.#pickedMerits);
    const order = this.#picked.subarray(0, this.count);
    order.sort(
      (a, b) => this.#merits[b]! - this.#merits[a]! || this.#evidence.tracks[a]! - this.#evidence.tracks[b]!,
    );
    for (let i = 0; i < this.count; i++) this.candidates[i] = this.#evidence.tracks[order[i]!]!;
  }

  #write(query: Query): void {
    const { rows, width } = this;
    const data = this.#evidence.columns;
    const most = this.#most;
    const { tracks } = query;
    const { artists } = this.fallback;
    const last = tracks.length > 0 ? tracks[tracks.length - 1]! : -1;
    const lastArtist = artists === undefined || last < 0 ? 0 : artists.artistOf[last]!;
    const known = tracks.length;
    const all = known + query.unknown.length;
    const distinct = new Set(tracks).size;
    const facts = [
      Math.log1p(all),
      query.unknownAfter,
      all === 0 ? 1 : query.unknown.length / all,
      last < 0 ? 0 : this.#traits[last * traitsPerTrack]!,
      last < 0 ? 0 : this.#traits[last * traitsPerTrack + 6]!,
      known === 0 ? 0 : 1 - distinct / known,
      known > 1 && tracks[known - 2] === last ? 1 : 0,
      Math.log1p(this.#finder.found),
      most[col.stan]!,
      most[col.lastAfter]!,
      most[col.cosine]!,
    ];
    const mean = this.#mean;
    const decay = 1 - 0.5 / Math.sqrt(meanLength(this.sessions));
    const placed = contextMean(this.vectors, tracks, decay, 100, mean);
    const { units, outputs } = this.vectors;
    const lastVector = last < 0 ? mean : units.subarray(last * mean.length, (last + 1) * mean.length);
    for (let i = 0; i < this.count; i++) {
      const track = this.candidates[i]!;
      const from = this.#picked[i]! * columns;
      let at = i * width;
      for (let c = 0; c < columns; c++) rows[at++] = data[from + c]!;
      for (let r = 0; r < relativeColumns.length; r++) {
        const c = relativeColumns[r]!;
        rows[at++] = data[from + c]! / most[c]!;
      }
      for (let t = 0; t < traitsPerTrack; t++) rows[at++] = this.#traits[track * traitsPerTrack + t]!;
      const artist = artists === undefined ? 0 : artists.artistOf[track]!;
      rows[at++] = artist !== 0 && artist === lastArtist ? 1 : 0;
      rows[at++] =
        artists === undefined || artist === 0
          ? 0
          : Math.log1p(artists.tracks.offsets[artist + 1]! - artists.tracks.offsets[artist]!);
      rows[at++] = last < 0 ? 0 : inner(lastVector, units, track);
      rows[at++] = placed ? inner(mean, units, track) : 0;
      rows[at++] = placed ? inner(mean, outputs, track) : 0;
      rows[at++] = i;
      rows[at++] = this.#merits[this.#picked[i]!]!;
      for (let f = 0; f < facts.length; f++) rows[at++] = facts[f]!;
    }
  }
}

function popularTracks(traits: Float32Array, trackCount: number, most: number): Uint32Array {
  const merit = (t: number) => traits[t * traitsPerTrack]! + traits[t * traitsPerTrack + 1]!;
  return Uint32Array.from({ length: trackCount }, (_, t) => t)
    .sort((a, b) => merit(b) - merit(a) || a - b)
    .slice(0, most);
}
