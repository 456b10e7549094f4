/**
 * The hot loops of boosted trees (src/recommenders/blend/trees/tree-grower.ts): binning values, summing derivatives per bin,
 * splitting rows, adding a tree.
 *
 * Bins are in two planes (_bins.ts). A cell of a histogram is one vector of two doubles, the sums of first and second derivatives, so
 * that a row costs one load, one add and one store. Feature f has the 64 cells from histogram + f * 1024.
 *
 * Large loops are split into parts, which helpers share (_jobs.ts). Every number is computed by a single part and in the same order,
 * however many threads there are.
 *
 * All memory is laid out by the caller (boost-memory.ts).
 */
import { binPart, columnOf, halfOf } from "./_bins";
import { derivePart } from "./_derivatives";
import {
  argument,
  awaitJob,
  awaitParts,
  endPart,
  openJob,
  partCount,
  setArgument,
  setJobs,
  startJob,
  startOf,
  takePart,
  task,
} from "./_jobs";

export { setJobs };

const COUNT: u32 = 0;
const PARTITION: u32 = 1;
const ADD: u32 = 2;
const BIN: u32 = 3;
const DERIVE: u32 = 4;

/** Less work than this, in bytes of bins, is not shared. */
const LEAST: u64 = 200_000;
/** The number of parts of jobs that are split by rows. */
const ROW_PARTS: u32 = 8;

/** The number of threads. A count has as many parts, since each part reads all rows. */
let threads: u32 = 1;

export function setThreads(threads_: u32): void {
  threads = threads_;
}

const featureBytes: usize = 1024;

/** The loop of a helper: takes parts of jobs until there are no more jobs. */
export function serve(): void {
  for (let job = awaitJob(0); job != -1; job = awaitJob(job)) help();
}

function help(): void {
  for (let part = takePart(); part >= 0; part = takePart()) {
    const parts = partCount();
    const what = task();
    if (what == COUNT) countPart(part, parts);
    else if (what == PARTITION) partitionPart(part, parts);
    else if (what == ADD) addPart(part, parts);
    else if (what == BIN) binPart(part, parts);
    else derivePart(part, parts);
    endPart();
  }
}

/** Runs a job whose arguments are written; in `parts` parts if it is worth sharing. */
function share(what: u32, parts: u32, work: u64): void {
  startJob(what, work < LEAST || threads == 1 ? 1 : parts);
  help();
  awaitParts();
}

/** Fills the histograms of the `features` at `chosen` (ascending numbers) with the sums over the `count` rows at `order`. */
export function countRows(
  bins: usize,
  rows: u32,
  width: usize,
  derivatives: usize,
  order: usize,
  count: u32,
  chosen: usize,
  features: u32,
  histogram: usize,
): void {
  openJob();
  setArgument(0, <u32>bins);
  setArgument(1, <u32>width);
  setArgument(2, <u32>derivatives);
  setArgument(3, <u32>order);
  setArgument(4, count);
  setArgument(5, <u32>chosen);
  setArgument(6, features);
  setArgument(7, <u32>histogram);
  setArgument(8, rows);
  share(COUNT, threads, <u64>count * features);
}

/** A part has some of the features; with two parts, those of one plane. */
function countPart(part: u32, parts: u32): void {
  const bins = <usize>argument(0);
  const half = halfOf(<usize>argument(1));
  const features = argument(6);
  const chosen = <usize>argument(5);
  const rows = <usize>argument(8);
  let first: u32 = 0;
  while (first < features && <usize>load<u32>(chosen + (<usize>first << 2)) < half) first++;
  // Each half of the parts takes one plane.
  const ofFirst = parts >> 1;
  if (parts == 1 || part < ofFirst) {
    const each = parts == 1 ? 1 : ofFirst;
    const from = startOf(part, each, first);
    countPlane(bins, half, chosen + (<usize>from << 2), chosen + (<usize>startOf(part + 1, each, first) << 2));
  }
  if (parts == 1 || part >= ofFirst) {
    const number = parts == 1 ? 0 : part - ofFirst;
    const each = parts == 1 ? 1 : parts - ofFirst;
    const from = first + startOf(number, each, features - first);
    const to = first + startOf(number + 1, each, features - first);
    countPlane(bins + rows * half - half, half, chosen + (<usize>from << 2), chosen + (<usize>to << 2));
  }
}

/** @param bins the address that the bins of feature 0 would have in the plane */
function countPlane(bins: usize, half: usize, chosen: usize, end: usize): void {
  const derivatives = <usize>argument(2);
  const order = <usize>argument(3);
  const count = argument(4);
  const histogram = <usize>argument(7);
  for (let at = chosen; at < end; at += 4) {
    memory.fill(histogram + <usize>load<u32>(at) * featureBytes, 0, featureBytes);
  }
  for (let i: u32 = 0; i < count; i++) {
    const row = <usize>load<u32>(order + (<usize>i << 2));
    const both = v128.promote_low<f32>(v128.load64_zero(derivatives + (row << 3)));
    const base = bins + row * half;
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

/** Subtracts the histogram `less` from `histogram`, for the features at `chosen`. */
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

/** Moves the rows whose bin of `feature` is at most `bin` to the front, keeping the order on each side; returns their number. */
export function partition(
  bins: usize,
  rows: u32,
  width: usize,
  feature: usize,
  bin: u32,
  order: usize,
  count: u32,
  scratch: usize,
): u32 {
  openJob();
  setArgument(0, <u32>columnOf(bins, <usize>rows, width, feature));
  setArgument(1, <u32>halfOf(width));
  setArgument(2, bin);
  setArgument(3, <u32>order);
  setArgument(4, count);
  setArgument(5, <u32>scratch);
  share(PARTITION, ROW_PARTS, <u64>count << 3);
  // Joins the left sides of all parts, then the right sides.
  const parts = partCount();
  let left = order;
  for (let part: u32 = 0; part < parts; part++) {
    const bytes = <usize>argument(LEFTS + part);
    memory.copy(left, order + (<usize>startOf(part, parts, count) << 2), bytes);
    left += bytes;
  }
  let right = left;
  for (let part: u32 = 0; part < parts; part++) {
    const from = <usize>startOf(part, parts, count) << 2;
    const bytes = (<usize>startOf(part + 1, parts, count) << 2) - from - <usize>argument(LEFTS + part);
    // Each part has room for one extra row.
    memory.copy(right, scratch + from + (<usize>part << 2), bytes);
    right += bytes;
  }
  return <u32>((left - order) >> 2);
}

/** Per part: the bytes of rows that go to the left. */
const LEFTS: u32 = 6;

/** A part has a range of rows: those for the left stay in place, the others go to the scratch memory. */
function partitionPart(part: u32, parts: u32): void {
  const column = <usize>argument(0);
  const half = <usize>argument(1);
  const bin = argument(2);
  const count = argument(4);
  const from = <usize>startOf(part, parts, count) << 2;
  const start = <usize>argument(3) + from;
  const end = <usize>argument(3) + (<usize>startOf(part + 1, parts, count) << 2);
  let left = start;
  let right = <usize>argument(5) + from + (<usize>part << 2);
  for (let at = start; at < end; at += 4) {
    const row = load<u32>(at);
    const goesLeft = <usize>(<u32>load<u8>(column + <usize>row * half) <= bin);
    // Writes to both sides and keeps one, since a branch would be mispredicted half of the time.
    store<u32>(right, row);
    store<u32>(left, row);
    left += goesLeft << 2;
    right += (1 - goesLeft) << 2;
  }
  setArgument(LEFTS + part, <u32>(left - start));
}

/**
 * Adds a tree to the scores of all rows. A node is four numbers: feature, bin, and the children for bins up to that one and above it,
 * each the index of a node, or ~(the index of a leaf's value).
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
  openJob();
  setArgument(0, <u32>bins);
  setArgument(1, <u32>width);
  setArgument(2, rows);
  setArgument(3, <u32>nodes);
  setArgument(4, <u32>root);
  setArgument(5, <u32>values);
  setArgument(6, <u32>scores);
  share(ADD, ROW_PARTS, <u64>rows << 4);
}

function addPart(part: u32, parts: u32): void {
  const bins = <usize>argument(0);
  const width = <usize>argument(1);
  const rows = argument(2);
  const nodes = <usize>argument(3);
  const root = <i32>argument(4);
  const values = <usize>argument(5);
  const scores = <usize>argument(6);
  const half = halfOf(width);
  const other = (<usize>rows - 1) * half;
  const end = startOf(part + 1, parts, rows);
  for (let r = startOf(part, parts, rows); r < end; r++) {
    const base = bins + <usize>r * half;
    let node = root;
    while (node >= 0) {
      const at = nodes + (<usize>node << 4);
      const f = <usize>load<u32>(at);
      const bin = <u32>load<u8>(base + f + (f < half ? 0 : other));
      const isMore = <usize>(bin > load<u32>(at, 4));
      node = load<i32>(at + (isMore << 2), 8);
    }
    const score = scores + (<usize>r << 3);
    store<f64>(score, load<f64>(score) + <f64>load<f32>(values + (<usize>~node << 2)));
  }
}

/**
 * Bins the values of rows `first` … `first + count - 1` out of `rows`: a bin is the number of the feature's borders below the value. A
 * feature has 64 ascending borders, padded with +∞, stored as 72 numbers: the first eight are every eighth border, so that twice eight
 * comparisons find the bin.
 */
export function binRows(
  values: usize,
  first: u32,
  count: u32,
  rows: u32,
  width: usize,
  borders: usize,
  bins: usize,
): void {
  openJob();
  setArgument(0, <u32>values);
  setArgument(1, <u32>width);
  setArgument(2, count);
  setArgument(3, <u32>borders);
  setArgument(4, <u32>(bins + <usize>first * halfOf(width)));
  setArgument(5, rows);
  share(BIN, ROW_PARTS, <u64>count * width);
}

/**
 * Both derivatives of the softmax loss at the current scores: relevant · p - relevance and relevant · p · (1 - p), where p is a row's share
 * of weight · exp(score) in its query and `relevant` is the query's sum of relevance. Writes three numbers a, b, c per query to `losses`; its
 * loss is b · log(a) + c.
 */
export function derive(
  queries: u32,
  offsets: usize,
  weights: usize,
  relevance: usize,
  scores: usize,
  derivatives: usize,
  losses: usize,
): void {
  openJob();
  setArgument(0, queries);
  setArgument(1, <u32>offsets);
  setArgument(2, <u32>weights);
  setArgument(3, <u32>relevance);
  setArgument(4, <u32>scores);
  setArgument(5, <u32>derivatives);
  setArgument(6, <u32>losses);
  share(DERIVE, ROW_PARTS, <u64>load<u32>(offsets + (<usize>queries << 2)) << 5);
}
