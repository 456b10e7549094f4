/**
 * The first pass over a chunk: draws what is random (subsampling, windows, negatives) and turns tracks into addresses of rows,
 * touching the rows so that the second pass finds them in the cache.
 */
import { nextRandom } from "./_random";
import { addressOf } from "./_rows";
import {
  alias,
  ends,
  group,
  inputAt,
  keep,
  kept,
  NONE,
  negative,
  negativeRow,
  negatives,
  numberOf,
  outputAt,
  shared,
  shrink,
  tokens,
  vocabulary,
  windowSize,
  windows,
} from "./_settings";

/** `playlists` slices of `tokens` (track numbers of the corpus), whose ends are in `ends`; returns how many tracks were kept. */
export function plan(playlists: u32): u32 {
  let count: u32 = 0;
  let token: u32 = 0;
  for (let p: u32 = 0; p < playlists; p++) {
    const end = load<u32>(ends + (<usize>p << 2));
    const start = count;
    for (; token < end; token++) {
      const track = load<u32>(numberOf + (<usize>load<u32>(tokens + (<usize>token << 2)) << 2));
      const known = <u32>(track != NONE);
      const bar = load<u32>(keep + ((known != 0 ? <usize>track : 0) << 2));
      // Without branches: whether a track is kept is past prediction. A bar of 2^32 - 1 keeps all.
      store<u32>(kept + (<usize>count << 2), track);
      count += known & <u32>(<u32>(nextRandom() >> 32) <= bar);
    }
    if (count - start < 2) {
      count = start;
      continue;
    }
    for (let i = start; i < count; i++) planWindow(i, start, count);
  }
  // Whoever reads a whole group finds no track of an earlier chunk behind the last centre.
  v128.store(kept + (<usize>count << 2), i32x4.splat(-1));
  v128.store(kept + (<usize>count << 2), i32x4.splat(-1), 16);
  findRows(kept, count, 4, 0, inputAt, 4);
  if (negative != 0) {
    findRows(kept, count, 4, negativeRow, outputAt, 4);
    const draws = ((count + group - 1) / group) * shared;
    drawNegatives(draws);
    findRows(negatives, draws, 8, negativeRow, negatives + 4, 8);
  }
  return count;
}

// @ts-ignore: decorator
@inline
function planWindow(i: u32, start: u32, end: u32): void {
  const reach: u32 = shrink ? 1 + <u32>(((nextRandom() >> 32) * <u64>windowSize) >> 32) : windowSize;
  const w = windows + (<usize>i << 3);
  store<u32>(w, i - start > reach ? i - reach : start);
  store<u32>(w, end - i > reach ? i + reach + 1 : end, 4);
}

/**
 * Writes the addresses of `count` tracks' rows to `to`, and touches the rows: in a loop that does nothing else, so that many
 * loads are under way at once. `step` and `stride` are the bytes between two tracks and two addresses.
 */
// @ts-ignore: decorator
@inline
function findRows(tracks: usize, count: u32, step: usize, first: u32, to: usize, stride: usize): void {
  for (let n: u32 = 0; n < count; n++) {
    store<u32>(to, <u32>addressOf(first + load<u32>(tracks)));
    tracks += step;
    to += stride;
  }
}

/**
 * Draws from the noise distribution by Walker's alias method: a uniform column, then a coin for the column's own track or its
 * alias.
 */
function drawNegatives(count: u32): void {
  const end = negatives + (<usize>count << 3);
  for (let at = negatives; at < end; at += 8) {
    const r = nextRandom();
    const column = <u32>(((r >> 32) * <u64>vocabulary) >> 32);
    const cell = alias + (<usize>column << 3);
    const track = <u32>r < load<u32>(cell) ? column : load<u32>(cell, 4);
    store<u32>(at, track);
  }
}
