// The hot loops of the blend's evidence (src/recommenders/blend): neighbours vote for their tracks, and candidates are weighted.
//
// A query reads tens of thousands of plays. The tally of a track is eight floats, two vectors of four, so that a vote is two loads, two
// sums and two stores:
//    sum of similarities, sum of overlaps, voters, largest similarity | near, near and late, following, (unused)
// The tally from neighbours by artists is two floats: sum of similarities, near.
//
// All memory is laid out by the caller (gather-memory.ts). Tallies are zero between queries.

/** The last distance in a table of weights; greater distances have its weight. */
const farthest: u32 = 1023;
/** Bytes of a row of evidence: 32 columns, one that only the merit uses, and three of padding. */
const ROW: usize = 144;
const tallyShift: usize = 5;
const pairShift: usize = 3;

/** Whether to touch tallies before votes are added: it pays if they are larger than the caches. */
let ahead = false;

export function touchAhead(value: bool): void {
  ahead = value;
}

/** Replaces prefetching, which WebAssembly lacks: an unused sum. */
let touchSum: u32 = 0;

/** Exported so that the compiler keeps the sum. */
export function touchedSum(): u32 {
  return touchSum;
}

/** Touches the tallies of the tracks [start, end) in a loop that does nothing else, so that many loads overlap. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function touch(items: usize, start: u32, end: u32, tallies: usize, shift: usize): void {
  if (!ahead) return;
  let sum: u32 = 0;
  for (let at = items + (<usize>start << 2), last = items + (<usize>end << 2); at < last; at += 4) {
    sum += load<u32>(tallies + (<usize>load<u32>(at) << shift));
  }
  touchSum += sum;
}

/**
 * Adds the votes of a neighbour: its plays [start, end) except the match.
 *
 * @param after weights of a play by its distance after the match, `before`: before it
 * @param touched the tracks with votes, of which there are `count`
 * @returns how many tracks have votes now
 */
export function castVotes(
  items: usize,
  start: u32,
  match: u32,
  end: u32,
  tallies: usize,
  touched: usize,
  count: u32,
  after: usize,
  before: usize,
  similarity: f32,
  overlap: f32,
  late: f32,
): u32 {
  touch(items, start, end, tallies, tallyShift);
  const flat = f32x4.replace_lane(f32x4.replace_lane(f32x4.splat(similarity), 1, overlap), 2, 1);
  const sums = f32x4.replace_lane(flat, 3, 0);
  const most = f32x4.replace_lane(f32x4.splat(0), 3, similarity);
  const placed = f32x4.replace_lane(f32x4.replace_lane(f32x4.splat(0), 0, similarity), 1, late);
  for (let i = start; i < match; i++) {
    const place = load<f32>(before + (<usize>min(match - i, farthest) << 2));
    count = vote(items, i, tallies, touched, count, sums, most, f32x4.mul(placed, f32x4.splat(place)));
  }
  for (let i = match + 1; i < end; i++) {
    const place = load<f32>(after + (<usize>min(i - match, farthest) << 2));
    count = vote(items, i, tallies, touched, count, sums, most, f32x4.mul(placed, f32x4.splat(place)));
  }
  if (match + 1 < end) {
    const following = tallies + (<usize>load<u32>(items + (<usize>(match + 1) << 2)) << tallyShift);
    store<f32>(following, load<f32>(following, 24) + similarity, 24);
  }
  return count;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function vote(
  items: usize,
  at: u32,
  tallies: usize,
  touched: usize,
  count: u32,
  sums: v128,
  most: v128,
  placed: v128,
): u32 {
  const track = load<u32>(items + (<usize>at << 2));
  const tally = tallies + (<usize>track << tallyShift);
  const old = v128.load(tally);
  v128.store(tally, f32x4.max(f32x4.add(old, sums), most));
  v128.store(tally, f32x4.add(v128.load(tally, 16), placed), 16);
  // Always written, but kept only if new: a branch would often be mispredicted.
  store<u32>(touched + (<usize>count << 2), track);
  return count + <u32>(f32x4.extract_lane(old, 2) == 0);
}

/** Writes the score of each touched track: 0.4 × its similarities + near. */
export function sumVotes(tallies: usize, touched: usize, count: u32, scores: usize): void {
  touch(touched, 0, count, tallies, tallyShift);
  for (let i: u32 = 0; i < count; i++) {
    const tally = tallies + (<usize>load<u32>(touched + (<usize>i << 2)) << tallyShift);
    store<f64>(scores + (<usize>i << 3), <f64>(<f32>0.4 * load<f32>(tally) + load<f32>(tally, 16)));
  }
}

export function clearVotes(tallies: usize, touched: usize, count: u32): void {
  const zero = i32x4.splat(0);
  for (let i: u32 = 0; i < count; i++) {
    const tally = tallies + (<usize>load<u32>(touched + (<usize>i << 2)) << tallyShift);
    v128.store(tally, zero);
    v128.store(tally, zero, 16);
  }
}

/** Adds the votes of a neighbour by artists: its plays [start, end). `places` has weights by distance from the match, in both directions. */
export function castPairs(
  items: usize,
  start: u32,
  match: u32,
  end: u32,
  pairs: usize,
  touched: usize,
  count: u32,
  places: usize,
  similarity: f32,
): u32 {
  // A track is touched once its sum is not 0. The last of a long context's artists may weigh less than 32 bits can tell.
  if (similarity == 0) return count;
  touch(items, start, end, pairs, pairShift);
  for (let i = start; i < end; i++) {
    const distance = i > match ? i - match : match - i;
    const near = similarity * load<f32>(places + (<usize>min(distance, farthest) << 2));
    const track = load<u32>(items + (<usize>i << 2));
    const pair = pairs + (<usize>track << pairShift);
    const old = load<f32>(pair);
    store<f32>(pair, old + similarity);
    store<f32>(pair, load<f32>(pair, 4) + near, 4);
    store<u32>(touched + (<usize>count << 2), track);
    count += <u32>(old == 0);
  }
  return count;
}

/** Writes the score of each touched track, which grows with its artist's weight in the context. */
export function sumPairs(
  pairs: usize,
  touched: usize,
  count: u32,
  artistOf: usize,
  weights: usize,
  scores: usize,
): void {
  for (let i: u32 = 0; i < count; i++) {
    const track = <usize>load<u32>(touched + (<usize>i << 2));
    const artist = <usize>load<u32>(artistOf + (track << 2));
    const sum = <f64>load<f32>(pairs + (track << pairShift));
    store<f64>(scores + (<usize>i << 3), sum * (0.2 + load<f64>(weights + (artist << 3))));
  }
}

export function clearPairs(pairs: usize, touched: usize, count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    store<u64>(pairs + (<usize>load<u32>(touched + (<usize>i << 2)) << pairShift), 0);
  }
}

/** Keeps the touched tracks whose score reaches the bound, with their scores; returns how many. */
export function keepReaching(
  touched: usize,
  scores: usize,
  count: u32,
  bound: f64,
  kept: usize,
  keptScores: usize,
): u32 {
  let size: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const score = load<f64>(scores + (<usize>i << 3));
    store<u32>(kept + (<usize>size << 2), load<u32>(touched + (<usize>i << 2)));
    store<f64>(keptScores + (<usize>size << 3), score);
    size += <u32>(score >= bound);
  }
  return size;
}

/** Writes the largest value of each column over `count` rows of ROW bytes, at least `least`. */
export function largestOfColumns(rows: usize, count: u32, least: f32, most: usize): void {
  let m0 = f32x4.splat(least);
  let m1 = m0;
  let m2 = m0;
  let m3 = m0;
  let m4 = m0;
  let m5 = m0;
  let m6 = m0;
  let m7 = m0;
  let m8 = m0;
  const end = rows + <usize>count * ROW;
  for (let row = rows; row < end; row += ROW) {
    m8 = f32x4.max(m8, v128.load(row, 128));
    m0 = f32x4.max(m0, v128.load(row));
    m1 = f32x4.max(m1, v128.load(row, 16));
    m2 = f32x4.max(m2, v128.load(row, 32));
    m3 = f32x4.max(m3, v128.load(row, 48));
    m4 = f32x4.max(m4, v128.load(row, 64));
    m5 = f32x4.max(m5, v128.load(row, 80));
    m6 = f32x4.max(m6, v128.load(row, 96));
    m7 = f32x4.max(m7, v128.load(row, 112));
  }
  v128.store(most, m0);
  v128.store(most, m1, 16);
  v128.store(most, m2, 32);
  v128.store(most, m3, 48);
  v128.store(most, m4, 64);
  v128.store(most, m5, 80);
  v128.store(most, m6, 96);
  v128.store(most, m7, 112);
  v128.store(most, m8, 128);
}

/**
 * Writes the features of a row of evidence: its 32 columns, then value × scale of the columns at the byte offsets in `shared`; and the
 * `factCount` facts of the query to `factsTo`.
 */
export function writeRow(
  row: usize,
  scales: usize,
  shared: usize,
  count: u32,
  facts: usize,
  factCount: u32,
  to: usize,
  factsTo: usize,
): void {
  for (let at: usize = 0; at < 128; at += 16) v128.store(to + at, v128.load(row + at));
  let next = to + 128;
  for (let at = shared, end = shared + (<usize>count << 2); at < end; at += 4) {
    const column = <usize>load<u32>(at);
    store<f32>(next, load<f32>(row + column) * load<f32>(scales + column));
    next += 4;
  }
  const end = <usize>factCount << 2;
  for (let at: usize = 0; at < end; at += 4) store<f32>(factsTo + at, load<f32>(facts + at));
}

/** Writes the merit of `count` rows of ROW bytes: the sum of weight × share + root weight × √share, where share is value × scale. */
export function weigh(rows: usize, count: u32, scales: usize, weights: usize, merits: usize): void {
  for (let i: u32 = 0; i < count; i++) {
    const row = rows + <usize>i * ROW;
    let sum = f32x4.splat(0);
    for (let at: usize = 0; at < ROW; at += 16) {
      const share = f32x4.mul(v128.load(row + at), v128.load(scales + at));
      sum = f32x4.add(sum, f32x4.mul(share, v128.load(weights + at)));
      sum = f32x4.add(sum, f32x4.mul(f32x4.sqrt(share), v128.load(weights + ROW + at)));
    }
    const low = f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1);
    const high = f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3);
    store<f64>(merits + (<usize>i << 3), <f64>(low + high));
  }
}
