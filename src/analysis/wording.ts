/** Texts shared by `segue analyze`, its files, and the studio. */
import type { Analysis } from "./analyze.js";
import type { MapPoint, MusicMap } from "./map/music-map.js";

export const unknownNextText = {
  title: "Next tracks that a model cannot know",
  note: "Share of playlists whose last track is played fewer than min_count times before",
  /** If the list is empty. */
  none: "no next track that a model could know: no playlist has two tracks; give it longer ones",
} as const;

/** If there is no fit. */
export const noPowerLawText = ({ artistBins }: Pick<Analysis, "artistBins">): string =>
  `no fit is possible: all ${artistBins ? "artists" : "songs"} have similar counts; give it more playlists`;

/** How many tracks are on a map, and how often each is played at least. */
export function tracksOnMap({ points }: { readonly points: ReadonlyArray<Pick<MapPoint, "plays">> }): string {
  const least = points.at(-1)?.plays ?? 1;
  return `${points.length.toLocaleString("en")} tracks, ${least === 1 ? "including those played once" : `each played ${least.toLocaleString("en")} times or more`}`;
}

/** The share of nearest neighbours with the same genre word; or that no track has one. */
export function agreementText(map: Pick<MusicMap, "agreement" | "genres" | "frequentWords">): string {
  const { share, chance, lift, neighbours, tracks } = map.agreement;
  const percent = (part: number) => `${(100 * part).toFixed(1)} %`;
  return tracks === 0
    ? genrelessText(map)
    : `of ${neighbours} nearest neighbours ${percent(share)} share the genre word, ${percent(chance)} by chance (${lift.toFixed(1)}×)`;
}

/** Replaces the agreement if no track of the map has a genre word. */
function genrelessText({ genres, frequentWords = [] }: Pick<MusicMap, "genres" | "frequentWords">): string {
  const words = new Intl.ListFormat("en", { type: "disjunction" }).format(genres);
  const other =
    frequentWords.length > 0
      ? `frequent words there: --genres ${frequentWords.join(",")}`
      : "if there are titles, choose other words with --genres";
  return `none of their playlists has ${words} in its title; ${other}`;
}

/** Capitalises the first letter. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
