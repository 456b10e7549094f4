import type { MapPoint } from "../../../src/analysis/index.js";

/** Artist and title of a point, as in Listen. */
export function trackOf({ track, artist }: MapPoint) {
  const title = artist && track.startsWith(`${artist}-`) ? track.slice(artist.length + 1) : track;
  return { id: track, title, ...(artist ? { artist } : {}) };
}
