/**
 * The small matrix products of a window, tiled in registers. `ins` and `outs` are lists of row addresses; a row is `bytes`
 * long, a multiple of 16. Scores and gradients lie in a block G[output][input] whose rows are 32 floats apart.
 *
 * V8 has fifteen vector registers to give, and a tile whose values do not all fit is twice as slow: scores are made by tiles of
 * 4 inputs × 2 outputs (8 sums, 5 operands, 1 product), updates by tiles of 2 rows × 4 vectors (8 sums, 3 operands, 1
 * product).
 */
import { addLoss } from "./_loss";
import { expNonPositive, sumLanes4 } from "./_math";

/** Bytes between two rows of G; a block of a window has at most 32 inputs. */
export const G_STRIDE: usize = 128;

// @ts-ignore: decorator
@inline
function mac(sum: v128, a: v128, b: v128): v128 {
  return f32x4.add(sum, f32x4.mul(a, b));
}

/** G[q0, q1][four inputs], from the addresses of the two outputs' rows. */
// @ts-ignore: decorator
@inline
function scoreTile2(ins: usize, q0: usize, q1: usize, bytes: usize, g: usize): void {
  let p0 = <usize>load<u32>(ins);
  let p1 = <usize>load<u32>(ins, 4);
  let p2 = <usize>load<u32>(ins, 8);
  let p3 = <usize>load<u32>(ins, 12);
  const end = p0 + bytes;
  let a0 = f32x4.splat(0);
  let a1 = a0;
  let a2 = a0;
  let a3 = a0;
  let b0 = a0;
  let b1 = a0;
  let b2 = a0;
  let b3 = a0;
  // Not unrolled: V8 would move all loads of an iteration to its start and run out of registers.
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
  v128.store(g + G_STRIDE, sumLanes4(b0, b1, b2, b3));
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

/** Scores of every input and output. Lists of inputs are padded to a multiple of four with the address of a row of zeros. */
function scores(ins: usize, inputs: u32, outs: usize, outputs: u32, bytes: usize, g: usize): void {
  const end = ins + (<usize>inputs << 2);
  const pairsEnd = outs + (<usize>(outputs & ~1) << 2);
  for (; outs < pairsEnd; outs += 8) {
    const q0 = <usize>load<u32>(outs);
    const q1 = <usize>load<u32>(outs, 4);
    let at = g;
    for (let p = ins; p < end; p += 16) {
      scoreTile2(p, q0, q1, bytes, at);
      at += 16;
    }
    g += 2 * G_STRIDE;
  }
  if ((outputs & 1) != 0) {
    const q = <usize>load<u32>(outs);
    for (let p = ins; p < end; p += 16) {
      v128.store(g, dots4(p, q, bytes));
      g += 16;
    }
  }
}

/**
 * Scores become gradients, (label - σ(s)) · alpha, a row of G for each label; the loss is taken on the way.
 */
function gradients(labels: usize, outputs: u32, inputs: u32, g: usize, alpha: f32): void {
  const vectors = (inputs + 3) >> 2;
  const length = <usize>vectors << 4;
  const pads = (vectors << 2) - inputs;
  const one = f32x4.splat(1);
  const rate = f32x4.splat(alpha);
  for (let first: u32 = 0; first < outputs; first += 8) {
    const some = min(outputs - first, 8);
    let factors = one;
    let linear = f32x4.splat(0);
    for (let m: u32 = 0; m < some; m++) {
      const label = v128.load_splat<f32>(labels);
      // s·sign is what should be large: sign is 1 for the label 1, -1 for 0.
      const sign = f32x4.sub(f32x4.add(label, label), one);
      const step = f32x4.mul(sign, rate);
      const end = g + length;
      for (let at = g; at < end; at += 16) {
        const z = f32x4.mul(v128.load(at), sign);
        const e = expNonPositive(v128.or(z, f32x4.splat(-0.0)));
        const factor = f32x4.add(one, e);
        const wrong = f32x4.lt(z, f32x4.splat(0));
        v128.store(at, f32x4.mul(step, f32x4.div(v128.bitselect(one, e, wrong), factor)));
        factors = f32x4.mul(factors, factor);
        linear = f32x4.sub(linear, v128.and(z, wrong));
      }
      labels += 4;
      g += G_STRIDE;
    }
    addLoss(factors, linear, pads * some);
  }
}

// @ts-ignore: decorator
@inline
function put(add: bool, at: usize, value: v128, offset: usize = 0): void {
  if (add) v128.store(at + offset, f32x4.add(v128.load(at + offset), value));
  else v128.store(at + offset, value);
}

/**
 * Two rows at once, t[i] = Σj coefficient[i][j] · row[j], or with `add` t[i] += that; four vectors of dimensions at a time, so
 * that eight sums stay in registers. Coefficients of one i lie `step` bytes apart. t[0] and t[1] may be one row.
 */
// @ts-ignore: decorator
@inline
function combine2(
  add: bool,
  t0: usize,
  t1: usize,
  list: usize,
  count: u32,
  g0: usize,
  g1: usize,
  step: usize,
  bytes: usize,
): void {
  const listEnd = list + (<usize>count << 2);
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
    let k0 = g0;
    let k1 = g1;
    for (let at = list; at < listEnd; at += 4) {
      const p = <usize>load<u32>(at) + c;
      const x = v128.load_splat<f32>(k0);
      const y = v128.load_splat<f32>(k1);
      let r = v128.load(p);
      a0 = f32x4.add(a0, f32x4.mul(r, x));
      b0 = f32x4.add(b0, f32x4.mul(r, y));
      r = v128.load(p, 16);
      a1 = f32x4.add(a1, f32x4.mul(r, x));
      b1 = f32x4.add(b1, f32x4.mul(r, y));
      r = v128.load(p, 32);
      a2 = f32x4.add(a2, f32x4.mul(r, x));
      b2 = f32x4.add(b2, f32x4.mul(r, y));
      r = v128.load(p, 48);
      a3 = f32x4.add(a3, f32x4.mul(r, x));
      b3 = f32x4.add(b3, f32x4.mul(r, y));
      k0 += step;
      k1 += step;
    }
    put(add, t0 + c, a0);
    put(add, t0 + c, a1, 16);
    put(add, t0 + c, a2, 32);
    put(add, t0 + c, a3, 48);
    put(add, t1 + c, b0);
    put(add, t1 + c, b1, 16);
    put(add, t1 + c, b2, 32);
    put(add, t1 + c, b3, 48);
  }
  for (; c < bytes; c += 16) {
    let a = f32x4.splat(0);
    let b = a;
    let k0 = g0;
    let k1 = g1;
    for (let at = list; at < listEnd; at += 4) {
      const r = v128.load(<usize>load<u32>(at) + c);
      a = f32x4.add(a, f32x4.mul(r, v128.load_splat<f32>(k0)));
      b = f32x4.add(b, f32x4.mul(r, v128.load_splat<f32>(k1)));
      k0 += step;
      k1 += step;
    }
    put(add, t0 + c, a);
    put(add, t1 + c, b);
  }
}

/** As `combine2` for one row. */
// @ts-ignore: decorator
@inline
function combine1(add: bool, t: usize, list: usize, count: u32, g: usize, step: usize, bytes: usize): void {
  const listEnd = list + (<usize>count << 2);
  let c: usize = 0;
  for (; c + 64 <= bytes; c += 64) {
    let a0 = f32x4.splat(0);
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    let k = g;
    for (let at = list; at < listEnd; at += 4) {
      const p = <usize>load<u32>(at) + c;
      const x = v128.load_splat<f32>(k);
      a0 = f32x4.add(a0, f32x4.mul(v128.load(p), x));
      a1 = f32x4.add(a1, f32x4.mul(v128.load(p, 16), x));
      a2 = f32x4.add(a2, f32x4.mul(v128.load(p, 32), x));
      a3 = f32x4.add(a3, f32x4.mul(v128.load(p, 48), x));
      k += step;
    }
    put(add, t + c, a0);
    put(add, t + c, a1, 16);
    put(add, t + c, a2, 32);
    put(add, t + c, a3, 48);
  }
  for (; c < bytes; c += 16) {
    let a = f32x4.splat(0);
    let k = g;
    for (let at = list; at < listEnd; at += 4) {
      a = f32x4.add(a, f32x4.mul(v128.load(<usize>load<u32>(at) + c), v128.load_splat<f32>(k)));
      k += step;
    }
    put(add, t + c, a);
  }
}

/**
 * One block of a skip-gram window: scores, gradients, and both updates with the old rows on both right-hand sides,
 * in[w] += Σm G[m][w]·out[m] and out[m] += Σw G[m][w]·in[w]. `spare` holds what outputs
 * gain until the inputs are done. A row may be in a list several times.
 */
export function skipGramBlock(
  ins: usize,
  inputs: u32,
  outs: usize,
  labels: usize,
  outputs: u32,
  bytes: usize,
  g: usize,
  spare: usize,
  alpha: f32,
): void {
  scores(ins, inputs, outs, outputs, bytes, g);
  gradients(labels, outputs, inputs, g, alpha);
  let m: u32 = 0;
  let t = spare;
  let k = g;
  for (; m + 2 <= outputs; m += 2) {
    combine2(false, t, t + bytes, ins, inputs, k, k + G_STRIDE, 4, bytes);
    t += 2 * bytes;
    k += 2 * G_STRIDE;
  }
  if (m < outputs) combine1(false, t, ins, inputs, k, 4, bytes);
  let w: u32 = 0;
  k = g;
  for (; w + 2 <= inputs; w += 2) {
    const p0 = <usize>load<u32>(ins + (<usize>w << 2));
    const p1 = <usize>load<u32>(ins + (<usize>w << 2), 4);
    combine2(true, p0, p1, outs, outputs, k, k + 4, G_STRIDE, bytes);
    k += 8;
  }
  if (w < inputs) {
    const p = <usize>load<u32>(ins + (<usize>w << 2));
    combine1(true, p, outs, outputs, k, G_STRIDE, bytes);
  }
  t = spare;
  for (m = 0; m < outputs; m++) {
    const q = <usize>load<u32>(outs + (<usize>m << 2));
    for (let c: usize = 0; c < bytes; c += 16) v128.store(q + c, f32x4.add(v128.load(q + c), v128.load(t + c)));
    t += bytes;
  }
}

// @ts-ignore: decorator
@inline
function bagGradients(outs: usize, labels: usize, outputs: u32, bytes: usize, g: usize, mean: usize, alpha: f32): void {
  const one = f32x4.splat(1);
  const rate = f32x4.splat(alpha);
  let factors = one;
  let linear = f32x4.splat(0);
  for (let m: u32 = 0; m < outputs; m += 4) {
    const at = <usize>m << 2;
    const label = v128.load(labels + at);
    const sign = f32x4.sub(f32x4.add(label, label), one);
    const z = f32x4.mul(dots4(outs + at, mean, bytes), sign);
    const e = expNonPositive(v128.or(z, f32x4.splat(-0.0)));
    const factor = f32x4.add(one, e);
    const wrong = f32x4.lt(z, f32x4.splat(0));
    v128.store(g + at, f32x4.mul(f32x4.mul(sign, rate), f32x4.div(v128.bitselect(one, e, wrong), factor)));
    factors = f32x4.mul(factors, factor);
    linear = f32x4.sub(linear, v128.and(z, wrong));
    if ((m & 252) == 252) {
      addLoss(factors, linear, 0);
      factors = one;
      linear = f32x4.splat(0);
    }
  }
  addLoss(factors, linear, ((outputs + 3) & ~3) - outputs);
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
  }
  bagGradients(outs, labels, outputs, bytes, g, mean, alpha);
  combine1(false, error, outs, outputs, g, 4, bytes);
  for (let m: u32 = 0; m < outputs; m++) {
    const at = <usize>m << 2;
    const q = <usize>load<u32>(outs + at);
    const k = v128.load_splat<f32>(g + at);
    for (let c: usize = 0; c < bytes; c += 16) v128.store(q + c, mac(v128.load(q + c), k, v128.load(mean + c)));
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
