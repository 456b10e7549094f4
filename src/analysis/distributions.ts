/** How playlists are made up: plays per artist and song, lengths, and what a model cannot know. */
import { artistNumbers, type Corpus, playlistCount, playsOfTracks } from "../corpus/index.js";

export interface Bin {
  /** Whole numbers from `from` to `to`, both included. */
  readonly from: number;
  readonly to: number;
  /** The number of songs, artists or playlists in it. */
  readonly count: number;
}

export interface Ranked {
  readonly name: string;
  readonly plays: number;
}

export interface Distributions {
  readonly playlists: number;
  readonly plays: number;
  readonly songs: number;
  /** Undefined if the data has no artists. Tracks without one do not count as by an artist. */
  readonly artists?: number;
  /** Songs by number of playlist entries, in bins that double in width. */
  readonly songBins: readonly Bin[];
  /** The same for artists. */
  readonly artistBins?: readonly Bin[];
  /** Most played first. */
  readonly topSongs: readonly Ranked[];
  readonly topArtists?: readonly Ranked[];
  /** Lengths of playlists, in tracks. */
  readonly lengths: {
    readonly bins: readonly Bin[];
    /** The mean of the two middle ones if the number of playlists is even. */
    readonly median: number;
    readonly mean: number;
    readonly longest: number;
  };
  /**
   * By min_count: the share of playlists whose last track is not in the vocabulary of all preceding tracks; empty if no playlist has
   * two tracks.
   */
  readonly unknownNext: ReadonlyArray<{ readonly minCount: number; readonly share: number }>;
}

/** A cache: distributions, fit and pictures all need these counts. */
const byArtist = new WeakMap<Corpus, ReadonlyMap<string, number>>();

/** Number of playlist entries of each artist; undefined if the corpus names none. */
export function playsOfArtists(corpus: Corpus): ReadonlyMap<string, number> | undefined {
  if (!corpus.artists) return undefined;
  const known = byArtist.get(corpus);
  if (known !== undefined) return known;
  const { names, of } = artistNumbers(corpus.artists);
  const counts = new Uint32Array(names.length);
  const ofTracks = playsOfTracks(corpus);
  for (let track = 0; track < of.length; track++) counts[of[track]!]! += ofTracks[track]!;
  const plays = new Map<string, number>();
  for (let artist = 0; artist < names.length; artist++)
    if (names[artist] !== "" && counts[artist]! > 0) plays.set(names[artist]!, counts[artist]!);
  if (plays.size === 0) return undefined;
  byArtist.set(corpus, plays);
  return plays;
}

/** Bins 1, 2–3, 4–7, 8–15 …: equally wide on a log axis, each a range of whole numbers. */
function doublingBins(values: Iterable<number>): Bin[] {
  const counts: number[] = [];
  for (const value of values) {
    if (value < 1) continue;
    const bin = Math.floor(Math.log2(value));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return Array.from(counts, (count, i) => ({ from: 2 ** i, to: 2 ** (i + 1) - 1, count: count ?? 0 }));
}

/** At most 40 bins of equal width. */
function evenBins(values: Uint32Array): Bin[] {
  const longest = values.reduce((a, b) => Math.max(a, b), 0);
  const width = Math.ceil((longest + 1) / 40);
  const bins = Array.from({ length: Math.floor(longest / width) + 1 }, (_, i) => ({
    from: i * width,
    to: (i + 1) * width - 1,
    count: 0,
  }));
  for (const value of values) bins[Math.floor(value / width)]!.count++;
  return bins;
}

/** The `count` most played, ties by name. Keeps a short list, which is faster than sorting all songs. */
function top(names: Iterable<string>, plays: Iterable<number>, count: number): Ranked[] {
  const best: Ranked[] = [];
  const ranksBefore = (a: Ranked, b: Ranked) => a.plays > b.plays || (a.plays === b.plays && a.name < b.name);
  const counts = plays[Symbol.iterator]();
  for (const name of names) {
    const entry = { name, plays: counts.next().value as number };
    if (best.length === count && (count === 0 || !ranksBefore(entry, best[count - 1]!))) continue;
    let place = best.length;
    while (place > 0 && ranksBefore(entry, best[place - 1]!)) place--;
    best.splice(place, 0, entry);
    if (best.length > count) best.pop();
  }
  return best;
}

function unknownNext(corpus: Corpus, minCounts: readonly number[]): Distributions["unknownNext"] {
  const known = playsOfTracks(corpus);
  const last: number[] = [];
  for (let p = 0; p < playlistCount(corpus); p++) {
    const end = corpus.offsets[p + 1]!;
    if (end - corpus.offsets[p]! < 2) continue;
    last.push(corpus.items[end - 1]!);
  }
  if (last.length === 0) return [];
  for (const track of last) known[track]!--;
  return minCounts.map((minCount) => ({
    minCount,
    share: last.filter((track) => known[track]! < minCount).length / last.length,
  }));
}

function medianOf(sorted: Uint32Array): number {
  if (sorted.length === 0) return 0;
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}

/** @param options.top how many artists and songs to list; default 20 */
export function describeCorpus(corpus: Corpus, options: { top?: number } = {}): Distributions {
  const count = options.top ?? 20;
  const plays = playsOfTracks(corpus);
  const artists = playsOfArtists(corpus);
  const lengths = Uint32Array.from(
    { length: playlistCount(corpus) },
    (_, p) => corpus.offsets[p + 1]! - corpus.offsets[p]!,
  );
  const sorted = lengths.slice().sort();
  const played = plays.reduce((sum, n) => sum + (n > 0 ? 1 : 0), 0);
  return {
    playlists: lengths.length,
    plays: corpus.items.length,
    songs: played,
    artists: artists?.size,
    songBins: doublingBins(plays),
    artistBins: artists && doublingBins(artists.values()),
    topSongs: top(corpus.tracks, plays, count),
    topArtists: artists && top(artists.keys(), artists.values(), count),
    lengths: {
      bins: evenBins(lengths),
      median: medianOf(sorted),
      mean: lengths.length === 0 ? 0 : corpus.items.length / lengths.length,
      longest: sorted.at(-1) ?? 0,
    },
    unknownNext: unknownNext(corpus, [1, 2, 3, 5, 10, 20, 50]),
  };
}
