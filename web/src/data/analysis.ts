/** The analysis as the server sends it. */
export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}
export interface Ranked {
  readonly name: string;
  readonly plays: number;
}
export interface PowerLaw {
  readonly what: string;
  readonly alpha: number;
  readonly alphaError: number;
  readonly xmin: number;
  readonly distance: number;
  readonly tail: number;
  readonly total: number;
  readonly comparisons: ReadonlyArray<{
    readonly alternative: string;
    readonly ratio: number;
    readonly p: number;
  }>;
}
export interface Analysis {
  readonly playlists: number;
  readonly plays: number;
  readonly songs: number;
  readonly artists?: number;
  readonly songBins: readonly Bin[];
  readonly artistBins?: readonly Bin[];
  readonly topSongs: readonly Ranked[];
  readonly topArtists?: readonly Ranked[];
  readonly lengths: {
    readonly bins: readonly Bin[];
    readonly median: number;
    readonly mean: number;
    readonly longest: number;
  };
  readonly unknownNext: ReadonlyArray<{ readonly minCount: number; readonly share: number }>;
  readonly powerLaw?: PowerLaw;
}
export const number = (value: number) => value.toLocaleString("en");
export const rangeOf = ({ from, to }: Bin) =>
  from === to ? number(from) : `${number(from)} to ${number(to)}`;
