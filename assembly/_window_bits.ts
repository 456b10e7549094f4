/** Which windows of a group contain each input of a block: one bit per centre. */
import { base, centres, first, inputs, setSpan } from "./_block";
import { windowBits, windows } from "./_settings";

/** The indices within a quad. */
// @ts-ignore: decorator
@inline
function lanes(): v128 {
  return i32x4(0, 1, 2, 3);
}

/** For CBOW: input c is only in the window of centre c. */
export function markBags(large: bool): void {
  for (let c: u32 = 0; c < inputs; c++) store<u32>(windowBits + (<usize>c << 2), 1 << c);
  setSpan(0, 0, min<i32>(4, centres));
  if (large) setSpan(4, min<i32>(4, centres), centres);
}

/**
 * Writes the bits of each input to `windowBits`, and sets the span of inputs of each quad of centres; a `large` group has two quads. A
 * centre is not in its own window. Compares all inputs with all windows, so that no step depends on another.
 */
export function markWindows(large: bool): void {
  const w = windows + (<usize>first << 3);
  const from = fromOf(w, 0);
  const to = toOf(w, 0);
  const fromBack = fromOf(w + 32, 4);
  const toBack = toOf(w + 32, 4);
  setQuadSpan(0, from, to);
  if (large) setQuadSpan(4, fromBack, toBack);
  const own = i32x4.add(lanes(), i32x4.splat(<i32>first - <i32>base));
  const ownBack = i32x4.add(own, i32x4.splat(4));
  const one = i32x4.splat(1);
  const end = windowBits + (<usize>inputs << 2);
  let input = i32x4.splat(0);
  for (let at = windowBits; at < end; at += 4) {
    const bits = i32x4.bitmask(within(input, from, to, own));
    store<u32>(at, bits | (i32x4.bitmask(within(input, fromBack, toBack, ownBack)) << 4));
    input = i32x4.add(input, one);
  }
}

/** All ones for the windows of a quad that contain an input. */
// @ts-ignore: decorator
@inline
function within(input: v128, from: v128, to: v128, own: v128): v128 {
  const out = v128.or(i32x4.gt_s(from, input), i32x4.eq(own, input));
  return v128.andnot(i32x4.gt_s(to, input), out);
}

/** The first input of the windows at `w`; after all inputs for missing centres. */
// @ts-ignore: decorator
@inline
function fromOf(w: usize, start: u32): v128 {
  const at = v128.shuffle<i32>(v128.load(w), v128.load(w, 16), 0, 2, 4, 6);
  return v128.bitselect(i32x4.sub(at, i32x4.splat(base)), i32x4.splat(i32.MAX_VALUE), there(start));
}

/** The same for their ends; before all inputs for missing centres. */
// @ts-ignore: decorator
@inline
function toOf(w: usize, start: u32): v128 {
  const at = v128.shuffle<i32>(v128.load(w), v128.load(w, 16), 1, 3, 5, 7);
  return v128.bitselect(i32x4.sub(at, i32x4.splat(base)), i32x4.splat(i32.MIN_VALUE), there(start));
}

/** All ones for the centres of a quad that exist. */
// @ts-ignore: decorator
@inline
function there(start: u32): v128 {
  return i32x4.gt_s(i32x4.splat(<i32>centres - <i32>start), lanes());
}

// @ts-ignore: decorator
@inline
function setQuadSpan(start: u32, from: v128, to: v128): void {
  const none = i32x4.splat(0);
  const all = i32x4.splat(inputs);
  const lowest = i32x4.min_s(i32x4.max_s(from, none), all);
  const highest = i32x4.min_s(i32x4.max_s(to, none), all);
  const low2 = i32x4.min_s(lowest, v128.shuffle<i32>(lowest, lowest, 2, 3, 0, 1));
  const high2 = i32x4.max_s(highest, v128.shuffle<i32>(highest, highest, 2, 3, 0, 1));
  setSpan(
    start,
    min(i32x4.extract_lane(low2, 0), i32x4.extract_lane(low2, 1)),
    max(i32x4.extract_lane(high2, 0), i32x4.extract_lane(high2, 1)),
  );
}
