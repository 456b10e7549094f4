/**
 * The small matrix products of a block, tiled in registers. Rows are `bytes` long, a multiple of 16; copies of inputs lie four
 * rows interleaved, so that a tile of scores walks one pointer for them; gradients lie in a block G[output][input] whose rows are
 * `stride` bytes apart.
 *
 * V8 has fifteen vector registers to give, and puts all loads of a loop's body before its arithmetic; a tile whose values do
 * not all fit is twice as slow. Scores are made by tiles of 4 inputs × 2 outputs, updates by tiles of 2 rows × 4
 * vectors: 8 sums and 6 operands, eight multiply-adds for six loads.
 */
import { mac, sumLanes4 } from "./_math";

/**
 * Scores of four inputs (from `p` on, interleaved) with the output at `q0`, written to `g0`, and with the one at `q1`, to `g1`.
 */
// @ts-ignore: decorator
@inline
export function scoreTile(p: usize, q0: usize, q1: usize, bytes: usize, g0: usize, g1: usize): void {
  const end = q0 + bytes;
  let a0 = f32x4.splat(0);
  let a1 = a0;
  let a2 = a0;
  let a3 = a0;
  let b0 = a0;
  let b1 = a0;
  let b2 = a0;
  let b3 = a0;
  while (q0 < end) {
    const x0 = v128.load(p);
    const x1 = v128.load(p, 16);
    const x2 = v128.load(p, 32);
    const x3 = v128.load(p, 48);
    const y0 = v128.load(q0);
    const y1 = v128.load(q1);
    a0 = mac(a0, x0, y0);
    a1 = mac(a1, x1, y0);
    a2 = mac(a2, x2, y0);
    a3 = mac(a3, x3, y0);
    b0 = mac(b0, x0, y1);
    b1 = mac(b1, x1, y1);
    b2 = mac(b2, x2, y1);
    b3 = mac(b3, x3, y1);
    p += 64;
    q0 += 16;
    q1 += 16;
  }
  v128.store(g0, sumLanes4(a0, a1, a2, a3));
  v128.store(g1, sumLanes4(b0, b1, b2, b3));
}

// @ts-ignore: decorator
@inline
function gain(at: usize, a: v128): void {
  v128.store(at, f32x4.add(v128.load(at), a));
}

// @ts-ignore: decorator
@inline
function gain4(at: usize, a: v128, b: v128, c: v128, d: v128): void {
  gain(at, a);
  v128.store(at, f32x4.add(v128.load(at, 16), b), 16);
  v128.store(at, f32x4.add(v128.load(at, 32), c), 32);
  v128.store(at, f32x4.add(v128.load(at, 48), d), 48);
}

/** The factor for the second row: the next input's (T is f32) or the next output's. */
// @ts-ignore: decorator
@inline
function second<T>(at: usize, stride: usize): v128 {
  if (isFloat<T>()) return v128.load_splat<f32>(at, 4);
  return v128.load_splat<f32>(at + stride);
}

/**
 * t0 += Σj k[j] · row[j] and t1 += Σj k'[j] · row[j], for the rows listed from `list` to `end`; t0 and t1 may be one row. T is f32 for
 * inputs that gain from outputs (whose rows are as they are), i32 for outputs that gain from inputs (interleaved copies).
 */
// @ts-ignore: decorator
@inline
function combine<T>(
  t0: usize,
  t1: usize,
  list: usize,
  end: usize,
  bytes: usize,
  k: usize,
  stride: usize,
): void {
  const step: usize = isFloat<T>() ? stride : 4;
  const apart: usize = isFloat<T>() ? 1 : 4;
  let c: usize = 0;
  for (; c + 64 <= bytes; c += 64) {
    let a0 = f32x4.splat(0);
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    let b0 = a0;
    let b1 = a0;
    let b2 = a0;
    let b3 = a0;
    let at = k;
    for (let l = list; l < end; l += 4) {
      const p = <usize>load<u32>(l) + c * apart;
      const s = v128.load_splat<f32>(at);
      const t = second<T>(at, stride);
      const r0 = v128.load(p);
      const r1 = isFloat<T>() ? v128.load(p, 16) : v128.load(p, 64);
      const r2 = isFloat<T>() ? v128.load(p, 32) : v128.load(p, 128);
      const r3 = isFloat<T>() ? v128.load(p, 48) : v128.load(p, 192);
      a0 = mac(a0, r0, s);
      a1 = mac(a1, r1, s);
      a2 = mac(a2, r2, s);
      a3 = mac(a3, r3, s);
      b0 = mac(b0, r0, t);
      b1 = mac(b1, r1, t);
      b2 = mac(b2, r2, t);
      b3 = mac(b3, r3, t);
      at += step;
    }
    gain4(t0 + c, a0, a1, a2, a3);
    gain4(t1 + c, b0, b1, b2, b3);
  }
  for (; c < bytes; c += 16) {
    let a = f32x4.splat(0);
    let b = a;
    let at = k;
    for (let l = list; l < end; l += 4) {
      const r = v128.load(<usize>load<u32>(l) + c * apart);
      a = mac(a, r, v128.load_splat<f32>(at));
      b = mac(b, r, second<T>(at, stride));
      at += step;
    }
    gain(t0 + c, a);
    gain(t1 + c, b);
  }
}

/** Two rows of outputs gain Σ G[output][input] · input over the interleaved inputs listed in `list` … `end`; `g` is at the first. */
// @ts-ignore: decorator
@inline
export function gainOutputs(
  t0: usize,
  t1: usize,
  list: usize,
  end: usize,
  bytes: usize,
  g: usize,
  stride: usize,
): void {
  combine<i32>(t0, t1, list, end, bytes, g, stride);
}

/** Two rows of inputs gain Σ G[output][input] · output over the outputs listed in `list` … `end`; `g` is at the first. */
// @ts-ignore: decorator
@inline
export function gainInputs(
  t0: usize,
  t1: usize,
  list: usize,
  end: usize,
  bytes: usize,
  g: usize,
  stride: usize,
): void {
  combine<f32>(t0, t1, list, end, bytes, g, stride);
}

/** Copies a row to its place among three others, vector by vector. */
// @ts-ignore: decorator
@inline
export function interleave(from: usize, to: usize, bytes: usize): void {
  const end = from + bytes;
  for (; from < end; from += 16) {
    v128.store(to, v128.load(from));
    to += 64;
  }
}

// @ts-ignore: decorator
@inline
export function copyRow(from: usize, to: usize, bytes: usize): void {
  let c: usize = 0;
  for (; c + 64 <= bytes; c += 64) {
    v128.store(to + c, v128.load(from + c));
    v128.store(to + c, v128.load(from + c, 16), 16);
    v128.store(to + c, v128.load(from + c, 32), 32);
    v128.store(to + c, v128.load(from + c, 48), 48);
  }
  for (; c < bytes; c += 16) v128.store(to + c, v128.load(from + c));
}

// @ts-ignore: decorator
@inline
export function scaleRow(at: usize, bytes: usize, factor: f32): void {
  const f = f32x4.splat(factor);
  for (let c: usize = 0; c < bytes; c += 16) v128.store(at + c, f32x4.mul(v128.load(at + c), f));
}
