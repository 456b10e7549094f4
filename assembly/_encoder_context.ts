/**
 * A context's code: the sum of its tracks' vectors, each multiplied by the gates of its distance from the end, normalised to length 1.
 * Training drops random dimensions of each track (dropout), the same ones in the forward and the backward pass.
 */
import {
  at,
  CODES,
  GATES,
  INVERSES,
  ITEMS,
  KEEP,
  LENGTHS,
  number,
  PLACES,
  REACH,
  SEED,
  SIZE,
  SLOPES,
  UNITS,
} from "./_encoder_layout";
import { mac } from "./_mac";

/** The track `back` places before the one that follows context b. */
// @ts-ignore: decorator
@inline
export function trackAt(b: u32, back: u32): u32 {
  const place = load<u32>(at(PLACES) + (<usize>b << 2));
  return load<u32>(at(ITEMS) + (<usize>(place - 1 - back) << 2));
}

// @ts-ignore: decorator
@inline
export function lengthOf(b: u32): u32 {
  return load<u32>(at(LENGTHS) + (<usize>b << 2));
}

/** Four random streams for a position of a context. */
// @ts-ignore: decorator
@inline
function lotsOf(b: u32, back: u32): v128 {
  let z = number(SEED) + (b * number(REACH) + back) * 0x9e3779b9;
  z = (z ^ (z >>> 16)) * 0x85ebca6b;
  z = (z ^ (z >>> 13)) * 0xc2b2ae35;
  z ^= z >>> 16;
  const lots = i32x4(z | 1, (z * 0x27d4eb2f) | 2, (z * 0x165667b1) | 4, (z * 0x2c1b3c6d) | 8);
  return nextLots(nextLots(lots));
}

/** The next numbers (xorshift32, Marsaglia 2003). */
// @ts-ignore: decorator
@inline
function nextLots(lots: v128): v128 {
  let x = v128.xor(lots, i32x4.shl(lots, 13));
  x = v128.xor(x, i32x4.shr_u(x, 17));
  return v128.xor(x, i32x4.shl(x, 5));
}

/** to += values · times, in the dimensions that dropout keeps at a position of a context. */
// @ts-ignore: decorator
@inline
export function gainKept(to: usize, values: usize, times: usize, b: u32, back: u32): void {
  const bytes = <usize>number(SIZE) << 2;
  const keep = i32x4.splat(number(KEEP));
  let lots = lotsOf(b, back);
  for (let i: usize = 0; i < bytes; i += 16) {
    lots = nextLots(lots);
    const kept = v128.and(v128.load(values + i), i32x4.lt_s(lots, keep));
    v128.store(to + i, mac(v128.load(to + i), kept, v128.load(times + i)));
  }
}

// @ts-ignore: decorator
@inline
function sumOfLanes(a: v128): f32 {
  return (
    f32x4.extract_lane(a, 0) + f32x4.extract_lane(a, 1) + (f32x4.extract_lane(a, 2) + f32x4.extract_lane(a, 3))
  );
}

// @ts-ignore: decorator
@inline
export function dot(a: usize, b: usize, bytes: usize): f32 {
  let sum = f32x4.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) sum = mac(sum, v128.load(a + i), v128.load(b + i));
  return sumOfLanes(sum);
}

/** Writes the code of context b, and the factor that normalised it. */
export function encode(b: u32): void {
  const bytes = <usize>number(SIZE) << 2;
  const code = at(CODES) + <usize>b * bytes;
  memory.fill(code, 0, bytes);
  const length = lengthOf(b);
  for (let back: u32 = 0; back < length; back++) {
    const unit = at(UNITS) + <usize>trackAt(b, back) * bytes;
    gainKept(code, unit, at(GATES) + <usize>back * bytes, b, back);
  }
  const squares = dot(code, code, bytes);
  const inverse: f32 = squares > 1e-18 ? 1 / sqrt<f32>(squares) : 0;
  store<f32>(at(INVERSES) + (<usize>b << 2), inverse);
  for (let i: usize = 0; i < bytes; i += 16) {
    v128.store(code + i, f32x4.mul(v128.load(code + i), f32x4.splat(inverse)));
  }
}

/** Replaces the gradient of a code by that of the unnormalised sum, and adds to that of the gates. */
export function backward(b: u32, gateSums: usize): void {
  const bytes = <usize>number(SIZE) << 2;
  const code = at(CODES) + <usize>b * bytes;
  const slope = at(SLOPES) + <usize>b * bytes;
  const along = f32x4.splat(dot(code, slope, bytes));
  const inverse = f32x4.splat(load<f32>(at(INVERSES) + (<usize>b << 2)));
  for (let i: usize = 0; i < bytes; i += 16) {
    const across = f32x4.sub(v128.load(slope + i), f32x4.mul(along, v128.load(code + i)));
    v128.store(slope + i, f32x4.mul(across, inverse));
  }
  const length = lengthOf(b);
  for (let back: u32 = 0; back < length; back++) {
    const unit = at(UNITS) + <usize>trackAt(b, back) * bytes;
    gainKept(gateSums + <usize>back * bytes, unit, slope, b, back);
  }
}
