/**
 * In which place a row stands among those nearest to another, found without finding those before it: rows with a higher score are
 * counted, and where there are `most` of them it is too far back to be told.
 */
import {
  COUNT,
  floatsAt,
  keysAt,
  PAIRS,
  pairCount,
  panelBytes,
  panels,
  rowCount,
  SCALE_SQUARED,
  SCORED,
  SKIP,
  size,
  stateBytes,
  THRESHOLD,
  units,
} from "./_nearest_rows";
import { dot, margin, start } from "./_nearest_scan";

// The state of a query (see _nearest_rows.ts), used otherwise: COUNT is how many rows are nearer than the target, SCORED the
// target's row, and the target's own score stands where candidates do.
const TARGET: usize = SCORED;

/** Nothing passes this threshold: the query is done with. */
const DONE: i32 = i32.MAX_VALUE;

function startPlace(state: usize, row: i32, target: i32, most: i32): void {
  start(state, units + <usize>row * size * 4, row);
  store<i32>(state, target, TARGET);
  const score = dot(units + <usize>target * size * 4, state + floatsAt);
  store<f32>(state + keysAt, score);
  if (target == row) {
    store<i32>(state, most, COUNT);
    store<i32>(state, DONE, THRESHOLD);
    return;
  }
  store<i32>(state, <i32>Math.floor(<f64>score * SCALE_SQUARED) - margin(state) - 1, THRESHOLD);
}

/** Counts the rows of one panel whose lane of `passed` is set, where they are nearer than the target. */
function countNearer(state: usize, first: i32, passed: v128, most: i32): void {
  let mask = i32x4.bitmask(passed);
  if (mask == 0) return;
  const skip = load<i32>(state, SKIP);
  const target = load<i32>(state, TARGET);
  const score = load<f32>(state + keysAt);
  let count = load<i32>(state, COUNT);
  while (mask != 0) {
    const row = first + ctz(mask);
    mask &= mask - 1;
    if (row >= rowCount || row == skip || row == target) continue;
    const other = dot(units + <usize>row * size * 4, state + floatsAt);
    // Equal scores stand in order of row number.
    if (other > score || (other == score && row < target)) count++;
  }
  store<i32>(state, count, COUNT);
  if (count >= most) store<i32>(state, DONE, THRESHOLD);
}

/** One query against panels [from, to), a multiple of 4. */
function scanNearer(state: usize, from: i32, to: i32, most: i32): void {
  const pairs = state + PAIRS;
  const end = pairs + (<usize>pairCount << 2);
  let threshold = v128.load_splat<i32>(state, THRESHOLD);
  let a = panels + <usize>from * panelBytes;
  const stride = panelBytes;
  for (let panel = from; panel < to; panel += 4) {
    let b = a + stride;
    let c = b + stride;
    let d = c + stride;
    let sumA = i32x4.splat(0);
    let sumB = i32x4.splat(0);
    let sumC = i32x4.splat(0);
    let sumD = i32x4.splat(0);
    for (let pair = pairs; pair < end; pair += 4, a += 16, b += 16, c += 16, d += 16) {
      const q = v128.load_splat<i32>(pair);
      sumA = i32x4.add(sumA, i32x4.dot_i16x8_s(q, v128.load(a)));
      sumB = i32x4.add(sumB, i32x4.dot_i16x8_s(q, v128.load(b)));
      sumC = i32x4.add(sumC, i32x4.dot_i16x8_s(q, v128.load(c)));
      sumD = i32x4.add(sumD, i32x4.dot_i16x8_s(q, v128.load(d)));
    }
    a = d;
    sumA = i32x4.gt_s(sumA, threshold);
    sumB = i32x4.gt_s(sumB, threshold);
    sumC = i32x4.gt_s(sumC, threshold);
    sumD = i32x4.gt_s(sumD, threshold);
    if (v128.any_true(v128.or(v128.or(sumA, sumB), v128.or(sumC, sumD)))) {
      const row = panel << 2;
      countNearer(state, row, sumA, most);
      countNearer(state, row + 4, sumB, most);
      countNearer(state, row + 8, sumC, most);
      countNearer(state, row + 12, sumD, most);
      if (load<i32>(state, THRESHOLD) == DONE) return;
    }
  }
}

/**
 * The place of each target among the rows nearest to its row, from 1; 0 where `most` rows or more are nearer, or it is the row itself.
 *
 * @param rows, targets `count` row numbers each (i32); `states` is room for as many states; `out` gets u32
 */
export function places(rows: usize, targets: usize, count: i32, most: i32, states: usize, out: usize): void {
  for (let q = 0; q < count; q++) {
    const at = <usize>q << 2;
    startPlace(states + <usize>q * stateBytes, load<i32>(rows + at), load<i32>(targets + at), most);
  }
  const panelCount = ((rowCount + 15) >> 4) << 2;
  const tile = max<i32>(4, (24576 / <i32>panelBytes) & ~3);
  for (let from = 0; from < panelCount; from += tile) {
    const to = min(from + tile, panelCount);
    for (let q = 0; q < count; q++) {
      const state = states + <usize>q * stateBytes;
      if (load<i32>(state, THRESHOLD) != DONE) scanNearer(state, from, to, most);
    }
  }
  for (let q = 0; q < count; q++) {
    const nearer = load<i32>(states + <usize>q * stateBytes, COUNT);
    store<u32>(out + (<usize>q << 2), nearer >= most ? 0 : nearer + 1);
  }
}
