import { type Sessions, sessionCount } from "./sessions.js";

/** The share of plays (first ones of a playlist apart) that repeat a track of their own playlist. */
export function repeatShare(sessions: Sessions): number {
  const seenIn = new Uint32Array(sessions.trackCount);
  let repeats = 0;
  let plays = 0;
  for (let s = 0; s < sessionCount(sessions); s++) {
    for (let i = sessions.offsets[s]!; i < sessions.offsets[s + 1]!; i++) {
      const track = sessions.items[i]!;
      if (i > sessions.offsets[s]!) plays++;
      if (seenIn[track] === s + 1) repeats++;
      seenIn[track] = s + 1;
    }
  }
  return plays === 0 ? 0 : repeats / plays;
}

/**
 * What a single recommender makes of tracks that have played already: left out (0) where the data hardly ever repeats one,
 * else scored as any other (1). The blend learns this in detail.
 */
export function repeatsFor(setting: number | "auto", sessions: Sessions): number {
  return setting === "auto" ? (repeatShare(sessions) < 0.02 ? 0 : 1) : setting;
}
