import { type Sessions, sessionCount } from "./sessions.js";

/**
 * The chance that a track which has played plays next, in [0, 1]: the plays that repeat a track of their own playlist / the tracks that
 * could have been repeated, over all plays.
 */
export function repeatChance(sessions: Sessions): number {
  const seenIn = new Uint32Array(sessions.trackCount);
  let repeats = 0;
  let couldBe = 0;
  for (let s = 0; s < sessionCount(sessions); s++) {
    let seen = 0;
    for (let i = sessions.offsets[s]!; i < sessions.offsets[s + 1]!; i++) {
      const track = sessions.items[i]!;
      couldBe += seen;
      if (seenIn[track] === s + 1) repeats++;
      else seen++;
      seenIn[track] = s + 1;
    }
  }
  return couldBe === 0 ? 0 : repeats / couldBe;
}

/** Playlists of some hundred tracks repeat 2 % of their plays and have a chance of 0.0003, short sessions of 0.01. */
const often = 0.002;

/**
 * What a recommender makes of tracks that have played already: left out (0) where any one of them hardly ever plays next, else
 * scored as any other (1). Of a long playlist they would take the first places, and each is as seldom right as the playlist is long.
 * Where they are scored the blend learns the rest in detail.
 */
export function repeatsFor(setting: number | "auto", sessions: Sessions): number {
  return setting === "auto" ? (repeatChance(sessions) < often ? 0 : 1) : setting;
}
