// Counts the links of one track for the blend (src/recommenders/blend/evidence/links.ts): which tracks are near its plays, and how.
//
// A link is eight floats, two vectors of four, so that a nearby play is two loads, two sums and two stores:
//    next, after, before, together | late, (unused) × 3
// What a play adds to the first vector depends only on its distance and comes from a table: 16 bytes per distance, one table per
// direction.
//
// All memory is laid out by the caller (links-memory.ts). Between tracks all slots are 0.

const linkShift: usize = 5;

/**
 * Adds the neighbours of the play at position `at`: the positions [first, last] except itself.
 *
 * @param age the weight of the play's playlist in `late`
 * @param after, before tables by distance, from 0
 * @param slots 1 + the number of each track's link; 0: none
 * @param others the track of each link
 * @param count number of links
 * @returns the new number of links
 */
export function addPlay(
  items: usize,
  first: u32,
  at: u32,
  last: u32,
  age: f32,
  after: usize,
  before: usize,
  slots: usize,
  others: usize,
  links: usize,
  count: u32,
): u32 {
  for (let i = first; i < at; i++) {
    const step = v128.load(before + (<usize>(at - i) << 4));
    count = add(load<u32>(items + (<usize>i << 2)), step, 0, slots, others, links, count);
  }
  for (let i = at + 1; i <= last; i++) {
    const step = v128.load(after + (<usize>(i - at) << 4));
    const late = age * f32x4.extract_lane(step, 1);
    count = add(load<u32>(items + (<usize>i << 2)), step, late, slots, others, links, count);
  }
  return count;
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function add(
  other: u32,
  step: v128,
  late: f32,
  slots: usize,
  others: usize,
  links: usize,
  count: u32,
): u32 {
  const slot = slots + (<usize>other << 2);
  const number = load<u32>(slot);
  if (number == 0) {
    const link = links + (<usize>count << linkShift);
    v128.store(link, step);
    store<f32>(link, late, 16);
    store<u32>(others + (<usize>count << 2), other);
    store<u32>(slot, ++count);
    return count;
  }
  const link = links + (<usize>(number - 1) << linkShift);
  v128.store(link, f32x4.add(v128.load(link), step));
  store<f32>(link, load<f32>(link, 16) + late, 16);
  return count;
}

/**
 * Ends the counting of a track: resets the slots to 0, writes the strength of each link (after + 0.4 before + 0.2 together) to
 * `strengths`, and the sums of the links' five weights, in their order, to `sums` (f64).
 */
export function close(
  slots: usize,
  others: usize,
  links: usize,
  count: u32,
  strengths: usize,
  sums: usize,
): void {
  let next: f64 = 0;
  let after: f64 = 0;
  let before: f64 = 0;
  let together: f64 = 0;
  let late: f64 = 0;
  for (let i: u32 = 0; i < count; i++) {
    store<u32>(slots + (<usize>load<u32>(others + (<usize>i << 2)) << 2), 0);
    const link = links + (<usize>i << linkShift);
    const linkAfter = <f64>load<f32>(link, 4);
    const linkBefore = <f64>load<f32>(link, 8);
    const linkTogether = <f64>load<f32>(link, 12);
    store<f64>(strengths + (<usize>i << 3), linkAfter + 0.4 * linkBefore + 0.2 * linkTogether);
    next += <f64>load<f32>(link);
    after += linkAfter;
    before += linkBefore;
    together += linkTogether;
    late += <f64>load<f32>(link, 16);
  }
  store<f64>(sums, next);
  store<f64>(sums, after, 8);
  store<f64>(sums, before, 16);
  store<f64>(sums, together, 24);
  store<f64>(sums, late, 32);
}
