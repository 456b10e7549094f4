/** The map as the server sends it. */
export interface MapPoint {
  readonly track: string;
  readonly artist?: string;
  readonly x: number;
  readonly y: number;
  readonly plays: number;
  readonly genre: string;
}

export interface MusicMap {
  readonly points: readonly MapPoint[];
  readonly genres: readonly string[];
  readonly agreement: {
    readonly neighbours: number;
    readonly tracks: number;
    readonly share: number;
    readonly chance: number;
    readonly lift: number;
  };
  readonly frequentWords?: readonly string[];
}

/** Artist and title of a point, as Listen has them. */
export function trackOf({ track, artist }: MapPoint) {
  const title = artist && track.startsWith(`${artist}-`) ? track.slice(artist.length + 1) : track;
  return { id: track, title, ...(artist ? { artist } : {}) };
}
