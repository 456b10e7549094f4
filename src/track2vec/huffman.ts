/**
 * The binary Huffman tree of hierarchical softmax (Mikolov et al. 2013; word2vec.c builds it the same way): frequent tokens
 * get short paths. Built from two queues, leaves in order of count and inner nodes in order of making.
 */
export interface HuffmanPaths {
  /** The path of token i is `nodes[starts[i]] … nodes[starts[i + 1] - 1]`, from the root down. */
  readonly starts: Uint32Array;
  /** Each entry: inner node number × 2 + code (0: left, 1: right). Inner nodes are numbered 0 … n - 2. */
  readonly nodes: Uint32Array;
  /** The length of the longest path. */
  readonly depth: number;
}

export function huffmanPaths(counts: ArrayLike<number>): HuffmanPaths {
  const n = counts.length;
  if (n < 2) return { starts: new Uint32Array(n + 1), nodes: new Uint32Array(0), depth: 0 };
  const weight = new Float64Array(2 * n - 1).fill(Number.POSITIVE_INFINITY);
  // Leaf i is token order[i]; a vocabulary that has grown is not in order of count.
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) => counts[b]! - counts[a]! || a - b);
  for (let i = 0; i < n; i++) weight[i] = counts[order[i]!]!;
  const parent = new Uint32Array(2 * n - 1);
  const code = new Uint8Array(2 * n - 1);
  let leaf = n - 1;
  let inner = n;
  for (let made = n; made < 2 * n - 1; made++) {
    const least = () => (leaf >= 0 && weight[leaf]! <= weight[inner]! ? leaf-- : inner++);
    const first = least();
    const second = least();
    weight[made] = weight[first]! + weight[second]!;
    parent[first] = made;
    parent[second] = made;
    code[second] = 1;
  }
  const root = 2 * n - 2;
  // Lengths from the root down: a parent always has the higher number.
  const length = new Uint32Array(2 * n - 1);
  for (let node = root - 1; node >= 0; node--) length[node] = length[parent[node]!]! + 1;
  const starts = new Uint32Array(n + 1);
  let depth = 0;
  const leafOf = new Uint32Array(n);
  for (let i = 0; i < n; i++) leafOf[order[i]!] = i;
  for (let i = 0; i < n; i++) {
    starts[i + 1] = starts[i]! + length[leafOf[i]!]!;
    depth = Math.max(depth, length[i]!);
  }
  const nodes = new Uint32Array(starts[n]!);
  for (let i = 0; i < n; i++) {
    let node = leafOf[i]!;
    for (let at = starts[i + 1]! - 1; at >= starts[i]!; at--) {
      nodes[at] = (parent[node]! - n) * 2 + code[node]!;
      node = parent[node]!;
    }
  }
  return { starts, nodes, depth };
}
