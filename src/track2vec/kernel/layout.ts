/** The layout of the kernel's linear memory, and whether it fits. */
import { SegueError } from "../../system/index.js";
import { ofTracks, type Wording } from "../options/wording.js";
import { GROUP, type Grouping } from "../threads/grouping.js";
import { CONTROL_BYTES } from "./control.js";

export interface LayoutNeeds extends Grouping {
  readonly vocabulary: number;
  /** Track numbers of the corpus. */
  readonly tracks: number;
  readonly size: number;
  readonly negative: number;
  readonly hs: boolean;
  /** The longest Huffman path, and the total length of all paths. */
  readonly depth: number;
  readonly pathWords: number;
  readonly chunks: number;
  readonly mostWords: number;
  readonly mostSegments: number;
  readonly threads: number;
  /** Shards that keep copies of rows; 0: threads update the matrices directly. */
  readonly shards: number;
}

/** Addresses in bytes; see `place`. */
export type Layout = Readonly<ReturnType<typeof place>>;

/** The address of the first of `count` things, `bytes` apart. */
interface Repeated<T> {
  readonly first: T;
  readonly count: number;
  readonly bytes: number;
}

const ADDRESSABLE = 4 * 1024 ** 3;
/** As in assembly/_settings.ts: the maximum number of inputs in a block. */
export const BLOCK = 32;
/** Bytes reserved for the compiled module's static data (the constants of the exponential). */
const RESERVED = 65_536;

/** @throws SegueError with code "out-of-memory" if it exceeds what wasm32 can address, with what would fit */
export function layOut(needs: LayoutNeeds, wording = ofTracks): Layout {
  const layout = place(needs);
  if (layout.totalBytes > ADDRESSABLE) throw tooLarge(needs, layout, wording);
  return layout;
}

function tooLarge(
  needs: LayoutNeeds,
  { totalBytes, rowBytes }: Layout,
  { option, item }: Wording,
): SegueError {
  const { vocabulary, size, negative, hs } = needs;
  const matrices = (1 + Number(negative > 0) + Number(hs)) * vocabulary * rowBytes;
  const fewer = largest(vocabulary, (rows) =>
    place({ ...needs, vocabulary: rows, pathWords: Math.ceil((needs.pathWords / vocabulary) * rows) }),
  );
  const shorter = largest(size, (dimensions) => place({ ...needs, size: dimensions }));
  const ways = [
    ...(fewer > 0
      ? [
          `${fewer} ${item}s of ${size} dimensions (set ${option("maxFinalVocab")}, or raise ${option("minCount")})`,
        ]
      : []),
    ...(shorter > 0 ? [`all ${vocabulary} with ${option("vectorSize")} ${shorter}`] : []),
  ];
  return new SegueError(
    `training ${vocabulary} ${item}s × ${size} dimensions needs ${gib(totalBytes)} GiB of memory (${gib(matrices)} GiB of it matrices), and the kernel addresses 4 GiB`,
    {
      hint:
        ways.length > 0
          ? `What would fit: ${ways.join("; or ")}.`
          : `Lower ${option("threads")} and ${option("vectorSize")}, and raise ${option("minCount")}.`,
      code: "out-of-memory",
    },
  );
}

/** The largest integer up to `most` whose layout can be addressed; 0 if there is none. */
function largest(most: number, layoutOf: (amount: number) => Layout): number {
  let [low, high] = [0, most];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (layoutOf(middle).totalBytes <= ADDRESSABLE) low = middle;
    else high = middle - 1;
  }
  return low;
}

function place(needs: LayoutNeeds) {
  let top = RESERVED;
  const take = (bytes: number): number => {
    const at = top;
    top += Math.ceil(bytes / 128) * 128;
    return at;
  };
  const repeat = <T>(count: number, one: () => T): Repeated<T> => {
    const from = top;
    const first = one();
    const bytes = top - from;
    top = from + count * bytes;
    return { first, count, bytes };
  };
  const { vocabulary, threads, chunks, mostWords } = needs;
  // Padded to whole vectors of four floats.
  const rowBytes = Math.ceil(needs.size / 4) * 16;
  const negativeRow = vocabulary;
  const nodeRow = vocabulary + (needs.negative > 0 ? vocabulary : 0);
  const rowCount = nodeRow + (needs.hs ? vocabulary : 0);
  const rows = take(rowCount * rowBytes);
  const numberOf = take(needs.tracks * 4);
  const keep = take(vocabulary * 4);
  const alias = take(needs.negative > 0 ? vocabulary * 8 : 0);
  const pathStart = take(needs.hs ? (vocabulary + 1) * 4 : 0);
  const pathNodes = take(needs.hs ? needs.pathWords * 4 : 0);
  const control = take(CONTROL_BYTES);
  // The chunk number for each turn; for each chunk, the number of tokens before it, and its totals.
  const order = take(chunks * 4);
  const starts = take(chunks * 4);
  const results = take(chunks * 24);
  const { group, shared, sharing, halfway } = needs;
  const drawn = Math.ceil(mostWords / sharing) * shared;
  // A quad of centres before the negatives and one after.
  const outputs = Math.max(GROUP + inQuads(shared), inQuads(needs.depth));
  const copied = Math.min(rowCount, mostWords * (2 + needs.depth) + drawn);
  // In the order of the kernel's `setScratch`.
  const scratch = () => ({
    tokens: take(mostWords * 4),
    ends: take(needs.mostSegments * 4),
    inputAt: take((mostWords + 4) * 4),
    outputAt: take(mostWords * 4),
    marks: take(needs.shards > 0 ? 2 * vocabulary : 0),
    slots: take(needs.shards > 0 ? rowCount * 4 : 0),
    wanted: take(needs.shards > 0 ? 2 * (copied + 1) * 4 : 0),
    result: take(128),
    inRow: take((BLOCK + 4) * 4),
    outRow: take(outputs * 4),
    gainRow: take((BLOCK + 4) * 4),
    outputCopies: take(outputs * 64 * Math.ceil(rowBytes / 64)),
    across: take(16 * Math.ceil(outputs / 16) * rowBytes),
    gradients: take((BLOCK + 3) * outputs * 4),
    weights: take((BLOCK * (outputs + 5) + 20) * 4),
    likely: take(BLOCK * outputs * 4),
    windowBits: take((BLOCK + 4) * 4),
    hits: take(inQuads(shared) * 4),
    signs: take(outputs * 4),
    sums: take((BLOCK + 1) * rowBytes),
    means: take(GROUP * rowBytes),
    errors: take(GROUP * rowBytes),
    dummy: take(rowBytes),
  });
  // One per thread, each in the order of the kernel's `setScratch`.
  const scratches = Array.from({ length: threads }, scratch);
  // A chunk's random draws: one per thread; with shards, one per shard of this round, followed by one per shard of the next.
  const plans = repeat(needs.shards > 0 ? 2 * needs.shards : threads, () => ({
    keptCount: take(4),
    kept: take((mostWords + GROUP) * 4),
    windows: take(mostWords * 8),
    negatives: take(drawn * 8),
  }));
  // Rows copied, and their numbers.
  const shards = repeat(needs.shards, () => ({
    copiedCount: take(4),
    copies: take(copied * rowBytes),
    copied: take(copied * 4),
  }));
  return {
    rowBytes,
    rows,
    negativeRow,
    nodeRow,
    numberOf,
    keep,
    alias,
    pathStart,
    pathNodes,
    control,
    order,
    starts,
    results,
    scratches,
    plans,
    shards,
    totalBytes: top,
    group,
    shared,
    sharing,
    halfway,
  };
}

/** Outputs are processed four at a time. */
function inQuads(outputs: number): number {
  return 4 * Math.ceil(outputs / 4);
}

function gib(bytes: number): string {
  return (bytes / 1024 ** 3).toFixed(2);
}
