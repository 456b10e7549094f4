/** A query of exact nearest search: its state, its quantised values, and the score that a row needs to pass. */
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

// The state of one query, in bytes: threshold, count, scored, skip, unit, shift, margin, level, least, then packed pairs, floats and
// candidates (see _nearest_keys.ts).
/** The score that a row needs, in quantised units of the query (f32). Multiplied by a block's scale, it is comparable to the block's sums. */
export const THRESHOLD: usize = 0;
export const COUNT: usize = 4;
export const SCORED: usize = 8;
export const SKIP: usize = 12;
/** A score of 1 in quantised units (f32), the offset to subtract from a score first (f32), and the largest error of a sum (i32). */
export const UNIT: usize = 16;
export const SHIFT: usize = 20;
export const MARGIN: usize = 24;
/** The threshold in the quantised units of the current block (i16). */
export const LEVEL: usize = 28;
/** The key of the k-th best candidate so far (u64); 0 if there are fewer. */
export const LEAST: usize = 32;
export const PAIRS: usize = 48;

/** Larger than any score in quantised units; multiplied by any scale it fits into 32 bits. */
export const ENDLESS: f32 = 10_000;

export let k: i32 = 0;
export let capacity: i32 = 0;
export let floatsAt: usize = 0;
export let keysAt: usize = 0;
export let stateBytes: usize = 0;

/** Sets the number of rows wanted and of candidates held; returns the bytes of a query's state. */
export function setLimits(wanted: i32, held: i32): usize {
  k = wanted;
  capacity = held;
  floatsAt = PAIRS + align(<usize>pairCount * 2);
  keysAt = floatsAt + align(<usize>size * 4);
  stateBytes = keysAt + align(<usize>held * 8);
  return stateBytes;
}

/** Quantises a query of length 1 (or 0) whose values are in the state; sets UNIT, SHIFT and MARGIN. */
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
  // |ab - âb̂| ≤ |a| |eb| + |ea| |b| + |ea| |eb| by Cauchy-Schwarz; plus the rounding of the float sums.
  const own = scale * Math.sqrt(square);
  const floats32 = <f64>(size + 8) * 2.4e-7 * scale * <f64>load<f32>(head, SCALE);
  store<f32>(state, <f32>scale, UNIT);
  store<f32>(state, <f32>shift, SHIFT);
  store<i32>(state, <i32>min<f64>(Math.ceil(error * scale * 1.000001 + own * (longest + error) + floats32), 65_535), MARGIN);
}

/** From now on, only rows whose score may be `score` or more pass. */
export function setThreshold(state: usize, score: f32): void {
  store<f32>(state, (score - load<f32>(state, SHIFT)) * load<f32>(state, UNIT), THRESHOLD);
}

/** Panels per block, minus one. */
export const IN_BLOCK: i32 = BLOCK / PANEL - 1;

/** Sets LEVEL, which the sum of a row must exceed, for a panel's block. */
// @ts-ignore: decorator
@inline
export function openBlock(state: usize, panel: i32): void {
  const whole = <i32>(load<f32>(state, THRESHOLD) * load<f32>(scales + (<usize>(panel / (BLOCK / PANEL)) << 2)));
  store<i32>(state, max<i32>(i16.MIN_VALUE, min<i32>(whole - load<i32>(state, MARGIN) - 2, i16.MAX_VALUE)), LEVEL);
}
