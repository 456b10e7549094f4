/**
 * Rows of exact nearest search: their addresses, normalisation, and quantisation into panels. Every thread has its own instance of the
 * module, and so its own copy of these globals.
 */

// Byte offsets in the head (f32 each): the longest rounding error of a row and the longest row, both in quantised units; the largest
// scale; then the mean of all rows (f32), the sums for it (f64), and the scale of each block of BLOCK rows: 1 in its quantised units.
export const ERROR: usize = 0;
export const LONGEST: usize = 4;
export const SCALE: usize = 8;
const MEAN: usize = 16;
export const BLOCK: i32 = 128;
/** Rows per panel. */
export const PANEL: i32 = 8;

/** Added to a query's values to make them positive: the dot product needs 7 bits on one side. */
export const OFFSET: i32 = 64;
/** The largest sum of products, which has 16 bits. */
export const MOST: f64 = 32700;

export let panels: usize = 0;
export let units: usize = 0;
export let rowCount: i32 = 0;
export let size: i32 = 0;
export let pairCount: i32 = 0;
export let panelBytes: usize = 0;
export let head: usize = 0;
export let scales: usize = 0;
/** If rows are in lists: the row number at each place (u32), or PADDING. 0 if places are row numbers. */
export let numbers: usize = 0;
export const PADDING: u32 = 0xffffffff;

/** Sets the addresses of the rows; the head is at `headAt`, `headBytes(rows, dimensions)` long. */
export function setRows(panelsAt: usize, unitsAt: usize, headAt: usize, rows: i32, dimensions: i32): void {
  panels = panelsAt;
  units = unitsAt;
  head = headAt;
  rowCount = rows;
  size = dimensions;
  pairCount = (dimensions + 1) >> 1;
  panelBytes = <usize>pairCount * 16 + 16;
  scales = sumsAt() + align(<usize>size * 8);
}

/** From now on places are not row numbers: see `numbers`. */
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
export function align(bytes: usize): usize {
  return (bytes + 15) & ~15;
}

/** Normalises rows to length 1, from `raw` to `to`; returns the first row that is not finite, or -1. */
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

// @ts-ignore: decorator
@inline
function sumsAt(): usize {
  return head + MEAN + align(<usize>size * 4);
}

/** The first of two passes over all rows: sums the rows from `first` to `last` - 1. */
export function sumRows(first: i32, last: i32): void {
  const sums = sumsAt();
  for (let row = first; row < last; row++) {
    const from = units + <usize>row * size * 4;
    for (let d = 0; d < size; d++) {
      const sum = sums + (<usize>d << 3);
      store<f64>(sum, load<f64>(sum) + <f64>load<f32>(from + (<usize>d << 2)));
    }
  }
}

export function closeSums(): void {
  const sums = sumsAt();
  for (let d = 0; d < size; d++) {
    store<f32>(head + MEAN + (<usize>d << 2), <f32>(load<f64>(sums + (<usize>d << 3)) / <f64>rowCount));
  }
}

// @ts-ignore: decorator
@inline
export function meanAt(d: i32): f64 {
  return <f64>load<f32>(head + MEAN + (<usize>d << 2));
}

// @ts-ignore: decorator
@inline
function fromMean(row: i32, d: i32): f64 {
  return <f64>load<f32>(units + (<usize>row * size + d) * 4) - meanAt(d);
}

/** A lower limit for the distance of rows to their mean, so that the scale stays bounded. */
const FINEST: f64 = 0.005;

/** The largest distance by which rounding moves a vector, in quantised units. */
// @ts-ignore: decorator
@inline
export function rounding(): f64 {
  return 0.5 * Math.sqrt(<f64>size);
}

/** The scale of a block of rows: their values fit into a byte, and sums leave room for an equally precise query. */
function scaleOf(first: i32, last: i32): f64 {
  let longest: f64 = 0;
  let largest: f64 = 0;
  for (let row = first; row < last; row++) {
    let square: f64 = 0;
    for (let d = 0; d < size; d++) {
      const value = fromMean(row, d);
      square += value * value;
      largest = max(largest, Math.abs(value));
    }
    longest = max(longest, square);
  }
  return min(127 / max<f64>(largest, FINEST), (Math.sqrt(MOST) - rounding()) / max<f64>(Math.sqrt(longest), FINEST));
}

/**
 * The second pass: quantises the rows from `first`, which starts a block, to `last` - 1 into panels. A panel of eight rows begins with the
 * correction of each sum of products for the OFFSET in a query's values.
 */
export function pack(first: i32, last: i32): void {
  let worst: f64 = 0;
  let longest: f64 = 0;
  let finest: f64 = 0;
  let scale: f64 = 0;
  for (let row = first; row < last; row++) {
    if (row % BLOCK == 0) {
      scale = <f64>(<f32>(scaleOf(row, min(row + BLOCK, last)) * 0.999999));
      store<f32>(scales + (<usize>(row / BLOCK) << 2), <f32>scale);
      finest = max(finest, scale);
    }
    const panel = panels + <usize>(row >> 3) * panelBytes + (<usize>(row & 7) << 1);
    let errors: f64 = 0;
    let squares: f64 = 0;
    let sum = 0;
    for (let d = 0; d < size; d++) {
      const value = fromMean(row, d) * scale;
      const rounded = <i32>nearest(value);
      errors += (value - <f64>rounded) * (value - <f64>rounded);
      squares += value * value;
      sum += rounded;
      store<i8>(panel + 16 + (<usize>(d >> 1) << 4) + (<usize>d & 1), <i8>rounded);
    }
    store<i16>(panel, <i16>(-OFFSET * sum));
    worst = max(worst, errors);
    longest = max(longest, squares);
  }
  raise(ERROR, Math.sqrt(worst));
  raise(LONGEST, Math.sqrt(longest));
  raise(SCALE, finest);
}

// @ts-ignore: decorator
@inline
function raise(at: usize, value: f64): void {
  store<f32>(head + at, max(load<f32>(head + at), <f32>(value * 1.000001)));
}
