/**
 * Rows of exact nearest search: where they lie, brought to length 1, rounded into panels; and how much room a query's state takes.
 * Every thread has its own instance of the module, and so its own copy of these.
 */

export const SCALE: f32 = 32767;
export const SCALE_SQUARED: f64 = 32767.0 * 32767.0;

// The state of one query, in bytes: threshold, count, scored, skip, then its packed pairs, its floats, its candidates
// (see _nearest_keys.ts).
export const THRESHOLD: usize = 0;
export const COUNT: usize = 4;
export const SCORED: usize = 8;
export const SKIP: usize = 12;
export const PAIRS: usize = 16;

export let panels: usize = 0;
export let units: usize = 0;
export let rowCount: i32 = 0;
export let size: i32 = 0;
export let pairCount: i32 = 0;
export let panelBytes: usize = 0;
export let rowError: f32 = 0;
/** Where rows lie in lists: the number of the row in each place (u32), PADDING where there is none; 0 where places are rows. */
export let numbers: usize = 0;
export const PADDING: u32 = 0xffffffff;

export let k: i32 = 0;
export let capacity: i32 = 0;
export let floatsAt: usize = 0;
export let keysAt: usize = 0;
export let stateBytes: usize = 0;

/** Tells this instance where the rows are. `error`: the longest rounding error of a row, as `pack` returned it. */
export function setRows(panelsAt: usize, unitsAt: usize, rows: i32, dimensions: i32, error: f32): void {
  panels = panelsAt;
  units = unitsAt;
  rowCount = rows;
  size = dimensions;
  pairCount = (dimensions + 1) >> 1;
  panelBytes = <usize>pairCount * 16;
  rowError = error;
}

/** From now on the rows lie in other places than their numbers say: see `numbers`. */
export function setNumbers(numbersAt: usize): void {
  numbers = numbersAt;
}

// @ts-ignore: decorator
@inline
export function numberAt(place: u32): u32 {
  return numbers == 0 ? place : load<u32>(numbers + (<usize>place << 2));
}

// @ts-ignore: decorator
@inline
function align(bytes: usize): usize {
  return (bytes + 15) & ~15;
}

/** Sets how many rows are wanted and how many candidates are held; returns the bytes of one query's state. */
export function setLimits(wanted: i32, held: i32): usize {
  k = wanted;
  capacity = held;
  floatsAt = PAIRS + align(<usize>pairCount * 4);
  keysAt = floatsAt + align(<usize>size * 4);
  stateBytes = keysAt + align(<usize>held * 8);
  return stateBytes;
}

// @ts-ignore: decorator
@inline
export function fixed(value: f32): i32 {
  return <i32>nearest(max<f32>(-1, min<f32>(1, value)) * SCALE);
}

/** Brings rows to length 1, from `raw` to `to`; returns the first row that is not finite, or -1. */
export function normalize(raw: usize, to: usize, rows: i32, dimensions: i32): i32 {
  for (let row = 0; row < rows; row++) {
    const at = <usize>row * dimensions * 4;
    let square: f64 = 0;
    for (let d = 0; d < dimensions; d++) {
      const value = <f64>load<f32>(raw + at + (<usize>d << 2));
      square += value * value;
    }
    if (!isFinite(square)) return row;
    const scale: f64 = square > 0 ? 1 / Math.sqrt(square) : 0;
    for (let d = 0; d < dimensions; d++) {
      const offset = at + (<usize>d << 2);
      store<f32>(to + offset, <f32>(<f64>load<f32>(raw + offset) * scale));
    }
  }
  return -1;
}

/** Rounds the rows from `first` to `last` - 1 into panels (zeroed by the caller); returns the longest rounding error of one. */
export function pack(first: i32, last: i32): f32 {
  let worst: f64 = 0;
  for (let row = first; row < last; row++) {
    const from = units + <usize>row * size * 4;
    const to = panels + <usize>(row >> 2) * panelBytes + (<usize>(row & 3) << 2);
    let square: f64 = 0;
    for (let d = 0; d < size; d++) {
      const value = load<f32>(from + (<usize>d << 2));
      const rounded = fixed(value);
      const error = <f64>value - <f64>rounded / SCALE;
      square += error * error;
      store<i16>(to + (<usize>(d >> 1) << 4) + (<usize>(d & 1) << 1), <i16>rounded);
    }
    worst = max(worst, square);
  }
  return <f32>(Math.sqrt(worst) * 1.000001);
}
