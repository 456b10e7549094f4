import { type Sessions, sessionCount } from "./sessions.js";

/**
 * Plays that repeat a track of their own playlist, and the tracks that each play could have repeated, over all plays, or until `enough`
 * repeats were met.
 */
function countRepeats(
  sessions: Sessions,
  enough = Infinity,
): { readonly repeats: number; readonly couldBe: number } {
  const seenIn = new Uint32Array(sessions.trackCount);
  let repeats = 0;
  let couldBe = 0;
  for (let s = 0; s < sessionCount(sessions) && repeats < enough; s++) {
    let seen = 0;
    for (let i = sessions.offsets[s]!; i < sessions.offsets[s + 1]!; i++) {
      const track = sessions.items[i]!;
      couldBe += seen;
      if (seenIn[track] === s + 1) repeats++;
      else seen++;
      seenIn[track] = s + 1;
    }
  }
  return { repeats, couldBe };
}

/** The chance that a track which has played plays next, in [0, 1]. */
export function repeatChance(sessions: Sessions): number {
  const { repeats, couldBe } = countRepeats(sessions);
  return couldBe === 0 ? 0 : repeats / couldBe;
}

/** Playlists of some hundred tracks repeat 2 % of their plays and have a chance of 0.0003, short sessions of 0.01. */
const often = 0.002;

/**
 * What a single recommender makes of tracks that have played already: left out (0) where any one of them hardly ever plays next, else
 * scored as any other (1). Of a long playlist they would take the first places, and each is as seldom right as the playlist is long.
 */
export function repeatsFor(setting: number | "auto", sessions: Sessions): number {
  return setting === "auto" ? (repeatChance(sessions) < often ? 0 : 1) : setting;
}

/** How many repeats it takes to learn when a track plays again: with a hundred or two, chance passes for a rule. */
const learnable = 500;

/** The same for a ranker that learns when tracks repeat: all are scored where there is enough to learn that from. */
export function learnedRepeats(sessions: Sessions): number {
  return countRepeats(sessions, learnable).repeats < learnable ? repeatsFor("auto", sessions) : 1;
}
