/**
 * Addresses in the linear memory (see src/track2vec/kernel/layout.ts) and training options. Every thread has its own instance of the module,
 * and so its own copy of these.
 */

/** The maximum number of centres in a group, whose windows are trained at once and share negatives. */
export const GROUP: u32 = 8;
/** The maximum number of inputs processed at once. */
export const BLOCK: u32 = 32;
/** A track outside the vocabulary; also a probability of 1. */
export const NONE: u32 = 0xffffffff;

// Rows of all matrices are numbered consecutively: inputs 0 … vocabulary - 1, outputs of negative sampling from `negativeRow`, inner
// nodes of the Huffman tree from `nodeRow`.
export let rows: usize = 0;
export let bytes: usize = 0;
export let vocabulary: u32 = 0;
export let negativeRow: u32 = 0;
export let nodeRow: u32 = 0;
export let numberOf: usize = 0;
export let keep: usize = 0;
export let alias: usize = 0;
export let pathStart: usize = 0;
export let pathNodes: usize = 0;

export let skipGram: bool = true;
export let windowSize: u32 = 0;
export let shrink: bool = true;
export let negative: u32 = 0;
export let hierarchical: bool = false;
export let useMean: bool = true;
export let local: bool = false;
/** Centres per group, at most GROUP, and the negatives that it draws, an even number. */
export let group: u32 = 1;
export let shared: u32 = 0;
/** How many centres share drawn negatives: one, or those of whole groups. */
export let sharing: u32 = 1;
/** Whether inputs are updated by outputs halfway between before and after their update. */
export let halfway: bool = false;
export let seed: u64 = 0;

// The plan of a chunk: the tracks kept, their windows, and the negatives, each with room for its row's address.
export let kept: usize = 0;
export let windows: usize = 0;
export let negatives: usize = 0;

// Scratch memory of this thread.
export let tokens: usize = 0;
export let ends: usize = 0;
export let inputAt: usize = 0;
export let outputAt: usize = 0;
/** Which shards of a round use a track, one bit per shard: a byte per track as input, then a byte per track as negative. */
export let marks: usize = 0;
/** The address of the copy of each row, or 0; during merging, its number of copies. */
export let slots: usize = 0;
/** The copies of a shard that this thread merges. */
export let wanted: usize = 0;
export let result: usize = 0;
/** Addresses of the rows that a block reads, and of the rows for delayed updates of inputs. */
export let inRow: usize = 0;
export let outRow: usize = 0;
export let gainRow: usize = 0;
/** Copies of a block's outputs, in slices of 64 bytes, and transposed. */
export let outputCopies: usize = 0;
export let across: usize = 0;
export let gradients: usize = 0;
/** Parallel to the gradients: weights with the sign of the label, and σ(|score|). */
export let weights: usize = 0;
export let likely: usize = 0;
/** In which centres' windows each input is: one bit per centre, a 32-bit word per input. */
export let windowBits: usize = 0;
/** Which centres each negative is, in the same form. */
export let hits: usize = 0;
/** Labels of the nodes of a path. */
export let signs: usize = 0;
/** Rows for the running sums of a block's inputs, or for their updates. */
export let sums: usize = 0;
/** CBOW: the means of a group's windows and their updates, one row per centre. */
export let means: usize = 0;
export let errors: usize = 0;
/** A row of zeros, to pad tiles. */
export let dummy: usize = 0;

export function setMatrices(
  rows_: usize,
  bytes_: usize,
  vocabulary_: u32,
  negativeRow_: u32,
  nodeRow_: u32,
  numberOf_: usize,
  keep_: usize,
  alias_: usize,
  pathStart_: usize,
  pathNodes_: usize,
): void {
  rows = rows_;
  bytes = bytes_;
  vocabulary = vocabulary_;
  negativeRow = negativeRow_;
  nodeRow = nodeRow_;
  numberOf = numberOf_;
  keep = keep_;
  alias = alias_;
  pathStart = pathStart_;
  pathNodes = pathNodes_;
}

export function setOptions(
  skipGram_: bool,
  windowSize_: u32,
  shrink_: bool,
  negative_: u32,
  hierarchical_: bool,
  useMean_: bool,
  local_: bool,
  group_: u32,
  shared_: u32,
  sharing_: u32,
  halfway_: bool,
  seed_: u64,
): void {
  skipGram = skipGram_;
  windowSize = windowSize_;
  shrink = shrink_;
  negative = negative_;
  hierarchical = hierarchical_;
  useMean = useMean_;
  local = local_;
  group = group_;
  shared = shared_;
  sharing = sharing_;
  halfway = halfway_;
  seed = seed_;
}

/** How many negatives are drawn for `count` centres. */
// @ts-ignore: decorator
@inline
export function drawsFor(count: u32): u32 {
  return ((count + sharing - 1) / sharing) * shared;
}

export function setPlan(kept_: usize, windows_: usize, negatives_: usize): void {
  kept = kept_;
  windows = windows_;
  negatives = negatives_;
}

export function setScratch(
  tokens_: usize,
  ends_: usize,
  inputAt_: usize,
  outputAt_: usize,
  marks_: usize,
  slots_: usize,
  wanted_: usize,
  result_: usize,
  inRow_: usize,
  outRow_: usize,
  gainRow_: usize,
  outputCopies_: usize,
  across_: usize,
  gradients_: usize,
  weights_: usize,
  likely_: usize,
  windowBits_: usize,
  hits_: usize,
  signs_: usize,
  sums_: usize,
  means_: usize,
  errors_: usize,
  dummy_: usize,
): void {
  tokens = tokens_;
  ends = ends_;
  inputAt = inputAt_;
  outputAt = outputAt_;
  marks = marks_;
  slots = slots_;
  wanted = wanted_;
  result = result_;
  inRow = inRow_;
  outRow = outRow_;
  gainRow = gainRow_;
  outputCopies = outputCopies_;
  across = across_;
  gradients = gradients_;
  weights = weights_;
  likely = likely_;
  windowBits = windowBits_;
  hits = hits_;
  signs = signs_;
  sums = sums_;
  means = means_;
  errors = errors_;
  dummy = dummy_;
}
