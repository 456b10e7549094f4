/** The scan of the panels for a query: rows that may be among the k best are held and scored again in floats. */
import { keyAt, keyOf, scoreOf, select } from "./_nearest_keys";
import {
  COUNT,
  capacity,
  ENDLESS,
  floatsAt,
  IN_BLOCK,
  k,
  keysAt,
  LEAST,
  LEVEL,
  openBlock,
  PAIRS,
  roundQuery,
  SCORED,
  SKIP,
  setThreshold,
  stateBytes,
  THRESHOLD,
} from "./_nearest_query";
import { numberAt, PADDING, pairCount, panelBytes, panels, rowCount, size, units } from "./_nearest_rows";

// The search for ranks (_nearest_places.ts) uses a state differently: COUNT is the number of rows nearer than the target, SCORED is the
// target's row, and the target's score is in place of the candidates.
export const TARGET: usize = SCORED;

/** A threshold that nothing passes: the query is finished. */
export const DONE: f32 = ENDLESS;

/** Prepares a query: `query` has length 1; `skip` is a row to leave out, or -1. */
export function start(state: usize, query: usize, skip: i32): void {
  store<f32>(state, -ENDLESS, THRESHOLD);
  store<i32>(state, 0, COUNT);
  store<i32>(state, 0, SCORED);
  store<i32>(state, skip, SKIP);
  store<u64>(state, 0, LEAST);
  memory.copy(state + floatsAt, query, <usize>size * 4);
  roundQuery(state);
}

/** Per lane, the dot product of a row's pair of bytes with the query's pair. */
// @ts-ignore: decorator
@inline
function products(rows: v128, pair: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return i16x8.relaxed_dot_i8x16_i7x16_s(rows, pair);
  const low = i16x8.extmul_low_i8x16_s(rows, pair);
  const high = i16x8.extmul_high_i8x16_s(rows, pair);
  return i16x8.add(
    v128.shuffle<i16>(low, high, 0, 2, 4, 6, 8, 10, 12, 14),
    v128.shuffle<i16>(low, high, 1, 3, 5, 7, 9, 11, 13, 15),
  );
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

/**
 * Scores the new candidates exactly and drops those that cannot be among the k best. If the rest leaves little room, or `all` rows were
 * scanned, keeps only the k best and raises the threshold.
 */
export function prune(state: usize, all: bool): void {
  const keys = state + keysAt;
  const floats = state + floatsAt;
  const count = load<i32>(state, COUNT);
  const least = load<u64>(state, LEAST);
  let kept = load<i32>(state, SCORED);
  for (let i = kept; i < count; i++) {
    const place = <u32>keyAt(keys, i);
    const key = keyOf(dot(units + <usize>place * size * 4, floats), numberAt(place));
    store<u64>(keys + (<usize>kept << 3), key);
    kept += <i32>(key > least);
  }
  if (kept >= k && (all || least == 0 || kept > capacity - (capacity >> 2))) {
    select(keys, kept, k);
    kept = k;
    let last = keyAt(keys, 0);
    for (let i = 1; i < k; i++) last = min(last, keyAt(keys, i));
    store<u64>(state, last, LEAST);
    setThreshold(state, scoreOf(last));
  }
  store<i32>(state, kept, COUNT);
  store<i32>(state, kept, SCORED);
}

/** Holds the places of a panel's rows whose lane of `passed` is set, until they are scored. */
function hold(state: usize, first: i32, passed: v128): void {
  let mask = i16x8.bitmask(passed);
  const skip = load<i32>(state, SKIP);
  while (mask != 0) {
    const row = first + ctz(mask);
    mask &= mask - 1;
    if (row >= rowCount || row == skip || numberAt(row) == PADDING) continue;
    let count = load<i32>(state, COUNT);
    if (count == capacity) {
      prune(state, false);
      count = load<i32>(state, COUNT);
    }
    store<u64>(state + keysAt + (<usize>count << 3), <u64>row);
    store<i32>(state, count + 1, COUNT);
  }
}

/** Counts the rows of a panel whose lane of `passed` is set and that are nearer than the target. */
function countNearer(state: usize, first: i32, passed: v128, most: i32): void {
  let mask = i16x8.bitmask(passed);
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
    // Ties are ordered by row number.
    if (other > score || (other == score && row < target)) count++;
  }
  store<i32>(state, count, COUNT);
  if (count >= most) store<f32>(state, DONE, THRESHOLD);
}

/**
 * One query against panels [from, to), a multiple of 4: rows that pass are held or, if `most` is above 0, counted until `most` are nearer
 * than the target.
 */
export function scanOne(state: usize, from: i32, to: i32, most: i32 = 0): void {
  const pairs = state + PAIRS;
  const end = pairs + (<usize>pairCount << 1);
  let a = panels + <usize>from * panelBytes;
  const stride = panelBytes;
  for (let panel = from; panel < to; panel += 4) {
    let b = a + stride;
    let c = b + stride;
    let d = c + stride;
    let sumA = v128.load(a);
    let sumB = v128.load(b);
    let sumC = v128.load(c);
    let sumD = v128.load(d);
    for (let pair = pairs; pair < end; pair += 2) {
      a += 16;
      b += 16;
      c += 16;
      d += 16;
      const q = v128.load_splat<i16>(pair);
      sumA = i16x8.add(sumA, products(v128.load(a), q));
      sumB = i16x8.add(sumB, products(v128.load(b), q));
      sumC = i16x8.add(sumC, products(v128.load(c), q));
      sumD = i16x8.add(sumD, products(v128.load(d), q));
    }
    a = d + 16;
    if ((panel & IN_BLOCK) == 0 || panel == from) openBlock(state, panel);
    const threshold = v128.load_splat<i16>(state, LEVEL);
    sumA = i16x8.gt_s(sumA, threshold);
    sumB = i16x8.gt_s(sumB, threshold);
    sumC = i16x8.gt_s(sumC, threshold);
    sumD = i16x8.gt_s(sumD, threshold);
    if (v128.any_true(v128.or(v128.or(sumA, sumB), v128.or(sumC, sumD)))) {
      const row = panel << 3;
      if (most > 0) {
        countNearer(state, row, sumA, most);
        countNearer(state, row + 8, sumB, most);
        countNearer(state, row + 16, sumC, most);
        countNearer(state, row + 24, sumD, most);
        if (load<f32>(state, THRESHOLD) == DONE) return;
      } else {
        hold(state, row, sumA);
        hold(state, row + 8, sumB);
        hold(state, row + 16, sumC);
        hold(state, row + 24, sumD);
        openBlock(state, panel);
      }
    }
  }
}

/** Four queries (adjacent states) against panels [from, to), a multiple of 4. */
export function scanFour(state: usize, from: i32, to: i32): void {
  const state1 = state + stateBytes;
  const state2 = state1 + stateBytes;
  const state3 = state2 + stateBytes;
  const bytes = <usize>pairCount << 1;
  let a = panels + <usize>from * panelBytes;
  const stride = panelBytes;
  for (let panel = from; panel < to; panel += 2) {
    if ((panel & IN_BLOCK) == 0 || panel == from) {
      openBlock(state, panel);
      openBlock(state1, panel);
      openBlock(state2, panel);
      openBlock(state3, panel);
    }
    let b = a + stride;
    let a0 = v128.load(a);
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    let b0 = v128.load(b);
    let b1 = b0;
    let b2 = b0;
    let b3 = b0;
    for (let pair: usize = 0; pair < bytes; pair += 2) {
      a += 16;
      b += 16;
      const rowsA = v128.load(a);
      const rowsB = v128.load(b);
      let q = v128.load_splat<i16>(state + pair, PAIRS);
      a0 = i16x8.add(a0, products(rowsA, q));
      b0 = i16x8.add(b0, products(rowsB, q));
      q = v128.load_splat<i16>(state1 + pair, PAIRS);
      a1 = i16x8.add(a1, products(rowsA, q));
      b1 = i16x8.add(b1, products(rowsB, q));
      q = v128.load_splat<i16>(state2 + pair, PAIRS);
      a2 = i16x8.add(a2, products(rowsA, q));
      b2 = i16x8.add(b2, products(rowsB, q));
      q = v128.load_splat<i16>(state3 + pair, PAIRS);
      a3 = i16x8.add(a3, products(rowsA, q));
      b3 = i16x8.add(b3, products(rowsB, q));
    }
    a = b + 16;
    const t0 = v128.load_splat<i16>(state, LEVEL);
    a0 = i16x8.gt_s(a0, t0);
    b0 = i16x8.gt_s(b0, t0);
    const t1 = v128.load_splat<i16>(state1, LEVEL);
    a1 = i16x8.gt_s(a1, t1);
    b1 = i16x8.gt_s(b1, t1);
    const t2 = v128.load_splat<i16>(state2, LEVEL);
    a2 = i16x8.gt_s(a2, t2);
    b2 = i16x8.gt_s(b2, t2);
    const t3 = v128.load_splat<i16>(state3, LEVEL);
    a3 = i16x8.gt_s(a3, t3);
    b3 = i16x8.gt_s(b3, t3);
    const any = v128.or(
      v128.or(v128.or(a0, b0), v128.or(a1, b1)),
      v128.or(v128.or(a2, b2), v128.or(a3, b3)),
    );
    if (v128.any_true(any)) {
      const row = panel << 3;
      hold(state, row, a0);
      hold(state, row + 8, b0);
      hold(state1, row, a1);
      hold(state1, row + 8, b1);
      hold(state2, row, a2);
      hold(state2, row + 8, b2);
      hold(state3, row, a3);
      hold(state3, row + 8, b3);
      openBlock(state, panel);
      openBlock(state1, panel);
      openBlock(state2, panel);
      openBlock(state3, panel);
    }
  }
}
