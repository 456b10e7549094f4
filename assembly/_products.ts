/**
 * The small matrix products of a block, tiled in registers. Rows lie one after the other, `bytes` long, a multiple of 16, and the
 * gradients in a block G[output][input] whose rows are 32 floats apart.
 *
 * V8 has fifteen vector registers to give, and puts all loads of a loop's body before its arithmetic; a tile whose values do
 * not all fit is twice as slow. Scores are made by tiles of 4 inputs × 2 outputs, updates by tiles of 2 rows × 4
 * vectors: 8 sums and 6 operands, eight multiply-adds for six loads.
 */
import { mac, sumLanes4 } from "./_math";
import { STRIDE } from "./_settings";

/** G[two outputs][four inputs], from the first of each. */
// @ts-ignore: decorator
@inline
export function scoreTile(p0: usize, q0: usize, bytes: usize, g: usize): void {
  const end = p0 + bytes;
  let p1 = end;
  let p2 = p1 + bytes;
  let p3 = p2 + bytes;
  let q1 = q0 + bytes;
  let a0 = f32x4.splat(0);
  let a1 = a0;
  let a2 = a0;
  let a3 = a0;
  let b0 = a0;
  let b1 = a0;
  let b2 = a0;
  let b3 = a0;
  while (p0 < end) {
    const x0 = v128.load(p0);
    const x1 = v128.load(p1);
    const x2 = v128.load(p2);
    const x3 = v128.load(p3);
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
    p0 += 16;
    p1 += 16;
    p2 += 16;
    p3 += 16;
    q0 += 16;
    q1 += 16;
  }
  v128.store(g, sumLanes4(a0, a1, a2, a3));
  v128.store(g, sumLanes4(b0, b1, b2, b3), STRIDE);
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
function second<T>(at: usize): v128 {
  if (isFloat<T>()) return v128.load_splat<f32>(at, 4);
  return v128.load_splat<f32>(at, STRIDE);
}

/**
 * t0 += Σj k[j] · row[j] and t1 += Σj k'[j] · row[j]. k[j] lie `step` bytes apart from `k` on.
 * t0 and t1 may be one row.
 */
// @ts-ignore: decorator
@inline
function combine<T>(t0: usize, t1: usize, from: usize, to: usize, bytes: usize, k: usize, step: usize): void {
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
    for (let p = from + c; p < to; p += bytes) {
      const s = v128.load_splat<f32>(at);
      const t = second<T>(at);
      const r0 = v128.load(p);
      const r1 = v128.load(p, 16);
      const r2 = v128.load(p, 32);
      const r3 = v128.load(p, 48);
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
    for (let p = from + c; p < to; p += bytes) {
      const r = v128.load(p);
      a = mac(a, r, v128.load_splat<f32>(at));
      b = mac(b, r, second<T>(at));
      at += step;
    }
    gain(t0 + c, a);
    gain(t1 + c, b);
  }
}

/** Two rows of outputs gain Σ G[output][input] · input over the inputs at `from` … `to`; `g` is at the first of them. */
// @ts-ignore: decorator
@inline
export function gainOutputs(t0: usize, t1: usize, from: usize, to: usize, bytes: usize, g: usize): void {
  combine<i32>(t0, t1, from, to, bytes, g, 4);
}

/** Two rows of inputs gain Σ G[output][input] · output over the outputs at `from` … `to`; `g` is at the first of them. */
// @ts-ignore: decorator
@inline
export function gainInputs(t0: usize, t1: usize, from: usize, to: usize, bytes: usize, g: usize): void {
  combine<f32>(t0, t1, from, to, bytes, g, STRIDE);
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
