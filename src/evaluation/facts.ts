/** Facts about tracks from the training data alone: popularity and artist. */
import {
  artistNumbers,
  type Corpus,
  playlistsOfTracks,
  playsOfTracks,
  requireCorpus,
  trackIndex,
} from "../corpus/index.js";
import { PlaylistSets } from "./asking/copies.js";

export interface TrainingFacts {
  /** The corpus's list of track ids; a track's number is its index in it. */
  readonly tracks: readonly string[];
  /** The number of distinct training tracks. */
  readonly size: number;
  /** The track's number, or -1 if it is not in training. */
  numberOf(track: string): number;
  /** By track number: the number of training playlists with the track. */
  readonly playlistsHolding: Uint32Array;
  /** By track number: its plays in training, including repeats. */
  readonly plays: Uint32Array;
  readonly playlists: number;
  /** Whether a training playlist has exactly these tracks, five or more, regardless of order and repeats. */
  isPlaylist(numbers: ArrayLike<number>): boolean;
  /** By track number: its artist's number, -1 if the name is empty. Undefined if the data has no artists. */
  readonly artistOf?: Int32Array;
  /** Artist numbers are below this. */
  readonly artistCount: number;
}

/** Counts the corpus that the recommenders were fitted on. @throws SegueError (misuse) if it is not a corpus */
export function trainingFacts(corpus: Corpus): TrainingFacts {
  requireCorpus(corpus, "trainingFacts");
  const size = corpus.tracks.length;
  const numbers = trackIndex(corpus.tracks);
  const { artistOf, artistCount } = numberArtists(corpus.artists);
  let sets: PlaylistSets | undefined;
  return {
    tracks: corpus.tracks,
    size,
    numberOf: (track) => numbers.get(track) ?? -1,
    plays: playsOfTracks(corpus),
    playlistsHolding: playlistsOfTracks(corpus, size),
    playlists: corpus.offsets.length - 1,
    // Reads all playlists, so it is built on first use.
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
