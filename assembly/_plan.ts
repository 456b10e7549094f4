/** The first pass over a chunk: makes all random draws (subsampling, windows, negatives), and finds the rows needed for them. */
import { nextRandom } from "./_random";
import { findRows } from "./_rows";
import {
  alias,
  drawsFor,
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
  shrink,
  skipGram,
  tokens,
  vocabulary,
  windowSize,
  windows,
} from "./_settings";

/** Plans `playlists` slices of `tokens` (track numbers of the corpus), whose ends are in `ends`; returns how many tracks were kept. */
export function plan(playlists: u32): u32 {
  let count: u32 = 0;
  let token: u32 = 0;
  const words = playlists == 0 ? 0 : load<u32>(ends + (<usize>(playlists - 1) << 2));
  lookUp(words);
  for (let p: u32 = 0; p < playlists; p++) {
    const end = load<u32>(ends + (<usize>p << 2));
    const start = count;
    let to = kept + (<usize>count << 2);
    for (; token < end; token++) {
      const track = load<u32>(inputAt + (<usize>token << 2));
      // Branchless, since whether a track is kept is unpredictable. A threshold of 2^32 - 1 keeps all.
      store<u32>(to, track);
      const chance = <u32>(nextRandom() >> 32);
      const stays = <u32>(track != NONE) & <u32>(chance <= load<u32>(outputAt + (<usize>token << 2)));
      to += <usize>stays << 2;
    }
    count = <u32>((to - kept) >> 2);
    if (count - start < 2) {
      count = start;
      continue;
    }
    planWindows(start, count);
  }
  if (negative != 0) drawNegatives(drawsFor(count));
  return count;
}

/** Finds the addresses of the rows that a plan of `count` tracks needs, and loads the rows into the cache. */
export function findPlanned(count: u32): void {
  findRows(kept, count, 4, 0, inputAt, 4);
  if (negative == 0) return;
  findRows(kept, count, 4, negativeRow, outputAt, 4);
  findRows(negatives, drawsFor(count), 8, negativeRow, negatives + 4, 8);
}

/**
 * Writes the tracks of the chunk's tokens and their subsampling thresholds to `inputAt` and `outputAt`, which are unused until later. The
 * loops do nothing else, so that their cache misses overlap.
 */
// @ts-ignore: decorator
@inline
function lookUp(words: u32): void {
  const numbers = numberOf;
  const bars = keep;
  const end = tokens + (<usize>words << 2);
  let to = inputAt;
  for (let at = tokens; at < end; at += 4) {
    store<u32>(to, load<u32>(numbers + (<usize>load<u32>(at) << 2)));
    to += 4;
  }
  let bar = outputAt;
  for (let at = inputAt; at < to; at += 4) {
    const track = load<u32>(at);
    store<u32>(bar, load<u32>(bars + ((track == NONE ? 0 : <usize>track) << 2)));
    bar += 4;
  }
}

/**
 * Plans the windows of a playlist's tracks, positions `start` … `end` - 1. In skip-gram's groups the centres of a quad share a window, so that
 * nothing outside it is computed. It extends equally far before the first and after the last centre: by a drawn reach around one randomly
 * drawn centre, limited so that its ends are 1 to `windowSize` tracks from every centre. Otherwise each centre has its own drawn reach.
 */
// @ts-ignore: decorator
@inline
function planWindows(start: u32, end: u32): void {
  const together = skipGram && group > 1 && shrink;
  const most: u32 = together && windowSize >= 4 ? 4 : together && windowSize >= 2 ? 2 : 1;
  let from = start;
  while (from < end) {
    const to = min((from & ~(most - 1)) + most, end);
    let reach = windowSize;
    if (shrink) {
      const r = nextRandom();
      const drawn = 1 + <i32>(((r >> 32) * <u64>windowSize) >> 32);
      const member = <i32>(((r & 0xffffffff) * <u64>(to - from)) >> 32);
      reach = <u32>min<i32>(<i32>(windowSize - (to - from)) + 1, max<i32>(1, drawn - member));
    }
    const low = from - start > reach ? from - reach : start;
    const high = end - to > reach ? to + reach : end;
    for (; from < to; from++) {
      const w = windows + (<usize>from << 3);
      store<u32>(w, low);
      store<u32>(w, high, 4);
    }
  }
}

/**
 * Draws from the noise distribution by Walker's alias method: a uniform column, then either its own track or its
 * alias.
 */
function drawNegatives(count: u32): void {
  const end = negatives + (<usize>count << 3);
  const columns = <u64>vocabulary;
  const table = alias;
  for (let at = negatives; at < end; at += 8) {
    const r = nextRandom();
    const column = <u32>(((r >> 32) * columns) >> 32);
    const cell = table + (<usize>column << 3);
    // Branchless, since it is unpredictable: all ones for the column's own track.
    const own = <u32>0 - <u32>(<u32>r < load<u32>(cell));
    store<u32>(at, load<u32>(cell, 4) ^ ((column ^ load<u32>(cell, 4)) & own));
  }
}
