// Evaluates boosted trees for many rows at once (src/recommenders/blend/trees/forest.ts), after QuickScorer (Lucchese et al. 2015): a tree has
// at most 32 leaves, one bit each, from left to right. A node whose value is above its threshold clears the bits of the leaves to its left.
// After all nodes, the lowest bit left is the leaf that a walk from the root would reach. No branch depends on a value and no address
// on another, so sixteen rows are processed in parallel.
//
// Rows are first transposed into columns: a vector is one feature of four rows. All memory is laid out by the caller.

/** A node has 16 bytes: feature, threshold, bits of the leaves to its left, padding. */
const nodeShift: usize = 4;
/** A tree has room for 32 leaves. */
const leavesShift: usize = 7;

/**
 * Copies the `count` rows with the numbers at `picked` into columns of `stride` bytes, four rows and four features at a time. Padding rows
 * are copies of the last, and the number of columns is a multiple of four.
 */
export function toColumns(rows: usize, width: usize, picked: usize, count: u32, columns: usize, stride: usize): void {
  const bytes = width << 2;
  const last = count - 1;
  for (let i: u32 = 0; i < count; i += 4) {
    const row0 = rows + <usize>load<u32>(picked + (<usize>i << 2)) * bytes;
    const row1 = rows + <usize>load<u32>(picked + (<usize>min(i + 1, last) << 2)) * bytes;
    const row2 = rows + <usize>load<u32>(picked + (<usize>min(i + 2, last) << 2)) * bytes;
    const row3 = rows + <usize>load<u32>(picked + (<usize>min(i + 3, last) << 2)) * bytes;
    let to = columns + (<usize>i << 2);
    for (let at: usize = 0; at < bytes; at += 16) {
      const a = v128.load(row0 + at);
      const b = v128.load(row1 + at);
      const c = v128.load(row2 + at);
      const d = v128.load(row3 + at);
      const low = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
      const high = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
      const low2 = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
      const high2 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
      v128.store(to, v128.shuffle<f32>(low, low2, 0, 1, 4, 5));
      to += stride;
      v128.store(to, v128.shuffle<f32>(low, low2, 2, 3, 6, 7));
      to += stride;
      v128.store(to, v128.shuffle<f32>(high, high2, 0, 1, 4, 5));
      to += stride;
      v128.store(to, v128.shuffle<f32>(high, high2, 2, 3, 6, 7));
      to += stride;
    }
  }
}

/**
 * Adds the trees [from, to) to the scores of the first `count` rows of the columns, rounded up to a multiple of sixteen.
 *
 * @param starts the first node of each tree, then the total number of nodes
 */
export function addTrees(
  columns: usize,
  stride: usize,
  count: u32,
  nodes: usize,
  starts: usize,
  leaves: usize,
  from: u32,
  to: u32,
  scores: usize,
): void {
  for (let tree = from; tree < to; tree++) {
    const first = nodes + (<usize>load<u32>(starts + (<usize>tree << 2)) << nodeShift);
    const end = nodes + (<usize>load<u32>(starts + (<usize>tree << 2), 4) << nodeShift);
    const values = leaves + (<usize>tree << leavesShift);
    for (let i: u32 = 0; i < count; i += 16) {
      const block = columns + (<usize>i << 2);
      let bits0 = i32x4.splat(-1);
      let bits1 = bits0;
      let bits2 = bits0;
      let bits3 = bits0;
      for (let node = first; node < end; node += 16) {
        const column = block + <usize>load<u32>(node) * stride;
        const threshold = v128.load_splat<f32>(node, 4);
        const left = v128.load_splat<u32>(node, 8);
        bits0 = v128.andnot(bits0, v128.and(f32x4.gt(v128.load(column), threshold), left));
        bits1 = v128.andnot(bits1, v128.and(f32x4.gt(v128.load(column, 16), threshold), left));
        bits2 = v128.andnot(bits2, v128.and(f32x4.gt(v128.load(column, 32), threshold), left));
        bits3 = v128.andnot(bits3, v128.and(f32x4.gt(v128.load(column, 48), threshold), left));
      }
      const score = scores + (<usize>i << 3);
      addLeaves(score, values, bits0);
      addLeaves(score + 32, values, bits1);
      addLeaves(score + 64, values, bits2);
      addLeaves(score + 96, values, bits3);
    }
  }
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function addLeaves(score: usize, values: usize, bits: v128): void {
  addLeaf(score, values, i32x4.extract_lane(bits, 0));
  addLeaf(score + 8, values, i32x4.extract_lane(bits, 1));
  addLeaf(score + 16, values, i32x4.extract_lane(bits, 2));
  addLeaf(score + 24, values, i32x4.extract_lane(bits, 3));
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function addLeaf(score: usize, values: usize, bits: i32): void {
  store<f64>(score, load<f64>(score) + <f64>load<f32>(values + (<usize>ctz(bits) << 2)));
}
