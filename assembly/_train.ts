/** The second pass over a chunk: finds the rows of its plan, and trains group by group. */
import { closeLoss, openLoss } from "./_gradients";
import { trainBag, trainSkipGram } from "./_group";
import { countedProducts, openCount } from "./_negative";
import { findPlanned } from "./_plan";
import { touchedSum } from "./_rows";
import { group, result, skipGram } from "./_settings";

/** Trains the plan of `count` tracks; writes loss, pairs, and products of inputs with negatives to `to` (f64). */
export function train(count: u32, alpha: f32, to: usize): void {
  findPlanned(count);
  openLoss();
  openCount();
  let pairs: u32 = 0;
  for (let first: u32 = 0; first < count; first += group) {
    const centres = min(group, count - first);
    pairs += skipGram ? trainSkipGram(first, centres, alpha) : trainBag(first, centres, alpha);
  }
  store<f64>(to, closeLoss());
  store<f64>(to, <f64>pairs, 8);
  store<f64>(to, <f64>countedProducts(), 16);
  store<u32>(result, touchedSum(), 24);
}
