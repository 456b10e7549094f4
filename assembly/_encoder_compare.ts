/**
 * Compares the codes of eight contexts with the tracks drawn for the batch: scores, softmax, and both gradients, as small matrix products tiled in
 * registers (see _score_tiles.ts).
 */
import { dot } from "./_encoder_context";
import {
  at,
  CODES,
  CORRECTIONS,
  DRAWN,
  DRAWN_TRACKS,
  float,
  ITEMS,
  LOSSES,
  number,
  OWN,
  PANELS,
  PLACES,
  ROWS,
  SCALE,
  SIZE,
  SLOPES,
  UNITS,
} from "./_encoder_layout";
import { mac } from "./_mac";
import { scoreTile4 } from "./_score_tiles";

/** Contexts compared at once; parts of a batch consist of whole tiles. */
export const TILE: u32 = 8;

/** The track that follows context b. */
// @ts-ignore: decorator
@inline
export function targetOf(b: u32): u32 {
  const place = load<u32>(at(PLACES) + (<usize>b << 2));
  return load<u32>(at(ITEMS) + (<usize>place << 2));
}

/** Copies the vectors of sixteen drawn tracks, as rows and as columns. */
export function packPanel(panel: u32): void {
  const size = number(SIZE);
  const bytes = <usize>size << 2;
  for (let i: u32 = 0; i < 16; i++) {
    const j = (panel << 4) + i;
    const from = at(UNITS) + <usize>load<u32>(at(DRAWN_TRACKS) + (<usize>j << 2)) * bytes;
    memory.copy(at(ROWS) + <usize>j * bytes, from, bytes);
    let to = at(PANELS) + (<usize>panel << 4) * bytes + (<usize>i << 2);
    for (let d: usize = 0; d < bytes; d += 4, to += 64) store<f32>(to, load<f32>(from + d));
  }
}

/** Scores eight contexts from b on and writes the gradients of their codes; adds those of the drawn tracks to `sums`. */
export function compareTile(b: u32, scores: usize, sums: usize): void {
  const bytes = <usize>number(SIZE) << 2;
  const stride = <usize>number(DRAWN) << 2;
  const codes = at(CODES) + <usize>b * bytes;
  const slopes = at(SLOPES) + <usize>b * bytes;
  const panels = at(PANELS);
  const rows = at(ROWS);
  for (let column: usize = 0; column < stride; column += 64) {
    const panel = panels + (column >> 2) * bytes;
    for (let i: usize = 0; i < TILE; i += 2) {
      const x = codes + i * bytes;
      const g = scores + i * stride + column;
      scoreTile4(x, x + bytes, bytes, panel, g, g + stride);
    }
  }
  for (let i: u32 = 0; i < TILE; i++) {
    softmax(b + i, codes + <usize>i * bytes, slopes + <usize>i * bytes, scores + <usize>i * stride, stride);
  }
  for (let i: usize = 0; i < TILE; i += 2) {
    const to = slopes + i * bytes;
    const k = scores + i * stride;
    gainRows(to, to + bytes, rows, stride >> 2, bytes, k, k + stride, 4);
  }
  for (let column: usize = 0; column < stride; column += 8) {
    const to = sums + (column >> 2) * bytes;
    const k = scores + column;
    gainRows(to, to + bytes, codes, TILE, bytes, k, k + 4, stride);
  }
}

/** Turns the scores of one context into gradients, and initialises its code's gradient with that of its target's score. */
function softmax(b: u32, code: usize, slope: usize, scores: usize, stride: usize): void {
  const bytes = <usize>number(SIZE) << 2;
  const scale = float(SCALE);
  const scales = f32x4.splat(scale);
  const target = targetOf(b);
  const targets = i32x4.splat(target);
  const unit = at(UNITS) + <usize>target * bytes;
  const own = scale * dot(code, unit, bytes);
  const ownShare = f32x4.extract_lane(exp(f32x4.splat(own)), 0);
  const tracks = at(DRAWN_TRACKS);
  const corrections = at(CORRECTIONS);
  let sums = f32x4.splat(0);
  for (let j: usize = 0; j < stride; j += 16) {
    const share = exp(mac(v128.load(corrections + j), scales, v128.load(scores + j)));
    // A drawn track that is the target does not count as a negative.
    const other = v128.andnot(share, i32x4.eq(v128.load(tracks + j), targets));
    v128.store(scores + j, other);
    sums = f32x4.add(sums, other);
  }
  const sum =
    ownShare +
    (f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1)) +
    (f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3));
  const perShare = f32x4.splat(scale / sum);
  for (let j: usize = 0; j < stride; j += 16) v128.store(scores + j, f32x4.mul(v128.load(scores + j), perShare));
  const ownSlope = scale * (ownShare / sum - 1);
  store<f32>(at(OWN) + (<usize>b << 2), ownSlope);
  store<f32>(at(LOSSES) + (<usize>b << 3), sum);
  store<f32>(at(LOSSES) + (<usize>b << 3), own, 4);
  for (let i: usize = 0; i < bytes; i += 16) {
    v128.store(slope + i, f32x4.mul(f32x4.splat(ownSlope), v128.load(unit + i)));
  }
}

/**
 * t0 += Σ k0[j] · row j and t1 += Σ k1[j] · row j over `count` rows, eight sums at a time; `step` is the bytes between factors.
 */
// @ts-ignore: decorator
@inline
function gainRows(t0: usize, t1: usize, rows: usize, count: usize, bytes: usize, k0: usize, k1: usize, step: usize): void {
  const end = k0 + count * step;
  for (let c: usize = 0; c < bytes; c += 64) {
    let a0 = v128.load(t0 + c);
    let a1 = v128.load(t0 + c, 16);
    let a2 = v128.load(t0 + c, 32);
    let a3 = v128.load(t0 + c, 48);
    let b0 = v128.load(t1 + c);
    let b1 = v128.load(t1 + c, 16);
    let b2 = v128.load(t1 + c, 32);
    let b3 = v128.load(t1 + c, 48);
    let p = rows + c;
    let at1 = k1;
    for (let at0 = k0; at0 < end; at0 += step) {
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
      at1 += step;
      p += bytes;
    }
    v128.store(t0 + c, a0);
    v128.store(t0 + c, a1, 16);
    v128.store(t0 + c, a2, 32);
    v128.store(t0 + c, a3, 48);
    v128.store(t1 + c, b0);
    v128.store(t1 + c, b1, 16);
    v128.store(t1 + c, b2, 32);
    v128.store(t1 + c, b3, 48);
  }
}

/**
 * e^x for x in [-87, 87] (e^-87 below), four lanes: 2^t by range reduction to [-1/2, 1/2] and the polynomial of `certaintiesOf` in
 * _math.ts. That one keeps its constants in static memory; here the caller lays out all memory, so they are inline.
 */
// @ts-ignore: decorator
@inline
function exp(x: v128): v128 {
  const bounded = f32x4.max(x, f32x4.splat(-87));
  const scale = f32x4.splat(1.4426950408889634);
  const magic = f32x4.splat(12582912);
  const shifted = mac(magic, bounded, scale);
  const f = f32x4.sub(f32x4.mul(bounded, scale), f32x4.sub(shifted, magic));
  let p = mac(f32x4.splat(0.009675541658226872), f32x4.splat(0.0013276472172792395), f);
  p = mac(f32x4.splat(0.05550713275756345), p, f);
  p = mac(f32x4.splat(0.24022119717881857), p, f);
  p = mac(f32x4.splat(0.6931469670616174), p, f);
  p = mac(f32x4.splat(1.0000000716558803), p, f);
  return i32x4.add(p, i32x4.shl(shifted, 23));
}
