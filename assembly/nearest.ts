// Exact nearest rows by cosine, in two passes over the same vectors.
//
// 1. Rows and queries of length 1 are rounded to 16-bit fixed point (32767 = 1). One i32x4.dot_i16x8_s then does eight
//    multiply-adds, and a row costs half the memory of floats. The rounding error of a score has a known bound, `margin`.
// 2. A row whose rounded score is not more than `margin` below the k-th best exact score so far is scored again in floats.
//    No other row can be among the k best, so the answer is exact.
//
// Rows lie in panels of four: dimension pair j of the four rows is one vector of 16 bytes,
//    [r0d0 r0d1 r1d0 r1d1 r2d0 r2d1 r3d0 r3d1],
// which is multiplied by the query's pair j in every lane. The four sums of a panel so end up in the four lanes of one
// register, and are compared with the threshold at once. Per row of d dimensions: d/8 products and d/8 sums.
//
// All memory is laid out by the caller (exact-index.ts); instances in several threads share it.

const SCALE: f32 = 32767;
const SCALE_SQUARED: f64 = 32767.0 * 32767.0;

// The state of one query, in bytes: threshold, count, scored, skip, then its packed pairs, its floats, its candidates.
// A candidate is a u64 that sorts as (score, -row): the score's bits made monotonous, then the row number inverted.
// Those not scored yet hold the row number alone.
const THRESHOLD: usize = 0;
const COUNT: usize = 4;
const SCORED: usize = 8;
const SKIP: usize = 12;
const PAIRS: usize = 16;

let panels: usize = 0;
let units: usize = 0;
let rowCount: i32 = 0;
let size: i32 = 0;
let pairCount: i32 = 0;
let panelBytes: usize = 0;
let rowError: f32 = 0;

let k: i32 = 0;
let capacity: i32 = 0;
let floatsAt: usize = 0;
let keysAt: usize = 0;
let stateBytes: usize = 0;

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
function fixed(value: f32): i32 {
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

/** Rounds all rows into panels (zeroed by the caller); returns the longest rounding error of a row. */
export function pack(): f32 {
  let worst: f64 = 0;
  for (let row = 0; row < rowCount; row++) {
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

/** Makes a query ready: `query` is of length 1; `skip` is a row to leave out, or -1. */
function start(state: usize, query: usize, skip: i32): void {
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
function margin(state: usize): i32 {
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

function dot(a: usize, b: usize): f32 {
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

// @ts-ignore: decorator
@inline
function keyOf(score: f32, row: u32): u64 {
  const bits = reinterpret<u32>(score + 0.0); // -0 becomes 0
  const ordered = bits ^ (<u32>(<i32>bits >> 31) | 0x80000000);
  return (<u64>ordered << 32) | <u64>~row;
}

// @ts-ignore: decorator
@inline
function scoreOf(key: u64): f32 {
  const ordered = <u32>(key >> 32);
  return reinterpret<f32>(ordered ^ (<u32>(<i32>~ordered >> 31) | 0x80000000));
}

// @ts-ignore: decorator
@inline
function keyAt(keys: usize, index: i32): u64 {
  return load<u64>(keys + (<usize>index << 3));
}

// @ts-ignore: decorator
@inline
function swap(keys: usize, a: i32, b: i32): void {
  const kept = keyAt(keys, a);
  store<u64>(keys + (<usize>a << 3), keyAt(keys, b));
  store<u64>(keys + (<usize>b << 3), kept);
}

/** Moves the `wanted` highest of `count` keys to the front (Hoare's quickselect, pivot the median of three). */
function select(keys: usize, count: i32, wanted: i32): void {
  let left = 0;
  let right = count - 1;
  while (left < right) {
    const middle = (left + right) >> 1;
    if (keyAt(keys, middle) > keyAt(keys, left)) swap(keys, middle, left);
    if (keyAt(keys, right) > keyAt(keys, left)) swap(keys, right, left);
    if (keyAt(keys, right) > keyAt(keys, middle)) swap(keys, right, middle);
    const pivot = keyAt(keys, middle);
    let i = left;
    let j = right;
    while (i <= j) {
      while (keyAt(keys, i) > pivot) i++;
      while (keyAt(keys, j) < pivot) j--;
      if (i <= j) swap(keys, i++, j--);
    }
    if (wanted - 1 <= j) right = j;
    else if (wanted - 1 >= i) left = i;
    else return;
  }
}

/** Scores the new candidates exactly, keeps the k best, and raises the threshold. */
function prune(state: usize): void {
  const keys = state + keysAt;
  const floats = state + floatsAt;
  const count = load<i32>(state, COUNT);
  for (let i = load<i32>(state, SCORED); i < count; i++) {
    const row = <u32>keyAt(keys, i);
    store<u64>(keys + (<usize>i << 3), keyOf(dot(units + <usize>row * size * 4, floats), row));
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

/** Holds the rows of one panel whose lane of `passed` is set. */
function hold(state: usize, first: i32, passed: v128): void {
  let mask = i32x4.bitmask(passed);
  const skip = load<i32>(state, SKIP);
  while (mask != 0) {
    const row = first + ctz(mask);
    mask &= mask - 1;
    if (row >= rowCount || row == skip) continue;
    let count = load<i32>(state, COUNT);
    if (count == capacity) {
      prune(state);
      count = load<i32>(state, COUNT);
    }
    store<u64>(state + keysAt + (<usize>count << 3), <u64>row);
    store<i32>(state, count + 1, COUNT);
  }
}

/** One query against panels [from, to), a multiple of 4. */
function scanOne(state: usize, from: i32, to: i32): void {
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
      hold(state, row, sumA);
      hold(state, row + 4, sumB);
      hold(state, row + 8, sumC);
      hold(state, row + 12, sumD);
      threshold = v128.load_splat<i32>(state, THRESHOLD);
    }
  }
}

/** Four queries (states side by side) against panels [from, to), a multiple of 2. */
function scanFour(state: usize, from: i32, to: i32): void {
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

/** Heap sort of the first `count` keys, highest first. */
function sortDown(keys: usize, count: i32): void {
  for (let i = (count >> 1) - 1; i >= 0; i--) sink(keys, i, count);
  for (let last = count - 1; last > 0; last--) {
    swap(keys, 0, last);
    sink(keys, 0, last);
  }
}

function sink(keys: usize, at: i32, count: i32): void {
  const key = keyAt(keys, at);
  for (;;) {
    let child = (at << 1) + 1;
    if (child >= count) break;
    if (child + 1 < count && keyAt(keys, child + 1) < keyAt(keys, child)) child++;
    if (keyAt(keys, child) >= key) break;
    store<u64>(keys + (<usize>at << 3), keyAt(keys, child));
    at = child;
  }
  store<u64>(keys + (<usize>at << 3), key);
}

/**
 * Finds the k nearest rows of each of `count` queries (length 1, row-major), `states` being room for as many. Rows are read
 * a tile at a time, small enough to stay in the first-level cache while all queries pass over it.
 */
export function search(queries: usize, skips: usize, count: i32, states: usize, outRows: usize, outScores: usize): void {
  for (let q = 0; q < count; q++) {
    start(
      states + <usize>q * stateBytes,
      queries + <usize>q * size * 4,
      skips == 0 ? -1 : load<i32>(skips + (<usize>q << 2)),
    );
  }
  const panelCount = ((rowCount + 15) >> 4) << 2;
  const tile = count < 4 ? panelCount : max<i32>(4, (24576 / <i32>panelBytes) & ~3);
  for (let from = 0; from < panelCount; from += tile) {
    const to = min(from + tile, panelCount);
    let q = 0;
    for (; q + 4 <= count; q += 4) scanFour(states + <usize>q * stateBytes, from, to);
    for (; q < count; q++) scanOne(states + <usize>q * stateBytes, from, to);
  }
  for (let q = 0; q < count; q++) {
    const state = states + <usize>q * stateBytes;
    prune(state);
    const keys = state + keysAt;
    sortDown(keys, load<i32>(state, COUNT));
    for (let i = 0; i < k; i++) {
      const key = keyAt(keys, i);
      const out = (<usize>q * k + i) << 2;
      store<u32>(outRows + out, ~<u32>key);
      store<f32>(outScores + out, scoreOf(key));
    }
  }
}
