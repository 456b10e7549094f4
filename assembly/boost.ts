// The hot loops of boosted trees (src/recommenders/blend/boost.ts): counting derivatives by bin, splitting rows, adding a tree.
//
// Bins are one byte a feature, row by row: all features of a row lie in a line or two of the cache, which matters since the rows
// of a leaf lie anywhere. A cell of a histogram is one vector of two doubles, the sums of first and second derivatives, so
// that a count costs one load, one add and one store. Feature f has the 64 cells from histogram + f * 1024.
//
// All memory is laid out by the caller (boost-memory.ts).

const featureBytes: usize = 1024;

/** Fills the histograms of the `features` numbers at `chosen` with the sums over the `count` rows at `order`. */
export function countRows(
  bins: usize,
  width: usize,
  derivatives: usize,
  order: usize,
  count: u32,
  chosen: usize,
  features: u32,
  histogram: usize,
): void {
  for (let c: u32 = 0; c < features; c++) {
    memory.fill(histogram + <usize>load<u32>(chosen + (<usize>c << 2)) * featureBytes, 0, featureBytes);
  }
  const end = chosen + (<usize>features << 2);
  for (let i: u32 = 0; i < count; i++) {
    const row = <usize>load<u32>(order + (<usize>i << 2));
    const both = v128.promote_low<f32>(v128.load64_zero(derivatives + (row << 3)));
    const base = bins + row * width;
    let at = chosen;
    for (; at + 8 <= end; at += 8) {
      const f = <usize>load<u32>(at);
      const g = <usize>load<u32>(at, 4);
      const first = histogram + (f << 10) + (<usize>load<u8>(base + f) << 4);
      const second = histogram + (g << 10) + (<usize>load<u8>(base + g) << 4);
      v128.store(first, v128.add<f64>(v128.load(first), both));
      v128.store(second, v128.add<f64>(v128.load(second), both));
    }
    if (at < end) {
      const f = <usize>load<u32>(at);
      const cell = histogram + (f << 10) + (<usize>load<u8>(base + f) << 4);
      v128.store(cell, v128.add<f64>(v128.load(cell), both));
    }
  }
}

/** Takes the histogram `less` from `histogram`, for the features at `chosen`. */
export function subtract(histogram: usize, less: usize, chosen: usize, features: u32): void {
  for (let c: u32 = 0; c < features; c++) {
    const from = <usize>load<u32>(chosen + (<usize>c << 2)) * featureBytes;
    for (let cell: usize = from; cell < from + featureBytes; cell += 16) {
      v128.store(
        histogram + cell,
        v128.sub<f64>(v128.load(histogram + cell), v128.load(less + cell)),
      );
    }
  }
}

/** Puts the rows whose bin of `feature` is at most `bin` first, each side in its order; returns how many they are. */
export function partition(
  bins: usize,
  width: usize,
  feature: usize,
  bin: u32,
  order: usize,
  count: u32,
  scratch: usize,
): u32 {
  const column = bins + feature;
  let left = order;
  let right = scratch;
  for (let i: u32 = 0; i < count; i++) {
    const row = load<u32>(order + (<usize>i << 2));
    const goesLeft = <usize>(<u32>load<u8>(column + <usize>row * width) <= bin);
    // Both are written, one of them stays: a branch here would be guessed wrong half of the time.
    store<u32>(right, row);
    store<u32>(left, row);
    left += goesLeft << 2;
    right += (1 - goesLeft) << 2;
  }
  memory.copy(left, scratch, right - scratch);
  return <u32>((left - order) >> 2);
}

/**
 * Adds a tree to the scores of all rows. A node is four numbers: feature, bin, and the children where the bin is at most that
 * and where it is more: a node's place, or ~(the place of a leaf's value).
 */
export function addTree(
  bins: usize,
  width: usize,
  rows: u32,
  nodes: usize,
  root: i32,
  values: usize,
  scores: usize,
): void {
  for (let r: u32 = 0; r < rows; r++) {
    const base = bins + <usize>r * width;
    let node = root;
    while (node >= 0) {
      const at = nodes + (<usize>node << 4);
      const isMore = <usize>(<u32>load<u8>(base + <usize>load<u32>(at)) > load<u32>(at, 4));
      node = load<i32>(at + (isMore << 2), 8);
    }
    const score = scores + (<usize>r << 3);
    store<f64>(score, load<f64>(score) + <f64>load<f32>(values + (<usize>~node << 2)));
  }
}
