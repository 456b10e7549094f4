/**
 * Scores of a block (the first of its small matrix products), tiled in registers. Copies of outputs are transposed, so that a vector has
 * one dimension of four outputs, and no sums over lanes are needed.
 *
 * V8 has fifteen vector registers available, and puts all loads of a loop's body before its arithmetic. A tile whose values do not all fit
 * is half as fast; so is one of fewer than eight sums, which wait for each other. So tiles are 2 inputs × 16 outputs, 3 × 12 or 4 × 8:
 * 8 or 9 sums and 6 operands. The loops only multiply and add, and their ends are known long before the sums, which hides mispredicted
 * branches.
 */
import { mac } from "./_mac";

/**
 * Scores of the inputs at `x0` and `x1` (rows of `bytes`) with up to four quads of outputs, whose transposed copies are at `y`, 64 bytes
 * per dimension; written to `g0` and `g1`.
 */
// @ts-ignore: decorator
@inline
export function scoreTile4(x0: usize, x1: usize, bytes: usize, y: usize, g0: usize, g1: usize): void {
  const end = x0 + bytes;
  let a0 = f32x4.splat(0);
  let a1 = a0;
  let a2 = a0;
  let a3 = a0;
  let b0 = a0;
  let b1 = a0;
  let b2 = a0;
  let b3 = a0;
  while (x0 < end) {
    const s = v128.load_splat<f32>(x0);
    const t = v128.load_splat<f32>(x1);
    const y0 = v128.load(y);
    const y1 = v128.load(y, 16);
    const y2 = v128.load(y, 32);
    const y3 = v128.load(y, 48);
    a0 = mac(a0, y0, s);
    a1 = mac(a1, y1, s);
    a2 = mac(a2, y2, s);
    a3 = mac(a3, y3, s);
    b0 = mac(b0, y0, t);
    b1 = mac(b1, y1, t);
    b2 = mac(b2, y2, t);
    b3 = mac(b3, y3, t);
    x0 += 4;
    x1 += 4;
    y += 64;
  }
  v128.store(g0, a0);
  v128.store(g0, a1, 16);
  v128.store(g0, a2, 32);
  v128.store(g0, a3, 48);
  v128.store(g1, b0);
  v128.store(g1, b1, 16);
  v128.store(g1, b2, 32);
  v128.store(g1, b3, 48);
}

/** The same for three inputs and three quads: nine sums. `apart` is the bytes between the scores of two inputs. */
// @ts-ignore: decorator
@inline
export function scoreTile3(x0: usize, x1: usize, x2: usize, bytes: usize, y: usize, g: usize, apart: usize): void {
  const end = x0 + bytes;
  let a0 = f32x4.splat(0);
  let a1 = a0;
  let a2 = a0;
  let b0 = a0;
  let b1 = a0;
  let b2 = a0;
  let c0 = a0;
  let c1 = a0;
  let c2 = a0;
  while (x0 < end) {
    const s = v128.load_splat<f32>(x0);
    const t = v128.load_splat<f32>(x1);
    const u = v128.load_splat<f32>(x2);
    const y0 = v128.load(y);
    const y1 = v128.load(y, 16);
    const y2 = v128.load(y, 32);
    a0 = mac(a0, y0, s);
    a1 = mac(a1, y1, s);
    a2 = mac(a2, y2, s);
    b0 = mac(b0, y0, t);
    b1 = mac(b1, y1, t);
    b2 = mac(b2, y2, t);
    c0 = mac(c0, y0, u);
    c1 = mac(c1, y1, u);
    c2 = mac(c2, y2, u);
    x0 += 4;
    x1 += 4;
    x2 += 4;
    y += 64;
  }
  v128.store(g, a0);
  v128.store(g, a1, 16);
  v128.store(g, a2, 32);
  g += apart;
  v128.store(g, b0);
  v128.store(g, b1, 16);
  v128.store(g, b2, 32);
  g += apart;
  v128.store(g, c0);
  v128.store(g, c1, 16);
  v128.store(g, c2, 32);
}

/** The same for four inputs and two quads: eight sums. */
// @ts-ignore: decorator
@inline
export function scoreTile2(
  x0: usize,
  x1: usize,
  x2: usize,
  x3: usize,
  bytes: usize,
  y: usize,
  g: usize,
  apart: usize,
): void {
  const end = x0 + bytes;
  let a0 = f32x4.splat(0);
  let a1 = a0;
  let b0 = a0;
  let b1 = a0;
  let c0 = a0;
  let c1 = a0;
  let d0 = a0;
  let d1 = a0;
  while (x0 < end) {
    const s = v128.load_splat<f32>(x0);
    const t = v128.load_splat<f32>(x1);
    const u = v128.load_splat<f32>(x2);
    const v = v128.load_splat<f32>(x3);
    const y0 = v128.load(y);
    const y1 = v128.load(y, 16);
    a0 = mac(a0, y0, s);
    a1 = mac(a1, y1, s);
    b0 = mac(b0, y0, t);
    b1 = mac(b1, y1, t);
    c0 = mac(c0, y0, u);
    c1 = mac(c1, y1, u);
    d0 = mac(d0, y0, v);
    d1 = mac(d1, y1, v);
    x0 += 4;
    x1 += 4;
    x2 += 4;
    x3 += 4;
    y += 64;
  }
  v128.store(g, a0);
  v128.store(g, a1, 16);
  g += apart;
  v128.store(g, b0);
  v128.store(g, b1, 16);
  g += apart;
  v128.store(g, c0);
  v128.store(g, c1, 16);
  g += apart;
  v128.store(g, d0);
  v128.store(g, d1, 16);
}

/** The same for four inputs and one quad. */
// @ts-ignore: decorator
@inline
export function scoreTile1(
  x0: usize,
  x1: usize,
  x2: usize,
  x3: usize,
  bytes: usize,
  y: usize,
  g: usize,
  apart: usize,
): void {
  const end = x0 + bytes;
  let a = f32x4.splat(0);
  let b = a;
  let c = a;
  let d = a;
  while (x0 < end) {
    const r = v128.load(y);
    a = mac(a, r, v128.load_splat<f32>(x0));
    b = mac(b, r, v128.load_splat<f32>(x1));
    c = mac(c, r, v128.load_splat<f32>(x2));
    d = mac(d, r, v128.load_splat<f32>(x3));
    x0 += 4;
    x1 += 4;
    x2 += 4;
    x3 += 4;
    y += 64;
  }
  v128.store(g, a);
  v128.store(g + apart, b);
  v128.store(g + 2 * apart, c);
  v128.store(g + 3 * apart, d);
}
