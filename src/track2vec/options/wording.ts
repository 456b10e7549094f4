/** How messages name items (tracks, plays and playlists, or words and sentences) and options. */
export interface Wording {
  /** An option as the user writes it: `vectorSize` in code, `--vector-size` on a command line. */
  readonly option: (name: string) => string;
  /** What gets a vector. */
  readonly item: string;
  /** One occurrence of it in the data. */
  readonly occurrence: string;
  /** The list that occurrences are in. */
  readonly list: string;
}

export const ofTracks: Wording = {
  option: (name) => name,
  item: "track",
  occurrence: "play",
  list: "playlist",
};

export const ofWords: Wording = { ...ofTracks, item: "word", occurrence: "word", list: "sentence" };
