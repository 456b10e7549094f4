/** What is said beside more than one picture of the same thing: in `segue analyze`, in its files, and in the studio. */
import type { MusicMap } from "./map/music-map.js";

export const unknownNextText = {
  title: "Next tracks that a model cannot know",
  note: "Share of playlists whose last track is played fewer than min_count times before",
  /** Where the list is empty. */
  none: "no next track that a model could know: no playlist has two tracks",
} as const;

/** Of the nearest neighbours of a map, how many have the genre word of their track; or that there are no such words. */
export function agreementText(map: Pick<MusicMap, "agreement" | "genres" | "frequentWords">): string {
  const { share, chance, lift, neighbours, tracks } = map.agreement;
  const percent = (part: number) => `${(100 * part).toFixed(1)} %`;
  return tracks === 0
    ? genrelessText(map)
    : `of ${neighbours} nearest neighbours ${percent(share)} share the genre word, ${percent(chance)} by chance (${lift.toFixed(1)}×)`;
}

/** What is said in place of an agreement where no track of the map has a genre word. */
function genrelessText({ genres, frequentWords = [] }: Pick<MusicMap, "genres" | "frequentWords">): string {
  const frequent = frequentWords.length > 0 ? ` (frequent there: ${frequentWords.join(", ")})` : "";
  return `no playlist of theirs has ${new Intl.ListFormat("en", { type: "disjunction" }).format(genres)} in its title${frequent}`;
}

/** As a sentence of its own begins. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
