/** Evidence by links: what followed, came before or shared playlists with each track of the context. */
import type { Query } from "../../core/asking/query.js";
import type { Sessions } from "../../core/plays/sessions.js";
import { col } from "../features/columns.js";
import { type Evidence, Votes } from "./evidence.js";
import { type LinkRow, type Links, linkWeights, weightsPerLink } from "./links.js";

/** How many of the context's last tracks are read. */
const reach = 100;
/** Added to a track's sum of links, so that what was seen once is not considered certain. */
const smooth = 3;

export class LinkEvidence {
  readonly #links: Links;
  readonly #roots: Float64Array;
  readonly #votes: Votes;
  /** By d: the links of the context's d-th last track. */
  readonly #rows: LinkRow[] = [];
  readonly #slow = Float64Array.from({ length: reach + 1 }, (_, d) => d ** -0.7);
  readonly #fade = Float64Array.from({ length: reach + 1 }, (_, d) => 0.7 ** (d - 1));

  constructor(
    sessions: Sessions,
    links: Links,
    counts: Uint32Array,
    settings: { readonly nominated: number },
  ) {
    this.#links = links;
    this.#roots = Float64Array.from(counts, (count) => Math.sqrt(count));
    this.#votes = new Votes(sessions.trackCount, settings.nominated);
  }

  nominate(query: Query, evidence: Evidence): void {
    const links = this.#links;
    const { totals } = links;
    const { tracks } = query;
    const votes = this.#votes;
    links.forget();
    for (let d = Math.min(tracks.length, reach); d >= 1; d--) {
      const track = tracks[tracks.length - d]!;
      const root = this.#roots[track]!;
      const slow = this.#slow[d]!;
      const row = links.row(track);
      this.#rows[d] = row;
      const perAfter = (2 * this.#fade[d]!) / (totals[track * weightsPerLink + linkWeights.after]! + smooth);
      const { tracks: others, weights, end } = row;
      for (let i = row.start; i < end; i++) {
        const other = others[i]!;
        const at = i * weightsPerLink;
        const cosine = weights[at + linkWeights.together]! / (root * this.#roots[other]! + 5);
        votes.add(other, slow * cosine + perAfter * weights[at + linkWeights.after]!);
      }
    }
    votes.close(evidence);
  }

  write(query: Query, evidence: Evidence): void {
    const { totals } = this.#links;
    const { tracks } = query;
    const data = evidence.columns;
    const far = Math.min(tracks.length, reach);
    for (let d = 1; d <= far; d++) {
      const track = tracks[tracks.length - d]!;
      const sums = track * weightsPerLink;
      const perAfter = 1 / (totals[sums + linkWeights.after]! + smooth);
      const perBefore = 1 / (totals[sums + linkWeights.before]! + smooth);
      const perLate = 1 / (totals[sums + linkWeights.late]! + 0.5);
      const perNext = 1 / (totals[sums + linkWeights.next]! + smooth);
      const fade = this.#fade[d]!;
      const slow = this.#slow[d]!;
      const root = this.#roots[track]!;
      const { tracks: others, weights, start, end } = this.#rows[d]!;
      for (let i = start; i < end; i++) {
        const other = others[i]!;
        const base = evidence.find(other);
        if (base < 0) continue;
        const at = i * weightsPerLink;
        const after = weights[at + linkWeights.after]! * perAfter;
        const before = weights[at + linkWeights.before]! * perBefore;
        const late = weights[at + linkWeights.late]! * perLate;
        const cosine = weights[at + linkWeights.together]! / (root * this.#roots[other]! + 5);
        if (d === 1) {
          const next = weights[at + linkWeights.next]!;
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
}
