/** A block with hierarchical softmax. */
import {
  centres,
  clearGradients,
  first,
  fromOf,
  openRanges,
  putOutput,
  scores,
  selfOf,
  setRange,
  stride,
  toOf,
  updateInputs,
  updateOutputs,
} from "./_block";
import { labelled } from "./_gradients";
import { addressOf } from "./_rows";
import { dummy, gradients, kept, nodeRow, pathNodes, pathStart, weights } from "./_settings";

/** One block with the inner nodes of the Huffman tree, centre after centre; inputs stay as the group found them. */
export function climbTree(bag: bool, alpha: f32): void {
  for (let c: u32 = 0; c < centres; c++) {
    const lowest = fromOf(c, bag);
    const highest = toOf(c, bag);
    if (lowest >= highest) continue;
    const path = pathStart + (<usize>load<u32>(kept + (<usize>(first + c) << 2)) << 2);
    const nodes = pathNodes + (<usize>load<u32>(path) << 2);
    const depth = load<u32>(path, 4) - load<u32>(path);
    const pairs = (depth + 1) >> 1;
    openRanges(0xffffffff, 0);
    for (let m: u32 = 0; m < depth; m++) {
      putOutput(m, addressOf(nodeRow + (load<u32>(nodes + (<usize>m << 2)) >> 1)));
    }
    if ((depth & 1) != 0) putOutput(depth, dummy);
    for (let p: u32 = 0; p < pairs; p++) setRange(p, lowest, highest);
    clearGradients(0, 2 * pairs);
    scores(0, pairs);
    for (let m: u32 = 0; m < depth; m++) {
      // The lowest bit of an entry is the code.
      const sign: f32 = (load<u32>(nodes + (<usize>m << 2)) & 1) == 0 ? 1 : -1;
      const g = gradients + <usize>m * stride;
      labelled(g, lowest >> 2, (highest + 3) >> 2, lowest, highest, selfOf(c, bag), sign, alpha, weights);
    }
    updateInputs();
    updateOutputs(pairs);
  }
}

