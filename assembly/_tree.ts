/** A block with hierarchical softmax. */
import {
  base,
  centres,
  clearLast,
  copyOutputs,
  first,
  fromOf,
  inputs,
  openOutputs,
  openSpans,
  putOutput,
  scores,
  stride,
  toOf,
  updateInputs,
  updateOutputs,
} from "./_block";
import { addLoss, gradientsOfScores } from "./_gradients";
import { addressOf } from "./_rows";
import { dummy, kept, nodeRow, pathNodes, pathStart, signs, weights } from "./_settings";

/**
 * Trains one block with the inner nodes of the Huffman tree, centre by centre. Does not change the inputs: `targets` lists the rows that
 * receive their updates.
 */
export function climbTree(bag: bool, targets: usize, alpha: f32): void {
  for (let c: u32 = 0; c < centres; c++) {
    const lowest = fromOf(c, bag);
    const highest = toOf(c, bag);
    if (lowest >= highest) continue;
    const path = pathStart + (<usize>load<u32>(kept + (<usize>(first + c) << 2)) << 2);
    const nodes = pathNodes + (<usize>load<u32>(path) << 2);
    const depth = load<u32>(path, 4) - load<u32>(path);
    const quads = (depth + 3) >> 2;
    for (let m: u32 = 0; m < depth; m++) {
      const entry = load<u32>(nodes + (<usize>m << 2));
      putOutput(m, addressOf(nodeRow + (entry >> 1)));
      // The lowest bit of an entry is the code.
      store<f32>(signs + (<usize>m << 2), (entry & 1) == 0 ? 1 : -1);
    }
    for (let m = depth; m < 4 * quads; m++) {
      putOutput(m, dummy);
      store<f32>(signs + (<usize>m << 2), 0);
    }
    openOutputs(quads);
    copyOutputs(0, quads);
    openSpans();
    scores();
    const self = bag ? -1 : <i32>(first + c) - <i32>base;
    for (let u: i32 = 0; u < <i32>inputs; u++) {
      const w = weights + <usize>u * stride;
      if (u < lowest || u >= highest || u == self) memory.fill(w, 0, stride);
      else memory.copy(w, signs, stride);
    }
    addLoss(gradientsOfScores(inputs * quads, alpha));
    clearLast();
    for (let m: u32 = 0; m < depth; m += 2) updateOutputs(m, lowest, highest);
    updateInputs(targets, false);
  }
}
