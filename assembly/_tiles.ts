/**
 * The small matrix products of a window, tiled in registers. `ins` and `outs` are lists of row addresses; a row is `bytes`
 * long, a multiple of 16. Scores and gradients lie in a block G[output][input] whose rows are 32 floats apart.
 *
 * V8 has fifteen vector registers to give, so: scores by tiles of 4 inputs × 2 outputs (8 sums, 4 + 1 operands, 1
 * product), updates by tiles of up to 6 outputs over one vector of dimensions (6 outputs, 6 sums, 1 input).
 */
import { addLoss, foldLoss } from "./_loss";
import { expNonPositive, sumLanes4 } from "./_math";

/** Bytes between two rows of G; a block of a window has at most 32 inputs. */
export const G_STRIDE: usize = 128;

/** From scores to gradients, (label - σ(s)) · alpha, with the loss taken on the way. */
// @ts-ignore: decorator
@inline
export function gradientOf(s: v128, label: v128, alpha: v128): v128 {
  const one = f32x4.splat(1);
  const e = expNonPositive(f32x4.neg(f32x4.abs(s)));
  const factor = f32x4.add(one, e);
  const positive = f32x4.ge(s, f32x4.splat(0));
  const sigma = f32x4.div(v128.bitselect(one, e, positive), factor);
  // max(-s, 0) where the label is 1, max(s, 0) where it is 0.
  const signed = f32x4.mul(s, f32x4.sub(one, f32x4.add(label, label)));
  addLoss(factor, f32x4.max(signed, f32x4.splat(0)));
  return f32x4.mul(f32x4.sub(label, sigma), alpha);
}

// @ts-ignore: decorator
@inline
function mac(sum: v128, a: v128, b: v128): v128 {
  return f32x4.add(sum, f32x4.mul(a, b));
}

/** G[q0, q1][four inputs], from the addresses of the two outputs' rows. */
// @ts-ignore: decorator
@inline
function scoreTile2(ins: usize, q0: usize, q1: usize, bytes: usize, g: usize, l0: v128, l1: v128, alpha: v128): void {
  let p0 = <usize>load<u32>(ins);
  let p1 = <usize>load<u32>(ins, 4);
  let p2 = <usize>load<u32>(ins, 8);
  let p3 = <usize>load<u32>(ins, 12);
  const end = p0 + bytes;
  const even = p0 + (bytes & ~31);
  let a0 = f32x4.splat(0);
  let a1 = f32x4.splat(0);
  let a2 = f32x4.splat(0);
  let a3 = f32x4.splat(0);
  let b0 = f32x4.splat(0);
  let b1 = f32x4.splat(0);
  let b2 = f32x4.splat(0);
  let b3 = f32x4.splat(0);
  while (p0 < even) {
    let x0 = v128.load(p0);
    let x1 = v128.load(p1);
    let x2 = v128.load(p2);
    let x3 = v128.load(p3);
    let y = v128.load(q0);
    a0 = mac(a0, y, x0);
    a1 = mac(a1, y, x1);
    a2 = mac(a2, y, x2);
    a3 = mac(a3, y, x3);
    y = v128.load(q1);
    b0 = mac(b0, x0, y);
    b1 = mac(b1, x1, y);
    b2 = mac(b2, x2, y);
    b3 = mac(b3, x3, y);
    x0 = v128.load(p0, 16);
    x1 = v128.load(p1, 16);
    x2 = v128.load(p2, 16);
    x3 = v128.load(p3, 16);
    y = v128.load(q0, 16);
    a0 = mac(a0, y, x0);
    a1 = mac(a1, y, x1);
    a2 = mac(a2, y, x2);
    a3 = mac(a3, y, x3);
    y = v128.load(q1, 16);
    b0 = mac(b0, x0, y);
    b1 = mac(b1, x1, y);
    b2 = mac(b2, x2, y);
    b3 = mac(b3, x3, y);
    p0 += 32;
    p1 += 32;
    p2 += 32;
    p3 += 32;
    q0 += 32;
    q1 += 32;
  }
  if (p0 < end) {
    const x0 = v128.load(p0);
    const x1 = v128.load(p1);
    const x2 = v128.load(p2);
    const x3 = v128.load(p3);
    let y = v128.load(q0);
    a0 = mac(a0, y, x0);
    a1 = mac(a1, y, x1);
    a2 = mac(a2, y, x2);
    a3 = mac(a3, y, x3);
    y = v128.load(q1);
    b0 = mac(b0, x0, y);
    b1 = mac(b1, x1, y);
    b2 = mac(b2, x2, y);
    b3 = mac(b3, x3, y);
  }
  v128.store(g, gradientOf(sumLanes4(a0, a1, a2, a3), l0, alpha));
  v128.store(g + G_STRIDE, gradientOf(sumLanes4(b0, b1, b2, b3), l1, alpha));
}

/** As `scoreTile2` for one output; also the whole product of CBOW, where `ins` are the outputs and `q` is the mean. */
// @ts-ignore: decorator
@inline
function dots4(list: usize, q: usize, bytes: usize): v128 {
  let p0 = <usize>load<u32>(list);
  let p1 = <usize>load<u32>(list, 4);
  let p2 = <usize>load<u32>(list, 8);
  let p3 = <usize>load<u32>(list, 12);
  const end = p0 + bytes;
  let a0 = f32x4.splat(0);
  let a1 = f32x4.splat(0);
  let a2 = f32x4.splat(0);
  let a3 = f32x4.splat(0);
  while (p0 < end) {
    const y = v128.load(q);
    a0 = mac(a0, v128.load(p0), y);
    a1 = mac(a1, v128.load(p1), y);
    a2 = mac(a2, v128.load(p2), y);
    a3 = mac(a3, v128.load(p3), y);
    p0 += 16;
    p1 += 16;
    p2 += 16;
    p3 += 16;
    q += 16;
  }
  return sumLanes4(a0, a1, a2, a3);
}

/**
 * G for every input and output. Lists of inputs are padded to a multiple of four with the address of a row of zeros.
 */
export function scores(ins: usize, inputs: u32, outs: usize, labels: usize, outputs: u32, bytes: usize, g: usize, alpha: f32): void {
  const rate = f32x4.splat(alpha);
  const tiles = ins + (<usize>((inputs + 3) & ~3) << 2);
  const pads = ((inputs + 3) & ~3) - inputs;
  let m: u32 = 0;
  for (; m + 2 <= outputs; m += 2) {
    const q0 = <usize>load<u32>(outs);
    const q1 = <usize>load<u32>(outs, 4);
    const l0 = v128.load_splat<f32>(labels);
    const l1 = v128.load_splat<f32>(labels, 4);
    let at = g;
    for (let p = ins; p < tiles; p += 16) {
      scoreTile2(p, q0, q1, bytes, at, l0, l1, rate);
      at += 16;
    }
    outs += 8;
    labels += 8;
    g += 2 * G_STRIDE;
    if ((m & 7) == 6) foldLoss(pads * 8);
  }
  if (m < outputs) {
    const q = <usize>load<u32>(outs);
    const l = v128.load_splat<f32>(labels);
    let at = g;
    for (let p = ins; p < tiles; p += 16) {
      v128.store(at, gradientOf(dots4(p, q, bytes), l, rate));
      at += 16;
    }
  }
  if ((outputs & 7) != 0) foldLoss(pads * (outputs & 7));
}

/**
 * Both updates of a window for up to six outputs, with the old rows on both right-hand sides:
 * in[w] += Σm G[m][w]·out[m] and out[m] += Σw G[m][w]·in[w]. Rows are taken four dimensions at a time.
 *
 * A window of more than six outputs takes several calls: `sums` then holds the new inputs until the last one.
 */
// @ts-ignore: decorator
@inline
function updateTile(
  M: i32,
  first: bool,
  last: bool,
  ins: usize,
  inputs: u32,
  outs: usize,
  bytes: usize,
  g: usize,
  sums: usize,
): void {
  const q0 = <usize>load<u32>(outs);
  const q1 = M > 1 ? <usize>load<u32>(outs, 4) : 0;
  const q2 = M > 2 ? <usize>load<u32>(outs, 8) : 0;
  const q3 = M > 3 ? <usize>load<u32>(outs, 12) : 0;
  const q4 = M > 4 ? <usize>load<u32>(outs, 16) : 0;
  const q5 = M > 5 ? <usize>load<u32>(outs, 20) : 0;
  const end = g + (<usize>inputs << 2);
  for (let c: usize = 0; c < bytes; c += 16) {
    const o0 = v128.load(q0 + c);
    const o1 = M > 1 ? v128.load(q1 + c) : f32x4.splat(0);
    const o2 = M > 2 ? v128.load(q2 + c) : f32x4.splat(0);
    const o3 = M > 3 ? v128.load(q3 + c) : f32x4.splat(0);
    const o4 = M > 4 ? v128.load(q4 + c) : f32x4.splat(0);
    const o5 = M > 5 ? v128.load(q5 + c) : f32x4.splat(0);
    let s0 = f32x4.splat(0);
    let s1 = f32x4.splat(0);
    let s2 = f32x4.splat(0);
    let s3 = f32x4.splat(0);
    let s4 = f32x4.splat(0);
    let s5 = f32x4.splat(0);
    let list = ins;
    let kept = sums + c;
    for (let at = g; at < end; at += 4) {
      const p = <usize>load<u32>(list) + c;
      list += 4;
      const x = v128.load(p);
      let y = first ? x : v128.load(kept);
      let k = v128.load_splat<f32>(at);
      y = f32x4.add(y, f32x4.mul(k, o0));
      s0 = f32x4.add(s0, f32x4.mul(k, x));
      if (M > 1) {
        k = v128.load_splat<f32>(at, G_STRIDE);
        y = f32x4.add(y, f32x4.mul(k, o1));
        s1 = f32x4.add(s1, f32x4.mul(k, x));
      }
      if (M > 2) {
        k = v128.load_splat<f32>(at, 2 * G_STRIDE);
        y = f32x4.add(y, f32x4.mul(k, o2));
        s2 = f32x4.add(s2, f32x4.mul(k, x));
      }
      if (M > 3) {
        k = v128.load_splat<f32>(at, 3 * G_STRIDE);
        y = f32x4.add(y, f32x4.mul(k, o3));
        s3 = f32x4.add(s3, f32x4.mul(k, x));
      }
      if (M > 4) {
        k = v128.load_splat<f32>(at, 4 * G_STRIDE);
        y = f32x4.add(y, f32x4.mul(k, o4));
        s4 = f32x4.add(s4, f32x4.mul(k, x));
      }
      if (M > 5) {
        k = v128.load_splat<f32>(at, 5 * G_STRIDE);
        y = f32x4.add(y, f32x4.mul(k, o5));
        s5 = f32x4.add(s5, f32x4.mul(k, x));
      }
      v128.store(last ? p : kept, y);
      kept += bytes;
    }
    // Read again: an output may be in the list twice.
    v128.store(q0 + c, f32x4.add(v128.load(q0 + c), s0));
    if (M > 1) v128.store(q1 + c, f32x4.add(v128.load(q1 + c), s1));
    if (M > 2) v128.store(q2 + c, f32x4.add(v128.load(q2 + c), s2));
    if (M > 3) v128.store(q3 + c, f32x4.add(v128.load(q3 + c), s3));
    if (M > 4) v128.store(q4 + c, f32x4.add(v128.load(q4 + c), s4));
    if (M > 5) v128.store(q5 + c, f32x4.add(v128.load(q5 + c), s5));
  }
}

/** The updates of a window of any number of outputs. */
export function update(ins: usize, inputs: u32, outs: usize, outputs: u32, bytes: usize, g: usize, sums: usize): void {
  if (outputs == 6) updateTile(6, true, true, ins, inputs, outs, bytes, g, sums);
  else if (outputs == 5) updateTile(5, true, true, ins, inputs, outs, bytes, g, sums);
  else if (outputs == 4) updateTile(4, true, true, ins, inputs, outs, bytes, g, sums);
  else if (outputs == 3) updateTile(3, true, true, ins, inputs, outs, bytes, g, sums);
  else if (outputs == 2) updateTile(2, true, true, ins, inputs, outs, bytes, g, sums);
  else if (outputs == 1) updateTile(1, true, true, ins, inputs, outs, bytes, g, sums);
  else updateMany(ins, inputs, outs, outputs, bytes, g, sums);
}

function updateMany(ins: usize, inputs: u32, outs: usize, outputs: u32, bytes: usize, g: usize, sums: usize): void {
  updateTile(4, true, false, ins, inputs, outs, bytes, g, sums);
  let left = outputs - 4;
  while (left > 4) {
    outs += 16;
    g += 4 * G_STRIDE;
    updateTile(4, false, false, ins, inputs, outs, bytes, g, sums);
    left -= 4;
  }
  outs += 16;
  g += 4 * G_STRIDE;
  if (left == 4) updateTile(4, false, true, ins, inputs, outs, bytes, g, sums);
  else if (left == 3) updateTile(3, false, true, ins, inputs, outs, bytes, g, sums);
  else if (left == 2) updateTile(2, false, true, ins, inputs, outs, bytes, g, sums);
  else updateTile(1, false, true, ins, inputs, outs, bytes, g, sums);
}

/**
 * A window of CBOW: `mean` (one row of scratch) becomes the mean (or sum) of the inputs, every output learns from it, and the
 * gathered error goes back to every input. As gensim has it, the error of a *sum* is divided by the number of inputs.
 */
export function bagOfWords(
  ins: usize,
  inputs: u32,
  outs: usize,
  labels: usize,
  outputs: u32,
  bytes: usize,
  g: usize,
  mean: usize,
  error: usize,
  useMean: bool,
  alpha: f32,
): void {
  const share = f32x4.splat(1 / <f32>inputs);
  const listEnd = ins + (<usize>inputs << 2);
  for (let c: usize = 0; c < bytes; c += 16) {
    let sum = v128.load(<usize>load<u32>(ins) + c);
    for (let list = ins + 4; list < listEnd; list += 4) {
      sum = f32x4.add(sum, v128.load(<usize>load<u32>(list) + c));
    }
    v128.store(mean + c, useMean ? f32x4.mul(sum, share) : sum);
    v128.store(error + c, f32x4.splat(0));
  }
  const rate = f32x4.splat(alpha);
  for (let m: u32 = 0; m < outputs; m += 4) {
    const at = <usize>m << 2;
    v128.store(g + at, gradientOf(dots4(outs + at, mean, bytes), v128.load(labels + at), rate));
    if ((m & 124) == 124) foldLoss(0);
  }
  foldLoss(((outputs + 3) & ~3) - outputs);
  let m: u32 = 0;
  for (; m + 2 <= outputs; m += 2) {
    const at = <usize>m << 2;
    const q0 = <usize>load<u32>(outs + at);
    const q1 = <usize>load<u32>(outs + at, 4);
    const k0 = v128.load_splat<f32>(g + at);
    const k1 = v128.load_splat<f32>(g + at, 4);
    for (let c: usize = 0; c < bytes; c += 16) {
      const h = v128.load(mean + c);
      const o0 = v128.load(q0 + c);
      const o1 = v128.load(q1 + c);
      v128.store(error + c, mac(mac(v128.load(error + c), k0, o0), k1, o1));
      v128.store(q0 + c, mac(o0, k0, h));
      v128.store(q1 + c, mac(v128.load(q1 + c), k1, h));
    }
  }
  if (m < outputs) {
    const at = <usize>m << 2;
    const q = <usize>load<u32>(outs + at);
    const k = v128.load_splat<f32>(g + at);
    for (let c: usize = 0; c < bytes; c += 16) {
      const o = v128.load(q + c);
      v128.store(error + c, mac(v128.load(error + c), k, o));
      v128.store(q + c, mac(o, k, v128.load(mean + c)));
    }
  }
  const back = useMean ? f32x4.splat(1) : share;
  for (let c: usize = 0; c < bytes; c += 16) {
    const e = f32x4.mul(v128.load(error + c), back);
    for (let list = ins; list < listEnd; list += 4) {
      const p = <usize>load<u32>(list) + c;
      v128.store(p, f32x4.add(v128.load(p), e));
    }
  }
}
