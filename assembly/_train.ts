/** The second pass over a chunk: finds the rows of its plan, and trains group by group. */
import { laneSum } from "./_block";
import { closeLoss, openLoss } from "./_gradients";
import { trainBag, trainSkipGram } from "./_group";
import { countedProducts, openCount } from "./_negative";
import { findPlanned } from "./_plan";
import { touchedSum } from "./_rows";
import { group, GROUP, kept, result, skipGram } from "./_settings";

/** In a group, as many pairs of centres may be one track: five in a row are ten. */
const MOST_PAIRS: i32 = 9;

/** Trains the plan of `count` tracks; writes loss, pairs, and products of inputs with negatives to `to` (f64). */
export function train(count: u32, alpha: f32, to: usize): void {
  findPlanned(count);
  openLoss();
  openCount();
  let pairs: u32 = 0;
  for (let first: u32 = 0; first < count; first += group) {
    const centres = min(group, count - first);
    if (!skipGram) pairs += trainBag(first, centres, alpha);
    else if (centres < GROUP || !doCentresRecur(first)) pairs += trainSkipGram(first, centres, alpha);
    else for (let c = first; c < first + centres; c++) pairs += trainSkipGram(c, 1, alpha);
  }
  store<f64>(to, closeLoss());
  store<f64>(to, <f64>pairs, 8);
  store<f64>(to, <f64>countedProducts(), 16);
  store<u32>(result, touchedSum(), 24);
}

/**
 * Whether a group is mostly one track, as where it plays many times in a row. Summed over its centres, the gradients of that track would
 * overshoot.
 */
function doCentresRecur(first: u32): bool {
  const start = kept + (<usize>first << 2);
  const a = v128.load(start);
  const b = v128.load(start, 16);
  let same = i32x4.splat(0);
  for (let at = start; at < start + (GROUP << 2); at += 4) {
    const track = v128.load_splat<u32>(at);
    same = i32x4.sub(same, i32x4.add(i32x4.eq(a, track), i32x4.eq(b, track)));
  }
  // Each centre is the same as itself, and each pair is counted from both.
  return laneSum(same) > <i32>GROUP + 2 * MOST_PAIRS;
}
