// Exact nearest rows by cosine, in two passes over the same vectors.
//
// 1. Rows and queries of length 1 are quantised to bytes: rows minus their mean, which lowers all scores equally, to ±127, and queries to
//    ±63, with 64 added. One i16x8.relaxed_dot_i8x16_i7x16_s then does sixteen multiply-adds, and a row needs a quarter of the memory of
//    floats. Each block of 128 rows has its own scale: the more rows have in common, the finer are their differences from the mean
//    rounded. The rounding error of a score has a known bound, `MARGIN`.
// 2. A row whose quantised score is at most the margin below the k-th best exact score so far is scored again in floats.
//    No other row can be among the k best, so the answer is exact.
//
// Rows are in panels of eight: dimension pair j of the eight rows is one vector of 16 bytes,
//    [r0d0 r0d1 r1d0 r1d1 … r7d0 r7d1],
// which is multiplied by the query's pair j in every lane. So the eight sums of a panel end up in the eight lanes of one register, and
// are compared with the threshold at once. 16-bit sums may overflow in between, but the totals fit. A panel begins with a vector
// that subtracts in advance what the 64 in the query adds to its rows' sums. Per row of d dimensions: d/16 products and d/16 sums.
//
// All memory is laid out by the caller (exact-index.ts); instances in several threads share it.

import { keyAt, scoreOf, sortDown } from "./_nearest_keys";
import { COUNT, k, keysAt, stateBytes } from "./_nearest_query";
import { panelBytes, rowCount, size } from "./_nearest_rows";
import { prune, scanFour, scanOne, start } from "./_nearest_scan";

export { places } from "./_nearest_places";
export { setLimits } from "./_nearest_query";
export { closeSums, normalize, pack, setNumbers, setRows, sumRows } from "./_nearest_rows";

/**
 * Finds the k nearest rows of each of `count` queries (length 1, row-major); `states` has room for as many. Rows are read in tiles small
 * enough to stay in the L1 cache while all queries pass over them.
 */
export function search(queries: usize, skips: usize, count: i32, states: usize, outRows: usize, outScores: usize): void {
  for (let q = 0; q < count; q++) {
    start(
      states + <usize>q * stateBytes,
      queries + <usize>q * size * 4,
      skips == 0 ? -1 : load<i32>(skips + (<usize>q << 2)),
    );
  }
  const panelCount = ((rowCount + 31) >> 5) << 2;
  const tile = count < 4 ? panelCount : max<i32>(4, (24576 / <i32>panelBytes) & ~3);
  for (let from = 0; from < panelCount; from += tile) {
    const to = min(from + tile, panelCount);
    let q = 0;
    for (; q + 4 <= count; q += 4) scanFour(states + <usize>q * stateBytes, from, to);
    for (; q < count; q++) scanOne(states + <usize>q * stateBytes, from, to);
  }
  for (let q = 0; q < count; q++) {
    const out = (<usize>q * k) << 2;
    finish(states + <usize>q * stateBytes, outRows + out, outScores + out);
  }
}

/**
 * Finds the k nearest rows of one query (length 1) among those of `count` lists, whose numbers are at `lists` (u32). List n is the
 * panels from the n-th number at `bounds` (u32, multiples of 4) to the next. The lists must hold at least k rows.
 */
export function searchLists(
  query: usize,
  lists: usize,
  count: i32,
  bounds: usize,
  state: usize,
  outRows: usize,
  outScores: usize,
): void {
  start(state, query, -1);
  const end = lists + (<usize>count << 2);
  for (let at = lists; at < end; at += 4) {
    const bound = bounds + (<usize>load<u32>(at) << 2);
    scanOne(state, load<u32>(bound), load<u32>(bound, 4));
  }
  finish(state, outRows, outScores);
}

/** Writes the k best of a query, best first. */
function finish(state: usize, outRows: usize, outScores: usize): void {
  prune(state, true);
  const keys = state + keysAt;
  sortDown(keys, load<i32>(state, COUNT));
  for (let i = 0; i < k; i++) {
    const key = keyAt(keys, i);
    store<u32>(outRows + (<usize>i << 2), ~<u32>key);
    store<f32>(outScores + (<usize>i << 2), scoreOf(key));
  }
}
