/**
 * The updates of a block (the second and third of its small matrix products), tiled in registers, and copies of rows. Rows are `bytes`
 * long, a multiple of 16. A tile is 2 rows × 4 vectors: 8 sums and 6 operands, eight multiply-adds per six or seven loads
 * (see _score_tiles.ts).
 */
import { mac } from "./_mac";

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

/**
 * t0 += Σj k0[j] · row[j] and t1 += Σj k1[j] · row[j] for `count` rows; t0 and t1 may be the same row. k0 and k1 are lists of floats.
 * Rows are in slices of 64 bytes: the first slices of all rows are contiguous at `slices`, the second ones `apart` bytes later, and so on.
 */
// @ts-ignore: decorator
@inline
export function gainFromSlices(
  t0: usize,
  t1: usize,
  slices: usize,
  apart: usize,
  count: u32,
  bytes: usize,
  k0: usize,
  k1: usize,
): void {
  const end = k0 + (<usize>count << 2);
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
    let p = slices;
    let at1 = k1;
    for (let at0 = k0; at0 < end; at0 += 4) {
      const s = v128.load_splat<f32>(at0);
      const t = v128.load_splat<f32>(at1);
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
      at1 += 4;
      p += 64;
    }
    gain4(t0 + c, a0, a1, a2, a3);
    gain4(t1 + c, b0, b1, b2, b3);
    slices += apart;
  }
  for (; c < bytes; c += 16) {
    let a = f32x4.splat(0);
    let b = a;
    let p = slices;
    let at1 = k1;
    for (let at0 = k0; at0 < end; at0 += 4) {
      const r = v128.load(p);
      a = mac(a, r, v128.load_splat<f32>(at0));
      b = mac(b, r, v128.load_splat<f32>(at1));
      at1 += 4;
      p += 64;
    }
    gain(t0 + c, a);
    gain(t1 + c, b);
    slices += 16;
  }
}

/**
 * t0 += Σj k[j] · row[j] and t1 += Σj k'[j] · row[j] for the rows listed from `list` to `end`; t0 and t1 may be the same row. k[j] and
 * k'[j] are adjacent floats, `stride` bytes before the next pair.
 */
// @ts-ignore: decorator
@inline
export function gainFromList(t0: usize, t1: usize, list: usize, end: usize, bytes: usize, k: usize, stride: usize): void {
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
      const p = <usize>load<u32>(l) + c;
      const s = v128.load_splat<f32>(at);
      const t = v128.load_splat<f32>(at, 4);
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
      at += stride;
    }
    gain4(t0 + c, a0, a1, a2, a3);
    gain4(t1 + c, b0, b1, b2, b3);
  }
  for (; c < bytes; c += 16) {
    let a = f32x4.splat(0);
    let b = a;
    let at = k;
    for (let l = list; l < end; l += 4) {
      const r = v128.load(<usize>load<u32>(l) + c);
      a = mac(a, r, v128.load_splat<f32>(at));
      b = mac(b, r, v128.load_splat<f32>(at, 4));
      at += stride;
    }
    gain(t0 + c, a);
    gain(t1 + c, b);
  }
}

/**
 * Copies four rows: to `to` in the slices of `gainFromSlices`, and to `across` transposed, dimension by dimension, 64 bytes apart.
 */
// @ts-ignore: decorator
@inline
export function copyQuad(
  r0: usize,
  r1: usize,
  r2: usize,
  r3: usize,
  bytes: usize,
  to: usize,
  apart: usize,
  across: usize,
): void {
  const end = r0 + bytes;
  while (r0 + 64 <= end) {
    copyColumn(v128.load(r0), v128.load(r1), v128.load(r2), v128.load(r3), to, across);
    copyColumn(v128.load(r0, 16), v128.load(r1, 16), v128.load(r2, 16), v128.load(r3, 16), to + 16, across + 256);
    copyColumn(v128.load(r0, 32), v128.load(r1, 32), v128.load(r2, 32), v128.load(r3, 32), to + 32, across + 512);
    copyColumn(v128.load(r0, 48), v128.load(r1, 48), v128.load(r2, 48), v128.load(r3, 48), to + 48, across + 768);
    r0 += 64;
    r1 += 64;
    r2 += 64;
    r3 += 64;
    to += apart;
    across += 1024;
  }
  while (r0 < end) {
    copyColumn(v128.load(r0), v128.load(r1), v128.load(r2), v128.load(r3), to, across);
    r0 += 16;
    r1 += 16;
    r2 += 16;
    r3 += 16;
    to += 16;
    across += 256;
  }
}

// @ts-ignore: decorator
@inline
function copyColumn(a: v128, b: v128, c: v128, d: v128, to: usize, across: usize): void {
  v128.store(to, a);
  v128.store(to, b, 64);
  v128.store(to, c, 128);
  v128.store(to, d, 192);
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const ef = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const gh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(across, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5));
  v128.store(across, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7), 64);
  v128.store(across, v128.shuffle<f32>(ef, gh, 0, 1, 4, 5), 128);
  v128.store(across, v128.shuffle<f32>(ef, gh, 2, 3, 6, 7), 192);
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

/** to += row */
// @ts-ignore: decorator
@inline
export function addRow(row: usize, to: usize, bytes: usize): void {
  const end = to + bytes;
  for (; to < end; to += 16) {
    v128.store(to, f32x4.add(v128.load(to), v128.load(row)));
    row += 16;
  }
}
