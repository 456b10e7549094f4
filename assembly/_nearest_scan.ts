/** One query's state, and the scan over the panels: rows that may be among the k best are held and scored again in floats. */
import { keyAt, keyOf, scoreOf, select } from "./_nearest_keys";
import {
  COUNT,
  capacity,
  fixed,
  floatsAt,
  k,
  keysAt,
  numberAt,
  PADDING,
  PAIRS,
  pairCount,
  panelBytes,
  panels,
  rowCount,
  rowError,
  SCALE,
  SCALE_SQUARED,
  SCORED,
  SKIP,
  size,
  stateBytes,
  THRESHOLD,
  units,
} from "./_nearest_rows";

// Where targets' places are looked for (_nearest_places.ts) a state is used otherwise: COUNT is how many rows are nearer than the target,
// SCORED the target's row, and the target's own score stands where candidates do.
export const TARGET: usize = SCORED;

/** Nothing passes this threshold: the query is done with. */
export const DONE: i32 = i32.MAX_VALUE;

/** Makes a query ready: `query` is of length 1; `skip` is a row to leave out, or -1. */
export function start(state: usize, query: usize, skip: i32): void {
  store<i32>(state, i32.MIN_VALUE, THRESHOLD);
  store<i32>(state, 0, COUNT);
  store<i32>(state, 0, SCORED);
  store<i32>(state, skip, SKIP);
  memory.copy(state + floatsAt, query, <usize>size * 4);
  for (let j = 0; j < pairCount; j++) {
    const d = j << 1;
    const low = fixed(load<f32>(query + (<usize>d << 2)));
    const high = d + 1 < size ? fixed(load<f32>(query + (<usize>(d + 1) << 2))) : 0;
    store<i32>(state + (<usize>j << 2), (low & 0xffff) | (high << 16), PAIRS);
  }
}

/** How far a rounded score may be from the exact one, in units of 1 / 32767². */
export function margin(state: usize): i32 {
  let square: f64 = 0;
  for (let d = 0; d < size; d++) {
    const value = <f64>load<f32>(state + floatsAt + (<usize>d << 2));
    const error = value - <f64>fixed(<f32>value) / SCALE;
    square += error * error;
  }
  const error = Math.sqrt(square);
  // |ab - âb̂| ≤ |ea| |b| + |a| |eb| + |ea| |eb| by Cauchy-Schwarz; then the rounding of the float sum itself.
  const bound = <f64>rowError + error + <f64>rowError * error + <f64>(size + 8) * 1.2e-7;
  return <i32>Math.ceil(bound * SCALE_SQUARED);
}

export function dot(a: usize, b: usize): f32 {
  let sum0 = f32x4.splat(0);
  let sum1 = f32x4.splat(0);
  let d = 0;
  for (; d + 8 <= size; d += 8, a += 32, b += 32) {
    sum0 = f32x4.add(sum0, f32x4.mul(v128.load(a), v128.load(b)));
    sum1 = f32x4.add(sum1, f32x4.mul(v128.load(a, 16), v128.load(b, 16)));
  }
  sum0 = f32x4.add(sum0, sum1);
  let sum =
    f32x4.extract_lane(sum0, 0) +
    f32x4.extract_lane(sum0, 1) +
    (f32x4.extract_lane(sum0, 2) + f32x4.extract_lane(sum0, 3));
  for (; d < size; d++, a += 4, b += 4) sum += load<f32>(a) * load<f32>(b);
  return sum;
}

/** Scores the new candidates exactly, keeps the k best, and raises the threshold. */
export function prune(state: usize): void {
  const keys = state + keysAt;
  const floats = state + floatsAt;
  const count = load<i32>(state, COUNT);
  for (let i = load<i32>(state, SCORED); i < count; i++) {
    const place = <u32>keyAt(keys, i);
    const score = dot(units + <usize>place * size * 4, floats);
    store<u64>(keys + (<usize>i << 3), keyOf(score, numberAt(place)));
  }
  let kept = count;
  if (count >= k) {
    select(keys, count, k);
    kept = k;
    let least = keyAt(keys, 0);
    for (let i = 1; i < k; i++) least = min(least, keyAt(keys, i));
    store<i32>(state, <i32>Math.floor(<f64>scoreOf(least) * SCALE_SQUARED) - margin(state) - 1, THRESHOLD);
  }
  store<i32>(state, kept, COUNT);
  store<i32>(state, kept, SCORED);
}

/** Holds the rows of one panel whose lane of `passed` is set: their places, until they are scored. */
function hold(state: usize, first: i32, passed: v128): void {
  let mask = i32x4.bitmask(passed);
  const skip = load<i32>(state, SKIP);
  while (mask != 0) {
    const row = first + ctz(mask);
    mask &= mask - 1;
    if (row >= rowCount || row == skip || numberAt(row) == PADDING) continue;
    let count = load<i32>(state, COUNT);
    if (count == capacity) {
      prune(state);
      count = load<i32>(state, COUNT);
    }
    store<u64>(state + keysAt + (<usize>count << 3), <u64>row);
    store<i32>(state, count + 1, COUNT);
  }
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

/**
 * One query against panels [from, to), a multiple of 4: rows that pass are held, or, with `most` above 0, counted until there are so many
 * nearer than the target.
 */
export function scanOne(state: usize, from: i32, to: i32, most: i32 = 0): void {
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
      if (most > 0) {
        countNearer(state, row, sumA, most);
        countNearer(state, row + 4, sumB, most);
        countNearer(state, row + 8, sumC, most);
        countNearer(state, row + 12, sumD, most);
        if (load<i32>(state, THRESHOLD) == DONE) return;
      } else {
        hold(state, row, sumA);
        hold(state, row + 4, sumB);
        hold(state, row + 8, sumC);
        hold(state, row + 12, sumD);
      }
      threshold = v128.load_splat<i32>(state, THRESHOLD);
    }
  }
}

/** Four queries (states side by side) against panels [from, to), a multiple of 2. */
export function scanFour(state: usize, from: i32, to: i32): void {
  const state1 = state + stateBytes;
  const state2 = state1 + stateBytes;
  const state3 = state2 + stateBytes;
  const bytes = <usize>pairCount << 2;
  let t0 = v128.load_splat<i32>(state, THRESHOLD);
  let t1 = v128.load_splat<i32>(state1, THRESHOLD);
  let t2 = v128.load_splat<i32>(state2, THRESHOLD);
  let t3 = v128.load_splat<i32>(state3, THRESHOLD);
  let a = panels + <usize>from * panelBytes;
  const stride = panelBytes;
  for (let panel = from; panel < to; panel += 2) {
    let b = a + stride;
    let a0 = i32x4.splat(0);
    let a1 = i32x4.splat(0);
    let a2 = i32x4.splat(0);
    let a3 = i32x4.splat(0);
    let b0 = i32x4.splat(0);
    let b1 = i32x4.splat(0);
    let b2 = i32x4.splat(0);
    let b3 = i32x4.splat(0);
    for (let pair: usize = 0; pair < bytes; pair += 4, a += 16, b += 16) {
      const rowsA = v128.load(a);
      const rowsB = v128.load(b);
      let q = v128.load_splat<i32>(state + pair, PAIRS);
      a0 = i32x4.add(a0, i32x4.dot_i16x8_s(q, rowsA));
      b0 = i32x4.add(b0, i32x4.dot_i16x8_s(q, rowsB));
      q = v128.load_splat<i32>(state1 + pair, PAIRS);
      a1 = i32x4.add(a1, i32x4.dot_i16x8_s(q, rowsA));
      b1 = i32x4.add(b1, i32x4.dot_i16x8_s(q, rowsB));
      q = v128.load_splat<i32>(state2 + pair, PAIRS);
      a2 = i32x4.add(a2, i32x4.dot_i16x8_s(q, rowsA));
      b2 = i32x4.add(b2, i32x4.dot_i16x8_s(q, rowsB));
      q = v128.load_splat<i32>(state3 + pair, PAIRS);
      a3 = i32x4.add(a3, i32x4.dot_i16x8_s(q, rowsA));
      b3 = i32x4.add(b3, i32x4.dot_i16x8_s(q, rowsB));
    }
    a = b;
    a0 = i32x4.gt_s(a0, t0);
    b0 = i32x4.gt_s(b0, t0);
    a1 = i32x4.gt_s(a1, t1);
    b1 = i32x4.gt_s(b1, t1);
    a2 = i32x4.gt_s(a2, t2);
    b2 = i32x4.gt_s(b2, t2);
    a3 = i32x4.gt_s(a3, t3);
    b3 = i32x4.gt_s(b3, t3);
    const any = v128.or(
      v128.or(v128.or(a0, b0), v128.or(a1, b1)),
      v128.or(v128.or(a2, b2), v128.or(a3, b3)),
    );
    if (v128.any_true(any)) {
      const row = panel << 2;
      hold(state, row, a0);
      hold(state, row + 4, b0);
      hold(state1, row, a1);
      hold(state1, row + 4, b1);
      hold(state2, row, a2);
      hold(state2, row + 4, b2);
      hold(state3, row, a3);
      hold(state3, row + 4, b3);
      t0 = v128.load_splat<i32>(state, THRESHOLD);
      t1 = v128.load_splat<i32>(state1, THRESHOLD);
      t2 = v128.load_splat<i32>(state2, THRESHOLD);
      t3 = v128.load_splat<i32>(state3, THRESHOLD);
    }
  }
}
