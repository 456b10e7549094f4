/** What is known of the tracks from training alone: how popular each is, and whose it is. */
import { artistNumbers, type Corpus, requireCorpus, trackIndex } from "../corpus/index.js";
import { PlaylistSets } from "./copies.js";

export interface TrainingFacts {
  /** The corpus' own list of ids: a track's number is its place in it. */
  readonly tracks: readonly string[];
  /** Distinct tracks of the training part. */
  readonly size: number;
  /** The track's number, or -1 where training never saw it. */
  numberOf(track: string): number;
  /** By track number: in how many training playlists it is. */
  readonly playlistsHolding: Uint32Array;
  /** By track number: how often it is played in training, repeats included. */
  readonly plays: Uint32Array;
  readonly playlists: number;
  /** Whether one of these holds just the tracks of these numbers, five or more, whatever their order and repeats. */
  isPlaylist(numbers: ArrayLike<number>): boolean;
  /** By track number: the number of its artist, -1 where the name is empty; undefined where the data tells no artists. */
  readonly artistOf?: Int32Array;
  /** Numbers of artists are lower than this. */
  readonly artistCount: number;
}

/** Counts the corpus that the recommenders were fitted on. @throws SegueError (misuse) where it is no corpus */
export function trainingFacts(corpus: Corpus): TrainingFacts {
  requireCorpus(corpus, "trainingFacts");
  const size = corpus.tracks.length;
  const numbers = trackIndex(corpus.tracks);
  const plays = new Uint32Array(size);
  const playlistsHolding = new Uint32Array(size);
  const lastSeen = new Int32Array(size).fill(-1);
  const playlists = corpus.offsets.length - 1;
  for (let p = 0; p < playlists; p++) {
    for (let i = corpus.offsets[p]!; i < corpus.offsets[p + 1]!; i++) {
      const track = corpus.items[i]!;
      plays[track]!++;
      if (lastSeen[track] === p) continue;
      lastSeen[track] = p;
      playlistsHolding[track]!++;
    }
  }
  const { artistOf, artistCount } = numberArtists(corpus.artists);
  let sets: PlaylistSets | undefined;
  return {
    tracks: corpus.tracks,
    size,
    numberOf: (track) => numbers.get(track) ?? -1,
    plays,
    playlistsHolding,
    playlists,
    // Of all playlists, so made only once somebody asks.
    isPlaylist: (numbers) => (sets ??= new PlaylistSets(corpus)).holds(numbers),
    artistOf,
    artistCount,
  };
}

function numberArtists(artists: readonly string[] | undefined) {
  if (artists === undefined) return { artistCount: 0 };
  const { names, of } = artistNumbers(artists);
  const none = names.indexOf("");
  return {
    artistOf: Int32Array.from(of, (number) => (number === none ? -1 : number)),
    artistCount: names.length,
  };
}
