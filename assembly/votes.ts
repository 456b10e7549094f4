// Neighbours vote for the tracks that they hold (src/recommenders/core/neighbour-votes.ts).
//
// A query has some 100,000 votes, and with millions of tracks nearly every one is for a track that is in no cache. So a vote reads as
// little as can be: the tally of the track, which says by itself whether it is new, and two bytes for its idf. An untouched tally is
// -0: that is no sum of votes, because -0 + 0 is 0, and adding to it gives what was added to the last bit.
//
// All memory is laid out by the caller, and tallies are -0 between queries.

/** WebAssembly has no prefetch; an unused sum of one byte a tally does it. */
let touchSum: u32 = 0;

/** So that the sum counts as used. */
export function touchedSum(): u32 {
  return touchSum;
}

const untouched: u64 = 0x8000000000000000;

/**
 * The plays of `count` neighbours vote, all but the match, in their order.
 *
 * @param plays tracks (u32), neighbour after neighbour
 * @param matches where each neighbour's match is among these, and `ends`, one behind its last play (u32), and its `weights` (f64)
 * @param classes the class of each track (u16), and `idf`, the factor of each class (f64)
 * @param touched the tracks with votes, in order of the first one
 * @param after factors of a play by its distance behind the match, `before`: in front of it (f64)
 * @returns how many tracks have votes
 */
export function castVotes(
  count: u32,
  plays: usize,
  matches: usize,
  ends: usize,
  weights: usize,
  classes: usize,
  idf: usize,
  tallies: usize,
  touched: usize,
  after: usize,
  before: usize,
): u32 {
  let voted: u32 = 0;
  let start: u32 = 0;
  for (let n: usize = 0; n < <usize>count; n++) {
    const match = load<u32>(matches + (n << 2));
    const end = load<u32>(ends + (n << 2));
    const weight = load<f64>(weights + (n << 3));
    for (let at = plays + (<usize>start << 2), last = plays + (<usize>end << 2); at < last; at += 4) {
      touchSum += load<u8>(tallies + (<usize>load<u32>(at) << 3), 7);
    }
    for (let i = start; i < match; i++) {
      const place = load<f64>(before + (<usize>(match - i) << 3));
      voted = vote(load<u32>(plays + (<usize>i << 2)), weight * place, classes, idf, tallies, touched, voted);
    }
    for (let i = match + 1; i < end; i++) {
      const place = load<f64>(after + (<usize>(i - match) << 3));
      voted = vote(load<u32>(plays + (<usize>i << 2)), weight * place, classes, idf, tallies, touched, voted);
    }
    start = end;
  }
  return voted;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function vote(
  track: u32,
  weight: f64,
  classes: usize,
  idf: usize,
  tallies: usize,
  touched: usize,
  voted: u32,
): u32 {
  const tally = tallies + (<usize>track << 3);
  const old = load<u64>(tally);
  const factor = load<f64>(idf + (<usize>load<u16>(classes + (<usize>track << 1)) << 3));
  // + 0.0: a vote of -0 counts as one of 0.
  store<f64>(tally, reinterpret<f64>(old) + (weight * factor + 0.0));
  // Written in any case, kept where it is new: a branch here would be guessed wrong often.
  store<u32>(touched + (<usize>voted << 2), track);
  return voted + <u32>(old == untouched);
}

/** Takes the sums of the touched tracks out of the tallies, which are untouched again. */
export function takeSums(tallies: usize, touched: usize, count: u32, sums: usize): void {
  for (let i: usize = 0; i < <usize>count; i++) {
    const tally = tallies + (<usize>load<u32>(touched + (i << 2)) << 3);
    store<u64>(sums + (i << 3), load<u64>(tally));
    store<u64>(tally, untouched);
  }
}

/**
 * Keeps the tracks whose sum, as a 32-bit float, reaches the bound, with their sums; returns how many. What is kept may be written
 * over what is read.
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
