/** Checks playlists that were read from a file: code that walks them trusts their numbers. */

/**
 * What is wrong with playlists as arrays; undefined if nothing is.
 *
 * @param offsets the first play of each playlist, then the number of plays
 * @param items the track number of each play
 * @param tracks the number of tracks in the catalogue
 */
export function problemOfPlays(offsets: Uint32Array, items: Uint32Array, tracks: number): string | undefined {
  const playlists = offsets.length - 1;
  if (offsets[0] !== 0 || offsets[playlists] !== items.length) return "the playlists do not cover the plays";
  for (let p = 0; p < playlists; p++)
    if (offsets[p]! > offsets[p + 1]!) return `playlist ${p} ends before it begins`;
  for (let i = 0; i < items.length; i++)
    if (items[i]! >= tracks) return `play ${i} is of track number ${items[i]}, but there are only ${tracks}`;
  return undefined;
}
