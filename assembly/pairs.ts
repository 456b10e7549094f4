// Which tracks are played together (src/recommenders/core/pairs/pairs.ts): for each track, sums the weights of the tracks near its
// plays, and keeps the heaviest.
//
// Rows are short (hundreds of tracks) compared with the catalogue (millions), so sums are in a hash table sized for the row: it stays in
// the L1 cache, while a table over all tracks would miss every cache at nearly every play. Sums are in the order of the plays, in 64 bits.
//
// All memory is laid out by the caller.

import { keyAt, keyOf, scoreOf, select, sortDown } from "./_nearest_keys";

/** 2^32 divided by the golden ratio, which spreads consecutive numbers (Fibonacci hashing). */
const spread: u32 = 2654435769;
/** Up to this many entries are kept by insertion; more are selected first and then sorted. */
const mostInserted: u32 = 64;
/** Plays near those of a track are counted up to here: twice as many slots are a power of two in 32 bits. */
const mostNearby: u32 = (1 << 30) - 1;

let items: usize = 0;
// The plays of all tracks, track by track: their positions in `items`, and the bounds and weight of their playlists.
let plays: usize = 0;
let positions: usize = 0;
let playlistOf: usize = 0;
let bounds: usize = 0;
let ages: usize = 0;
let fades: usize = 0;
let ahead: u32 = 0;
let behind: u32 = 0;
let keep: u32 = 0;
let slots: usize = 0;
let sums: usize = 0;
let mostSlots: u32 = 0;
let used: usize = 0;
let keys: usize = 0;

/**
 * @param items_ the tracks of all plays
 * @param plays_ plays of track t: `positions_` from plays_[t] to plays_[t + 1], with their playlists
 * @param bounds_ the start of each playlist, then the end of the last
 * @param ages_ the weight of each playlist (f64), and `fades_`, by distance (f64)
 * @param keep_ how many entries of a row are kept
 * @param slots_ room for `mostSlots_` keys (u32, all 0) and for their sums (`sums_`, f64): a power of two, at least twice a row
 * @param used_ room for a row's slots (u32), and `keys_`, for twice as many keys as are kept (u64)
 */
export function setUp(
  items_: usize,
  plays_: usize,
  positions_: usize,
  playlistOf_: usize,
  bounds_: usize,
  ages_: usize,
  fades_: usize,
  ahead_: u32,
  behind_: u32,
  keep_: u32,
  slots_: usize,
  sums_: usize,
  mostSlots_: u32,
  used_: usize,
  keys_: usize,
): void {
  items = items_;
  plays = plays_;
  positions = positions_;
  playlistOf = playlistOf_;
  bounds = bounds_;
  ages = ages_;
  fades = fades_;
  ahead = ahead_;
  behind = behind_;
  keep = keep_;
  slots = slots_;
  sums = sums_;
  mostSlots = mostSlots_;
  used = used_;
  keys = keys_;
}

/**
 * Replaces the number of plays of each track t, at `plays`[t + 1], by cumulative sums, so that `plays`[t] is where its plays begin.
 *
 * @param next receives the same starts, one per track
 */
export function startLocating(tracks: u32, next: usize): void {
  for (let t: usize = 0; t < <usize>tracks; t++) {
    const start = load<u32>(plays + (t << 2));
    store<u32>(next + (t << 2), start);
    store<u32>(plays + (t << 2), start + load<u32>(plays + (t << 2), 4), 4);
  }
}

/** Finds the plays of the playlists [from, to); `next` has the place of each track's next one. */
export function locate(from: u32, to: u32, next: usize): void {
  for (let p = from; p < to; p++) {
    const last = load<u32>(bounds + (<usize>p << 2), 4);
    for (let i = load<u32>(bounds + (<usize>p << 2)); i < last; i++) {
      const place = next + (<usize>load<u32>(items + (<usize>i << 2)) << 2);
      const at = <usize>load<u32>(place);
      store<u32>(place, <u32>at + 1);
      store<u32>(positions + (at << 2), i);
      store<u32>(playlistOf + (at << 2), p);
    }
  }
}

/** An upper bound of the number of pairs in the rows of the tracks [from, to). */
export function mostPairs(from: u32, to: u32): f64 {
  let most: f64 = 0;
  for (let t = from; t < to; t++) most += <f64>min(keep, nearby(t));
  return most;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function firstNear(at: u32, playlist: u32): u32 {
  const start = load<u32>(bounds + (<usize>playlist << 2));
  return at - start > behind ? at - behind : start;
}

/** One past the last position near a play. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function endNear(at: u32, playlist: u32): u32 {
  const end = load<u32>(bounds + (<usize>playlist << 2), 4);
  return end - at > ahead ? at + ahead + 1 : end;
}

/** The number of plays near those of a track, at most `mostNearby`. */
function nearby(track: u32): u32 {
  let count: u32 = 0;
  const end = <usize>load<u32>(plays + (<usize>track << 2), 4);
  for (let o = <usize>load<u32>(plays + (<usize>track << 2)); o < end && count < mostNearby; o++) {
    const at = load<u32>(positions + (o << 2));
    const playlist = load<u32>(playlistOf + (o << 2));
    count += endNear(at, playlist) - firstNear(at, playlist) - 1;
  }
  return min(count, mostNearby);
}

/**
 * Computes the rows of tracks from `from` on: until `to`, until about `work` plays are read, or until `room` entries are written.
 *
 * @param ends per track, where its row ends in the output of this call (u32), and `totals`, its sum (f32)
 * @param outTracks the rows (u32), heaviest first, with their weights `outWeights` (f32)
 * @returns the first track without a row
 */
export function countRows(
  from: u32,
  to: u32,
  work: u32,
  room: u32,
  ends: usize,
  totals: usize,
  outTracks: usize,
  outWeights: usize,
): u32 {
  let written: u32 = 0;
  let done: u32 = 0;
  let track = from;
  for (; track < to && done < work && written + keep <= room; track++) {
    const near = nearby(track);
    done += near + 32;
    const size = min<u32>(max<u32>(16, 1 << (33 - clz<u32>(near))), mostSlots);
    const count = sumRow(track, 32 - ctz(size), size - 1, totals + (<usize>track << 2));
    const kept = keepHeaviest(count);
    for (let i: u32 = 0; i < kept; i++, written++) {
      const key = keyAt(keys, i);
      store<u32>(outTracks + (<usize>written << 2), ~(<u32>key));
      store<f32>(outWeights + (<usize>written << 2), scoreOf(key));
    }
    store<u32>(ends + (<usize>track << 2), written);
  }
  return track;
}

/** Sums a track's row into the hash table and lists its slots in `used`; returns their number. */
function sumRow(track: u32, shift: u32, mask: u32, totals: usize): u32 {
  let count: u32 = 0;
  let total: f64 = 0;
  const end = <usize>load<u32>(plays + (<usize>track << 2), 4);
  for (let o = <usize>load<u32>(plays + (<usize>track << 2)); o < end; o++) {
    const at = load<u32>(positions + (o << 2));
    const playlist = load<u32>(playlistOf + (o << 2));
    const age = load<f64>(ages + (<usize>playlist << 3));
    const last = endNear(at, playlist);
    for (let i = firstNear(at, playlist); i < last; i++) {
      const other = load<u32>(items + (<usize>i << 2));
      if (i == at || (other == track && behind > 0)) continue;
      const weight = age * load<f64>(fades + (<usize>(i < at ? at - i : i - at) << 3));
      total += weight;
      let slot = (other * spread) >> shift;
      for (;;) {
        const key = load<u32>(slots + (<usize>slot << 2));
        const sum = sums + (<usize>slot << 3);
        if (key == other + 1) {
          store<f64>(sum, load<f64>(sum) + weight);
          break;
        }
        if (key == 0) {
          store<u32>(slots + (<usize>slot << 2), other + 1);
          store<f64>(sum, weight);
          store<u32>(used + (<usize>count << 2), slot);
          count++;
          break;
        }
        slot = (slot + 1) & mask;
      }
    }
  }
  store<f32>(totals, <f32>total);
  return count;
}

/** Empties the hash table, and puts its heaviest entries into `keys`, sorted by weight, then number. Returns how many. */
function keepHeaviest(count: u32): u32 {
  const isFew = keep <= mostInserted;
  let held: u32 = 0;
  // Keys up to this one cannot be among the heaviest.
  let border: u64 = 0;
  for (let u: u32 = 0; u < count; u++) {
    const slot = <usize>load<u32>(used + (<usize>u << 2));
    const key = keyOf(<f32>load<f64>(sums + (slot << 3)), load<u32>(slots + (slot << 2)) - 1);
    store<u32>(slots + (slot << 2), 0);
    if (key <= border) continue;
    if (isFew) {
      if (held < keep) held++;
      insert(held - 1, key);
      if (held == keep) border = keyAt(keys, keep - 1);
    } else {
      store<u64>(keys + (<usize>held << 3), key);
      if (++held == 2 * keep) {
        select(keys, held, keep);
        held = keep;
        border = keyAt(keys, 0);
        for (let i: u32 = 1; i < keep; i++) border = min(border, keyAt(keys, i));
      }
    }
  }
  if (isFew) return held;
  if (held > keep) {
    select(keys, held, keep);
    held = keep;
  }
  sortDown(keys, held);
  return held;
}

/** Inserts a key into the keys up to index `at`, sorted highest first; the one at `at` is dropped. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function insert(at: u32, key: u64): void {
  let place = keys + (<usize>at << 3);
  while (place > keys && load<u64>(place - 8) < key) {
    store<u64>(place, load<u64>(place - 8));
    place -= 8;
  }
  store<u64>(place, key);
}
