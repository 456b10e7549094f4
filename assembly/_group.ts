/**
 * Trains a group of centres at once: eight that follow each other (with windows of their own, perhaps in several playlists) and
 * the negatives that the group has drawn. All gradients are taken at the weights the group began with.
 *
 * Outputs are the centres and the group's negatives, inputs the tracks in any of the windows. An input in n windows meets the
 * negatives once, with n times the weight; with `shared` negatives for the `negative` of a window, each weighs
 * negative / shared.
 *
 * The rows of outputs lie as centres, negatives, centres, in pairs. A pair of centres has to do with some of the inputs only,
 * and an input with some of the pairs, most often from one side: with the negatives in the middle these are one range.
 */
import { centres, copyInputs, first, high, low, openBlock, openGroup, setInputs } from "./_block";
import { sampleNegatives } from "./_negative";
import { scaleRow } from "./_products";
import { climbTree } from "./_tree";
import { BLOCK, bytes, errors, hierarchical, inRow, means, negative, useMean, windows } from "./_settings";
import { spreadErrors, sumWindows } from "./_bags";

/** Returns the number of pairs of input and centre. */
export function trainSkipGram(first_: u32, centres_: u32, alpha: f32): u32 {
  openGroup(first_, centres_);
  for (let from = low; from < high; from += BLOCK) {
    openBlock(from);
    if (negative != 0) sampleNegatives(false, alpha);
    if (hierarchical) climbTree(false, alpha);
  }
  let pairs: u32 = 0;
  for (let c: u32 = 0; c < centres; c++) {
    const w = windows + (<usize>(first + c) << 3);
    pairs += load<u32>(w, 4) - load<u32>(w) - 1;
  }
  return pairs;
}

/**
 * CBOW. The means (or sums) of the windows are the inputs of the group, and what they gain goes to every track of the
 * window: whole for a mean, as in word2vec; for a sum divided by the tracks of the window, as gensim has it.
 */
export function trainBag(first_: u32, centres_: u32, alpha: f32): u32 {
  openGroup(first_, centres_);
  memory.fill(means, 0, <usize>centres * bytes);
  memory.fill(errors, 0, <usize>centres * bytes);
  for (let from = low; from < high; from += BLOCK) sumWindows(from);
  if (useMean) scaleByWindow(means);

  setInputs(0, centres);
  for (let c: u32 = 0; c < centres; c++) store<u32>(inRow + (<usize>c << 2), <u32>(means + <usize>c * bytes));
  copyInputs(inRow);
  for (let c: u32 = 0; c < centres; c++) store<u32>(inRow + (<usize>c << 2), <u32>(errors + <usize>c * bytes));
  if (negative != 0) sampleNegatives(true, alpha);
  if (hierarchical) climbTree(true, alpha);
  if (!useMean) scaleByWindow(errors);
  for (let from = low; from < high; from += BLOCK) spreadErrors(from);
  return centres;
}

function scaleByWindow(rows: usize): void {
  for (let c: u32 = 0; c < centres; c++) {
    const w = windows + (<usize>(first + c) << 3);
    scaleRow(rows + <usize>c * bytes, bytes, <f32>1 / <f32>(load<u32>(w, 4) - load<u32>(w) - 1));
  }
}
