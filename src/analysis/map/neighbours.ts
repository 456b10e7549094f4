/** The nearest points of each point by squared Euclidean distance, by exhaustive search. */
import { type Progress, silent, Turns } from "../../system/index.js";
import type { Neighbours } from "./perplexity.js";

/**
 * @param points n × size, row-major
 * @throws the signal's reason
 */
export async function nearestNeighbours(
  points: Float32Array,
  size: number,
  each: number,
  { progress = silent, signal }: { readonly progress?: Progress; readonly signal?: AbortSignal } = {},
): Promise<Neighbours> {
  signal?.throwIfAborted();
  const n = points.length / size;
  const rows = new Uint32Array(n * each);
  const squared = new Float64Array(n * each);
  const distances = new Float64Array(n);
  const best = new Float64Array(each);
  const who = new Uint32Array(each);
  const turns = new Turns(signal);
  const tell = (done: number) => progress({ task: "finding neighbours", done, total: n, unit: "tracks" });
  tell(0);
  for (let i = 0; i < n; i++) {
    if (turns.due) {
      await turns.take();
      tell(i);
    }
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let d = 0; d < size; d++) {
        const gap = points[i * size + d]! - points[j * size + d]!;
        sum += gap * gap;
      }
      distances[j] = sum;
    }
    let held = 0;
    for (let j = 0; j < n; j++) {
      const distance = distances[j]!;
      if (j === i || (held === each && distance >= best[each - 1]!)) continue;
      let at = held < each ? held++ : each - 1;
      for (; at > 0 && best[at - 1]! > distance; at--) {
        best[at] = best[at - 1]!;
        who[at] = who[at - 1]!;
      }
      best[at] = distance;
      who[at] = j;
    }
    rows.set(who, i * each);
    squared.set(best, i * each);
  }
  return { each, rows, squared };
}
