/** How messages speak: of tracks, plays and playlists or of words and sentences, and of options as the user wrote them. */
export interface Wording {
  /** An option by the name that the user knows: `vectorSize` in code, `--vector-size` on a command line. */
  readonly option: (name: string) => string;
  /** What gets a vector. */
  readonly item: string;
  /** One occurrence of it in the data. */
  readonly occurrence: string;
  /** What occurrences come in. */
  readonly list: string;
}

export const ofTracks: Wording = {
  option: (name) => name,
  item: "track",
  occurrence: "play",
  list: "playlist",
};

export const ofWords: Wording = { ...ofTracks, item: "word", occurrence: "word", list: "sentence" };
