/**
 * The windows of CBOW's centres. Neighbouring windows share most of their tracks, so a window's sum is the difference of two running
 * sums over the block, and gradients are spread back the same way. This costs a few additions per centre and one per track, whatever
 * the window's length.
 */
import { base, centres, clip, first, high, inputs, setInputs, windowFrom, windowTo } from "./_block";
import { BLOCK, bytes, errors, inputAt, means, sums } from "./_settings";

// @ts-ignore: decorator
@inline
function openPositions(from: u32): void {
  setInputs(from, min(high - from, BLOCK));
}

/** The address of the row at a position. */
// @ts-ignore: decorator
@inline
function rowAt(u: u32): usize {
  return <usize>load<u32>(inputAt + (<usize>(base + u) << 2));
}

/** Adds to each centre's row of `means` the rows of its window that are in the block at `from`, except its own. */
export function sumWindows(from: u32): void {
  openPositions(from);
  // Row u of sums becomes the sum of the rows before u.
  for (let c: usize = 0; c < bytes; c += 16) v128.store(sums + c, f32x4.splat(0));
  let before = sums;
  for (let u: u32 = 0; u < inputs; u++) {
    sumRows(before, rowAt(u), before + bytes, bytes);
    before += bytes;
  }
  for (let c: u32 = 0; c < centres; c++) {
    addDifferences(
      means + <usize>c * bytes,
      sums + <usize>clip(first + c) * bytes,
      sums + <usize>windowFrom(c) * bytes,
      sums + <usize>windowTo(c) * bytes,
      sums + <usize>clip(first + c + 1) * bytes,
      bytes,
    );
  }
}

function sumRows(a: usize, b: usize, to: usize, length: usize): void {
  const end = a + length;
  for (; a < end; a += 16) {
    v128.store(to, f32x4.add(v128.load(a), v128.load(b)));
    b += 16;
    to += 16;
  }
}

/** to += (a - b) + (c - d) */
function addDifferences(to: usize, a: usize, b: usize, c: usize, d: usize, length: usize): void {
  const end = to + length;
  for (; to < end; to += 16) {
    const left = f32x4.sub(v128.load(a), v128.load(b));
    const right = f32x4.sub(v128.load(c), v128.load(d));
    v128.store(to, f32x4.add(v128.load(to), f32x4.add(left, right)));
    a += 16;
    b += 16;
    c += 16;
    d += 16;
  }
}

/** Adds to each row of the block at `from` the `errors` of every centre whose window it is in. */
export function spreadErrors(from: u32): void {
  openPositions(from);
  // Row u of sums becomes the gain of row u minus that of the row before it.
  memory.fill(sums, 0, <usize>(inputs + 1) * bytes);
  for (let c: u32 = 0; c < centres; c++) {
    const error = errors + <usize>c * bytes;
    markEdges(error, sums + <usize>windowFrom(c) * bytes, sums + <usize>clip(first + c) * bytes, bytes);
    markEdges(error, sums + <usize>clip(first + c + 1) * bytes, sums + <usize>windowTo(c) * bytes, bytes);
  }
  let gain = sums;
  for (let u: u32 = 0; u < inputs; u++) {
    gainRunning(rowAt(u), gain, gain + bytes, bytes);
    gain += bytes;
  }
}

/** from += row, to -= row */
function markEdges(row: usize, from: usize, to: usize, length: usize): void {
  const end = row + length;
  for (; row < end; row += 16) {
    const r = v128.load(row);
    v128.store(from, f32x4.add(v128.load(from), r));
    v128.store(to, f32x4.sub(v128.load(to), r));
    from += 16;
    to += 16;
  }
}

/** row += gain, next += gain */
function gainRunning(row: usize, gain: usize, next: usize, length: usize): void {
  const end = gain + length;
  for (; gain < end; gain += 16) {
    const g = v128.load(gain);
    v128.store(row, f32x4.add(v128.load(row), g));
    v128.store(next, f32x4.add(v128.load(next), g));
    row += 16;
    next += 16;
  }
}
