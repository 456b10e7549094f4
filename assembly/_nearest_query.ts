/** A query of exact nearest search: its state, its numbers rounded to match the rows', and what score a row needs to pass. */
import {
  align,
  BLOCK,
  ERROR,
  head,
  LONGEST,
  MOST,
  meanAt,
  OFFSET,
  PANEL,
  pairCount,
  rounding,
  SCALE,
  scales,
  size,
} from "./_nearest_rows";

// The state of one query, in bytes: threshold, count, scored, skip, unit, shift, margin, level, least, then its packed pairs, its floats,
// its candidates (see _nearest_keys.ts).
/** The score that a row needs, in the query's whole numbers (f32): times the scale of a block it is in those of the block's sums. */
export const THRESHOLD: usize = 0;
export const COUNT: usize = 4;
export const SCORED: usize = 8;
export const SKIP: usize = 12;
/** What 1 is in the query's whole numbers (f32), what is to be taken from a score first (f32), and how far a sum may be off (i32). */
export const UNIT: usize = 16;
export const SHIFT: usize = 20;
export const MARGIN: usize = 24;
/** The threshold in whole numbers of the block that is scanned (i16). */
export const LEVEL: usize = 28;
/** The key of the k-th best candidate so far (u64), 0 where there are fewer. */
export const LEAST: usize = 32;
export const PAIRS: usize = 48;

/** What no score comes to in a query's whole numbers, up or down; times any scale it fits into 32 bits. */
export const ENDLESS: f32 = 10_000;

export let k: i32 = 0;
export let capacity: i32 = 0;
export let floatsAt: usize = 0;
export let keysAt: usize = 0;
export let stateBytes: usize = 0;

/** Sets how many rows are wanted and how many candidates are held; returns the bytes of one query's state. */
export function setLimits(wanted: i32, held: i32): usize {
  k = wanted;
  capacity = held;
  floatsAt = PAIRS + align(<usize>pairCount * 2);
  keysAt = floatsAt + align(<usize>size * 4);
  stateBytes = keysAt + align(<usize>held * 8);
  return stateBytes;
}

/** Rounds a query of length 1 (or 0), whose numbers are in the state, and says what its scores are in whole numbers. */
export function roundQuery(state: usize): void {
  const floats = state + floatsAt;
  let largest: f64 = 0;
  let shift: f64 = 0;
  for (let d = 0; d < size; d++) {
    const value = <f64>load<f32>(floats + (<usize>d << 2));
    largest = max(largest, Math.abs(value));
    shift += value * meanAt(d);
  }
  const longest = <f64>load<f32>(head, LONGEST);
  const room = MOST / (longest + rounding()) - rounding();
  const scale = min(63 / max<f64>(largest, 1e-3), room);
  let square: f64 = 0;
  for (let d = 0; d < pairCount << 1; d++) {
    const value = d < size ? <f64>load<f32>(floats + (<usize>d << 2)) : 0;
    const rounded = max<i32>(-63, min<i32>(63, <i32>nearest(value * scale)));
    const error = value - <f64>rounded / scale;
    square += error * error;
    store<u8>(state + PAIRS + <usize>d, <u8>(rounded + OFFSET));
  }
  const error = <f64>load<f32>(head, ERROR);
  // |ab - âb̂| ≤ |a| |eb| + |ea| |b| + |ea| |eb| by Cauchy-Schwarz; then the rounding of the float sums themselves.
  const own = scale * Math.sqrt(square);
  const floats32 = <f64>(size + 8) * 2.4e-7 * scale * <f64>load<f32>(head, SCALE);
  store<f32>(state, <f32>scale, UNIT);
  store<f32>(state, <f32>shift, SHIFT);
  store<i32>(state, <i32>min<f64>(Math.ceil(error * scale * 1.000001 + own * (longest + error) + floats32), 65_535), MARGIN);
}

/** Only rows whose score may be `score` or more pass from now on. */
export function setThreshold(state: usize, score: f32): void {
  store<f32>(state, (score - load<f32>(state, SHIFT)) * load<f32>(state, UNIT), THRESHOLD);
}

/** Panels of a block, less one. */
export const IN_BLOCK: i32 = BLOCK / PANEL - 1;

/** Sets what the sum of a row of the block that a panel is in must be above: LEVEL. */
// @ts-ignore: decorator
@inline
export function openBlock(state: usize, panel: i32): void {
  const whole = <i32>(load<f32>(state, THRESHOLD) * load<f32>(scales + (<usize>(panel / (BLOCK / PANEL)) << 2)));
  store<i32>(state, max<i32>(i16.MIN_VALUE, min<i32>(whole - load<i32>(state, MARGIN) - 2, i16.MAX_VALUE)), LEVEL);
}
