/** The update: sums the gradients of a part's tracks, and moves each track that has one. */
import { targetOf } from "./_encoder_compare";
import { dot, gainKept, lengthOf, trackAt } from "./_encoder_context";
import {
  at,
  BATCH,
  CODES,
  DRAWN,
  DRAWN_SUMS,
  DRAWN_TRACKS,
  float,
  GATES,
  GRADIENTS,
  MARKS,
  MEANS,
  number,
  OWN,
  PARTS,
  RATE,
  REACH,
  SIZE,
  SLOPES,
  SQUARES,
  TOUCHED,
  UNITS,
} from "./_encoder_layout";
import { mac } from "./_mac";

/** Decay rates of the moments, and the epsilon against division by zero (Adam, Kingma & Ba 2015). */
const MEAN_KEPT: f32 = 0.9;
const SQUARE_KEPT: f32 = 0.999;
const LEAST: f32 = 1e-8;

let touched: usize = 0;

/** The gradient of a track; the first call adds the track to those of the part. */
// @ts-ignore: decorator
@inline
function gradientOf(track: u32, bytes: usize): usize {
  const mark = at(MARKS) + <usize>track;
  if (load<u8>(mark) == 0) {
    store<u8>(mark, 1);
    store<u32>(touched, track);
    touched += 4;
  }
  return at(GRADIENTS) + <usize>track * bytes;
}

/** A part has the tracks whose number modulo the number of parts is the part. */
export function applyPart(part: u32): void {
  const bytes = <usize>number(SIZE) << 2;
  const parts = number(PARTS);
  const batch = number(BATCH);
  const drawn = number(DRAWN);
  const first = at(TOUCHED) + ((<usize>part * (<usize>batch * (number(REACH) + 1) + drawn)) << 2);
  touched = first;
  for (let j: u32 = 0; j < drawn; j++) {
    const track = load<u32>(at(DRAWN_TRACKS) + (<usize>j << 2));
    if (track % parts != part) continue;
    const to = gradientOf(track, bytes);
    for (let p: u32 = 0; p < parts; p++) {
      const from = at(DRAWN_SUMS) + (<usize>p * drawn + j) * bytes;
      for (let i: usize = 0; i < bytes; i += 16) v128.store(to + i, f32x4.add(v128.load(to + i), v128.load(from + i)));
    }
  }
  for (let b: u32 = 0; b < batch; b++) {
    const target = targetOf(b);
    if (target % parts == part) {
      const to = gradientOf(target, bytes);
      const code = at(CODES) + <usize>b * bytes;
      const own = v128.load_splat<f32>(at(OWN) + (<usize>b << 2));
      for (let i: usize = 0; i < bytes; i += 16) v128.store(to + i, mac(v128.load(to + i), own, v128.load(code + i)));
    }
    const slope = at(SLOPES) + <usize>b * bytes;
    const length = lengthOf(b);
    for (let back: u32 = 0; back < length; back++) {
      const track = trackAt(b, back);
      if (track % parts != part) continue;
      gainKept(gradientOf(track, bytes), at(GATES) + <usize>back * bytes, slope, b, back);
    }
  }
  for (let list = first; list < touched; list += 4) step(load<u32>(list), bytes);
}

/** One step of Adam on the unit sphere: only the tangential gradient counts, and the vector is normalised again. */
function step(track: u32, bytes: usize): void {
  const row = <usize>track * bytes;
  const unit = at(UNITS) + row;
  const gradient = at(GRADIENTS) + row;
  const means = at(MEANS) + row;
  const squares = at(SQUARES) + row;
  const along = f32x4.splat(dot(unit, gradient, bytes));
  const rate = f32x4.splat(float(RATE));
  const zero = f32x4.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) {
    const old = v128.load(unit + i);
    const g = f32x4.sub(v128.load(gradient + i), f32x4.mul(along, old));
    const mean = mac(f32x4.mul(v128.load(means + i), f32x4.splat(MEAN_KEPT)), g, f32x4.splat(1 - MEAN_KEPT));
    const square = mac(
      f32x4.mul(v128.load(squares + i), f32x4.splat(SQUARE_KEPT)),
      f32x4.mul(g, g),
      f32x4.splat(1 - SQUARE_KEPT),
    );
    v128.store(means + i, mean);
    v128.store(squares + i, square);
    const change = f32x4.div(mean, f32x4.add(f32x4.sqrt(square), f32x4.splat(LEAST)));
    v128.store(unit + i, f32x4.sub(old, f32x4.mul(rate, change)));
    v128.store(gradient + i, zero);
  }
  store<u8>(at(MARKS) + <usize>track, 0);
  const inverse = f32x4.splat(1 / sqrt<f32>(max<f32>(dot(unit, unit, bytes), 1e-18)));
  for (let i: usize = 0; i < bytes; i += 16) v128.store(unit + i, f32x4.mul(v128.load(unit + i), inverse));
}
