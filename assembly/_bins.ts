/**
 * Bins of feature values, one byte each, in two planes: the first half of the features row by row, then the second half. So a row of a
 * plane fits into one or two cache lines, which matters since the rows of a leaf are scattered; two threads with a plane each fetch half
 * of the bins each; and the histograms of a plane fit into the L1 cache.
 */
import { argument, startOf } from "./_jobs";

/** The number of features in a plane, which is the bytes per row. */
// @ts-ignore: decorator
@inline
export function halfOf(width: usize): usize {
  return (width + 1) >> 1;
}

/** The address of a feature's first bin; the next rows follow every `halfOf(width)` bytes. */
// @ts-ignore: decorator
@inline
export function columnOf(bins: usize, rows: usize, width: usize, feature: usize): usize {
  const half = halfOf(width);
  return feature < half ? bins + feature : bins + rows * half + (feature - half);
}

/** One part of `binRows`: a range of rows. */
export function binPart(part: u32, parts: u32): void {
  const width = <usize>argument(1);
  const count = argument(2);
  const half = halfOf(width);
  const end = startOf(part + 1, parts, count);
  for (let r = startOf(part, parts, count); r < end; r++) {
    const values = <usize>argument(0) + ((<usize>r * width) << 2);
    const bins = <usize>argument(4) + <usize>r * half;
    const other = (<usize>argument(5) - 1) * half;
    let edges = <usize>argument(3);
    for (let f: usize = 0; f < width; f++) {
      const x = f32x4.splat(load<f32>(values + (f << 2)));
      const coarse = eightBelow(edges, x);
      const fine = eightBelow(edges + 32 + (<usize>coarse << 5), x);
      store<u8>(bins + f + (f < half ? 0 : other), (coarse << 3) + fine);
      edges += BORDER_BYTES;
    }
  }
}

const BORDER_BYTES: usize = 72 * 4;

/** How many of eight numbers are below x. */
// @ts-ignore: decorator
@inline
function eightBelow(at: usize, x: v128): u32 {
  const first = i32x4.bitmask(f32x4.lt(v128.load(at), x));
  const second = i32x4.bitmask(f32x4.lt(v128.load(at, 16), x));
  return popcnt<u32>(<u32>first | (<u32>second << 4));
}
