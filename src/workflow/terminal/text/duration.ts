/** Durations for people. The studio's pages use this too, so nothing here may need Node. */

/** "0.31 s", "12.4 s", "3m 05s", "2h 10m". */
export function duration(seconds: number): string {
  // Compares rounded values: 59.96 s is a minute, not "60.0 s".
  if (Number(seconds.toFixed(2)) < 10) return `${seconds.toFixed(2)} s`;
  if (Number(seconds.toFixed(1)) < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${String(whole % 60).padStart(2, "0")}s`;
  return `${Math.floor(whole / 3600)}h ${String(Math.floor((whole % 3600) / 60)).padStart(2, "0")}m`;
}

/** The duration; "" if it is not known yet. */
export const durationIfKnown = (seconds: number | undefined) =>
  seconds === undefined ? "" : duration(seconds);

/** The status and duration of a run: "done in 3.20 s", "running for 41.1 s", "failed after 12.0 s", "interrupted". */
export function statusAndTime(status: string, seconds: number | undefined): string {
  if (seconds === undefined) return status;
  const word = status === "done" ? "in" : status === "running" ? "for" : "after";
  return `${status} ${word} ${duration(seconds)}`;
}
