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

/**
 * Adds the trees [from, to) to the scores of `count` rows of feature values. A node is feature, threshold, and the children where the
 * value is at most that and where it is more; a leaf is a node whose children are itself, so that every path of a tree can take
 * `depths` steps: four rows step at once, and none of them branches.
 *
 * @param picked the row of each score
 * @param leaves the value of each node, which counts where it is a leaf
 */
export function addTrees(
  rows: usize,
  width: usize,
  picked: usize,
  count: u32,
  nodes: usize,
  leaves: usize,
  roots: usize,
  depths: usize,
  from: u32,
  to: u32,
  scores: usize,
): void {
  const bytes = width << 2;
  for (let tree = from; tree < to; tree++) {
    const root = nodes + (<usize>load<u32>(roots + (<usize>tree << 2)) << 4);
    const depth = load<u32>(depths + (<usize>tree << 2));
    let i: u32 = 0;
    for (; i + 4 <= count; i += 4) {
      const at = picked + (<usize>i << 2);
      const row0 = rows + <usize>load<u32>(at) * bytes;
      const row1 = rows + <usize>load<u32>(at, 4) * bytes;
      const row2 = rows + <usize>load<u32>(at, 8) * bytes;
      const row3 = rows + <usize>load<u32>(at, 12) * bytes;
      let node0 = root;
      let node1 = root;
      let node2 = root;
      let node3 = root;
      for (let d: u32 = 0; d < depth; d++) {
        node0 = step(nodes, row0, node0);
        node1 = step(nodes, row1, node1);
        node2 = step(nodes, row2, node2);
        node3 = step(nodes, row3, node3);
      }
      const score = scores + (<usize>i << 3);
      addLeaf(score, nodes, leaves, node0);
      addLeaf(score + 8, nodes, leaves, node1);
      addLeaf(score + 16, nodes, leaves, node2);
      addLeaf(score + 24, nodes, leaves, node3);
    }
    for (; i < count; i++) {
      const row = rows + <usize>load<u32>(picked + (<usize>i << 2)) * bytes;
      let node = root;
      for (let d: u32 = 0; d < depth; d++) node = step(nodes, row, node);
      addLeaf(scores + (<usize>i << 3), nodes, leaves, node);
    }
  }
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function step(nodes: usize, row: usize, node: usize): usize {
  const isMore = <usize>(load<f32>(row + (<usize>load<u32>(node) << 2)) > load<f32>(node, 4));
  return nodes + (<usize>load<u32>(node + (isMore << 2), 8) << 4);
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function addLeaf(score: usize, nodes: usize, leaves: usize, node: usize): void {
  store<f64>(score, load<f64>(score) + <f64>load<f32>(leaves + ((node - nodes) >> 2)));
}
