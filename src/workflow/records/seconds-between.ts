/**
 * How long something took, by the times in its records. Undefined if it ended before it began: machines of one run may differ in
 * their clocks, and a clock may be set back.
 *
 * @param until milliseconds since 1970, or as `started`
 */
export function secondsBetween(started: string, until: string | number): number | undefined {
  const end = typeof until === "string" ? Date.parse(until) : until;
  const seconds = (end - Date.parse(started)) / 1000;
  return seconds < 0 ? undefined : seconds;
}
