/** What is said beside more than one picture of the same thing: in `segue analyze`, in its files, and in the studio. */
import type { Analysis } from "./analyze.js";
import type { MapPoint, MusicMap } from "./map/music-map.js";

export const unknownNextText = {
  title: "Next tracks that a model cannot know",
  note: "Share of playlists whose last track is played fewer than min_count times before",
  /** Where the list is empty. */
  none: "no next track that a model could know: no playlist has two tracks; give it longer ones",
} as const;

/** Where there is no fit. */
export const noPowerLawText = ({ artistBins }: Pick<Analysis, "artistBins">): string =>
  `it cannot be told: all ${artistBins ? "artists" : "songs"} are played equally often; give it more playlists`;

/** How many are on a map, and how often they are played at least. */
export function tracksOnMap({ points }: { readonly points: ReadonlyArray<Pick<MapPoint, "plays">> }): string {
  const least = points.at(-1)?.plays ?? 1;
  return `${points.length.toLocaleString("en")} tracks, ${least === 1 ? "also those that are played once" : `each played ${least.toLocaleString("en")} times or more`}`;
}

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
  const words = new Intl.ListFormat("en", { type: "disjunction" }).format(genres);
  const other =
    frequentWords.length > 0
      ? `frequent there: --genres ${frequentWords.join(",")}`
      : "name others, where there are titles, by --genres";
  return `no playlist of theirs has ${words} in its title; ${other}`;
}

/** As a sentence of its own begins. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
