/**
 * Trains a group of centres at once: eight consecutive ones (possibly of several playlists) and their negatives, which several groups of
 * skip-gram share. All gradients are computed from the weights at the start of the group; for shared negatives at the start of the first
 * group, since they are copied only then.
 *
 * Outputs are the centres and the group's negatives; inputs are the tracks in any of the windows. An input in n windows is paired with the
 * negatives once, with n times the weight. With `shared` negatives in place of the `negative` of a window, each has the weight
 * negative / shared.
 *
 * If groups do not share negatives, inputs are updated by outputs halfway between before and after (`meetHalfway`).
 */
import { centres, evenInputs, first, high, inputs, low, openBlock, openGroup, setInputs } from "./_block";
import { sampleNegatives } from "./_negative";
import { addRow, scaleRow } from "./_products";
import { climbTree } from "./_tree";
import { BLOCK, bytes, errors, gainRow, hierarchical, inRow, means, negative, sums, useMean, windows } from "./_settings";
import { spreadErrors, sumWindows } from "./_bags";

/** Returns the number of (input, centre) pairs. */
export function trainSkipGram(first_: u32, centres_: u32, alpha: f32): u32 {
  openGroup(first_, centres_);
  for (let from = low; from < high; from += BLOCK) {
    openBlock(from);
    // The tree needs the unchanged inputs, so the updates by negatives are delayed.
    const waits = negative != 0 && hierarchical;
    if (waits) openGains();
    const targets = waits ? gainRow : inRow;
    if (negative != 0) sampleNegatives(false, targets, alpha);
    if (hierarchical) climbTree(false, targets, alpha);
    if (waits) closeGains();
  }
  let pairs: u32 = 0;
  for (let c: u32 = 0; c < centres; c++) {
    const w = windows + (<usize>(first + c) << 3);
    pairs += load<u32>(w, 4) - load<u32>(w) - 1;
  }
  return pairs;
}

/** Zeroed rows that collect the updates of a block's inputs. */
function openGains(): void {
  memory.fill(sums, 0, <usize>inputs * bytes);
  for (let u: u32 = 0; u < inputs; u++) store<u32>(gainRow + (<usize>u << 2), <u32>(sums + <usize>u * bytes));
  evenInputs(gainRow);
}

function closeGains(): void {
  for (let u: u32 = 0; u < inputs; u++) {
    addRow(sums + <usize>u * bytes, <usize>load<u32>(inRow + (<usize>u << 2)), bytes);
  }
}

/**
 * CBOW. The means (or sums) of the windows are the inputs of the group, and their update is applied to every track of the window: in full
 * for a mean, as in word2vec; divided by the number of tracks for a sum, as in gensim.
 */
export function trainBag(first_: u32, centres_: u32, alpha: f32): u32 {
  openGroup(first_, centres_);
  memory.fill(means, 0, <usize>centres * bytes);
  memory.fill(errors, 0, <usize>centres * bytes);
  for (let from = low; from < high; from += BLOCK) sumWindows(from);
  if (useMean) scaleByWindow(means);

  setInputs(0, centres);
  for (let c: u32 = 0; c < centres; c++) {
    store<u32>(inRow + (<usize>c << 2), <u32>(means + <usize>c * bytes));
    store<u32>(gainRow + (<usize>c << 2), <u32>(errors + <usize>c * bytes));
  }
  evenInputs(inRow);
  evenInputs(gainRow);
  if (negative != 0) sampleNegatives(true, gainRow, alpha);
  if (hierarchical) climbTree(true, gainRow, alpha);
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
