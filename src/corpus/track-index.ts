/** From track ids to numbers: one index for each list of tracks, however many rooms ask with it. */

const indices = new WeakMap<readonly string[], ReadonlyMap<string, number>>();

/**
 * The number of every track of a list, its place in it. Building it costs one pass over the list, the first time; the list must
 * not change after.
 */
export function trackIndex(tracks: readonly string[]): ReadonlyMap<string, number> {
  let index = indices.get(tracks);
  if (index === undefined) {
    const numbers = new Map<string, number>();
    for (let i = 0; i < tracks.length; i++) numbers.set(tracks[i]!, i);
    index = numbers;
    indices.set(tracks, index);
  }
  return index;
}
