import { type Sessions, sessionCount } from "./sessions.js";

/**
 * Counts the plays that repeat a track of their playlist, and the tracks that each play could have repeated. Stops once there are
 * `enough` repeats.
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

/** The probability, in [0, 1], that any one track already played plays next. */
export function repeatChance(sessions: Sessions): number {
  const { repeats, couldBe } = countRepeats(sessions);
  return couldBe === 0 ? 0 : repeats / couldBe;
}

/** Playlists of about a hundred tracks repeat 2 % of their plays, a chance of 0.0003 per track; in short sessions it is 0.01. */
const often = 0.002;

/**
 * The score factor for tracks already played. "auto" leaves them out (0) if any one of them hardly ever plays next, else scores them
 * like others (1). In long playlists they would take the first places and rarely be right.
 */
export function repeatsFor(setting: number | "auto", sessions: Sessions): number {
  return setting === "auto" ? (repeatChance(sessions) < often ? 0 : 1) : setting;
}

/** How many repeats it takes to learn when a track repeats; a ranker overfits to one or two hundred. */
const learnable = 500;

/** The same for a ranker that learns when tracks repeat: 1 if there is enough to learn from, else as "auto". */
export function learnedRepeats(sessions: Sessions): number {
  return countRepeats(sessions, learnable).repeats < learnable ? repeatsFor("auto", sessions) : 1;
}

/** Real playlists have 0.15 %, short sessions 4 %. */
const usual = 0.01;

/** Whether hardly any play repeats the one before: a context with such a run is then unlike all that a ranker learned from. */
export function runsAreRare({ offsets, items }: Sessions): boolean {
  let runs = 0;
  for (let s = 0; s < offsets.length - 1; s++)
    for (let i = offsets[s]! + 1; i < offsets[s + 1]!; i++) if (items[i] === items[i - 1]) runs++;
  return runs < usual * items.length;
}
