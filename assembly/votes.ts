// Neighbours vote for their tracks (src/recommenders/core/neighbours/neighbour-votes.ts).
//
// A query has some 100,000 votes, and with millions of tracks nearly every one misses the caches. So votes are first distributed to ranges
// of tracks, in their order, and then counted range by range: the tallies of one range stay in the cache, and all ranges use the same ones.
// (Few tracks are a single range, and votes are counted directly.) Besides its tally, a vote reads two bytes of its track: its idf class.
//
// An untouched tally is -0. No sum of votes is -0, since -0 + 0 is 0, and adding to -0 is exact. Sums are in the order of the votes, in
// 64 bits. All memory is laid out by the caller.

const untouched: u64 = 0x8000000000000000;

let plays: usize = 0;
let matches: usize = 0;
let ends: usize = 0;
let weights: usize = 0;
let after: usize = 0;
let before: usize = 0;
let classes: usize = 0;
let idf: usize = 0;
let votes: usize = 0;
let rangeEnds: usize = 0;
let ranges: u32 = 0;
let rangeBits: u32 = 0;
let inRange: u32 = 0;
/** 1 if a neighbour's match has no vote. */
let skipped: u32 = 0;
let tallies: usize = 0;

/**
 * @param plays_ tracks (u32), neighbour after neighbour
 * @param matches_ the position of each neighbour's match in these, `ends_`, one past its last play (u32), and its `weights_` (f64)
 * @param after_ factors of a play by its distance after the match (f64), and `before_`, before it. The first of `after_` is the match's
 *   own; if it is 0, the match has no vote
 * @param classes_ the class of each track (u16), and `idf_`, the factor of each class (f64)
 * @param votes_ room for 16 bytes per play
 * @param rangeEnds_ room for one number per range (u32); there are `ranges_` of 2^rangeBits_ tracks each
 * @param tallies_ -0, one per track of a range (f64)
 */
export function setUp(
  plays_: usize,
  matches_: usize,
  ends_: usize,
  weights_: usize,
  after_: usize,
  before_: usize,
  classes_: usize,
  idf_: usize,
  votes_: usize,
  rangeEnds_: usize,
  ranges_: u32,
  rangeBits_: u32,
  tallies_: usize,
): void {
  plays = plays_;
  matches = matches_;
  ends = ends_;
  weights = weights_;
  after = after_;
  before = before_;
  classes = classes_;
  idf = idf_;
  votes = votes_;
  rangeEnds = rangeEnds_;
  ranges = ranges_;
  rangeBits = rangeBits_;
  inRange = (1 << rangeBits) - 1;
  tallies = tallies_;
  skipped = <u32>(load<f64>(after) == 0);
}

/**
 * Counts the votes of `count` neighbours, in order.
 *
 * @param touched receives the tracks with votes (u32), range by range, and `sums` their sums (f64); both have room for one more
 * @returns how many tracks have votes
 */
export function castVotes(count: u32, touched: usize, sums: usize): u32 {
  if (ranges <= 1) return takeSums(castAtOnce(count, touched), 0, touched, sums);
  dealOut(count);
  let voted: u32 = 0;
  let vote = votes;
  for (let range: u32 = 0; range < ranges; range++) {
    const first = voted;
    // After `dealOut`, this is the end of the range's votes.
    const end = votes + (<usize>load<u32>(rangeEnds + (<usize>range << 2)) << 4);
    for (; vote < end; vote += 16) voted = castVote(load<u32>(vote, 8), load<f64>(vote), touched, voted);
    takeSums(voted, first, touched, sums);
  }
  return voted;
}

/** Counts directly if there is only one range. */
function castAtOnce(count: u32, touched: usize): u32 {
  let voted: u32 = 0;
  let start: u32 = 0;
  for (let n: usize = 0; n < <usize>count; n++) {
    const match = load<u32>(matches + (n << 2));
    const end = load<u32>(ends + (n << 2));
    const weight = load<f64>(weights + (n << 3));
    for (let i = start; i < match; i++) {
      const place = load<f64>(before + (<usize>(match - i) << 3));
      voted = castVote(load<u32>(plays + (<usize>i << 2)), weight * place, touched, voted);
    }
    for (let i = match + skipped; i < end; i++) {
      const place = load<f64>(after + (<usize>(i - match) << 3));
      voted = castVote(load<u32>(plays + (<usize>i << 2)), weight * place, touched, voted);
    }
    start = end;
  }
  return voted;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function castVote(track: u32, weight: f64, touched: usize, voted: u32): u32 {
  const tally = tallies + (<usize>(track & inRange) << 3);
  const old = load<u64>(tally);
  const factor = load<f64>(idf + (<usize>load<u16>(classes + (<usize>track << 1)) << 3));
  // + 0.0 turns a vote of -0 into 0.
  store<f64>(tally, reinterpret<f64>(old) + (weight * factor + 0.0));
  // Always written, but kept only if new: a branch would often be mispredicted.
  store<u32>(touched + (<usize>voted << 2), track);
  return voted + <u32>(old == untouched);
}

/** Moves the sums of the touched tracks [first, voted) out of the tallies, and resets these. Returns `voted`. */
function takeSums(voted: u32, first: u32, touched: usize, sums: usize): u32 {
  for (let i = first; i < voted; i++) {
    const tally = tallies + (<usize>(load<u32>(touched + (<usize>i << 2)) & inRange) << 3);
    store<u64>(sums + (<usize>i << 3), load<u64>(tally));
    store<u64>(tally, untouched);
  }
  return voted;
}

/** Distributes the votes (weight without idf, track) to their ranges. */
function dealOut(count: u32): void {
  memory.fill(rangeEnds, 0, <usize>ranges << 2);
  const all = count === 0 ? 0 : load<u32>(ends + (<usize>(count - 1) << 2));
  for (let at = plays, end = plays + (<usize>all << 2); at < end; at += 4) {
    const range = rangeEnds + (<usize>(load<u32>(at) >> rangeBits) << 2);
    store<u32>(range, load<u32>(range) + 1);
  }
  for (let n: usize = 0; n < <usize>count; n++) {
    const match = <usize>load<u32>(matches + (n << 2));
    const range = rangeEnds + (<usize>(load<u32>(plays + (match << 2)) >> rangeBits) << 2);
    store<u32>(range, load<u32>(range) - skipped);
  }
  let dealt: u32 = 0;
  for (let at = rangeEnds, end = rangeEnds + (<usize>ranges << 2); at < end; at += 4) {
    const here = load<u32>(at);
    store<u32>(at, dealt);
    dealt += here;
  }
  let start: u32 = 0;
  for (let n: usize = 0; n < <usize>count; n++) {
    const match = load<u32>(matches + (n << 2));
    const end = load<u32>(ends + (n << 2));
    const weight = load<f64>(weights + (n << 3));
    for (let i = start; i < match; i++) deal(i, weight * load<f64>(before + (<usize>(match - i) << 3)));
    for (let i = match + skipped; i < end; i++) deal(i, weight * load<f64>(after + (<usize>(i - match) << 3)));
    start = end;
  }
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function deal(play: u32, weight: f64): void {
  const track = load<u32>(plays + (<usize>play << 2));
  const range = rangeEnds + (<usize>(track >> rangeBits) << 2);
  const at = load<u32>(range);
  store<u32>(range, at + 1);
  const vote = votes + (<usize>at << 4);
  store<f64>(vote, weight);
  store<u32>(vote, track, 8);
}

/**
 * Keeps the tracks whose sum, as a 32-bit float, reaches the bound, with their sums; returns how many. May write over its input.
 */
export function keepReaching(
  tracks: usize,
  sums: usize,
  count: u32,
  bound: f32,
  kept: usize,
  keptSums: usize,
): u32 {
  let size: usize = 0;
  for (let i: usize = 0; i < <usize>count; i++) {
    const sum = load<f64>(sums + (i << 3));
    store<u32>(kept + (size << 2), load<u32>(tracks + (i << 2)));
    store<f64>(keptSums + (size << 3), sum);
    size += <usize>(<f32>sum >= bound);
  }
  return <u32>size;
}
