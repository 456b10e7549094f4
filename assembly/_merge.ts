/**
 * Merges the copies of a round: a row becomes row + Σ (copy - row) over its copies, in the order of the shards. Each thread merges one of
 * `parts` parts of the rows, so that no two write to the same row. Meanwhile its slots hold the number of copies of each row.
 */
import { minusProduct } from "./_mac";
import { addRow } from "./_products";
import { bytes, rows, slots, wanted } from "./_settings";

/** A flag in a count of copies: the first one is merged. */
const BEGUN: u32 = 0x80000000;

/** Counts the copies of a shard, of the `count` rows listed at `copied`. To be called for every shard of the round before merging. */
export function countCopies(copied: usize, count: u32): void {
  const end = copied + (<usize>count << 2);
  for (let at = copied; at < end; at += 4) {
    const slot = slots + (<usize>load<u32>(at) << 2);
    store<u32>(slot, load<u32>(slot) + 1);
  }
}

/**
 * Merges the copies of a shard. The first of a row's n copies sets the row to copy - (n - 1) · row, and the others are added. The rows are
 * listed first, without branches (which would be unpredictable), so that the loads of many rows then overlap.
 */
export function mergeCopies(copies: usize, copied: usize, count: u32, part: u32, parts: u32): void {
  const laterList = wanted + (<usize>count << 2) + 4;
  let first = wanted;
  let later = laterList;
  for (let n: u32 = 0; n < count; n++) {
    const row = load<u32>(copied + (<usize>n << 2));
    // Hashes the row to 0 … parts - 1 (upper bits of a product), so that frequent rows are spread over the parts.
    const mine = <u32>((((row * 0x9e3779b1) >> 16) * parts) >> 16 == part);
    const isLater = load<u32>(slots + (<usize>row << 2)) >> 31;
    store<u32>(first, n);
    store<u32>(later, n);
    first += <usize>(mine & (isLater ^ 1)) << 2;
    later += <usize>(mine & isLater) << 2;
  }
  for (let at = wanted; at < first; at += 4) {
    const n = <usize>load<u32>(at);
    const row = load<u32>(copied + (n << 2));
    const slot = slots + (<usize>row << 2);
    const number = load<u32>(slot);
    store<u32>(slot, number | BEGUN);
    replaceRow(copies + n * bytes, rows + <usize>row * bytes, bytes, <f32>(number - 1));
  }
  for (let at = laterList; at < later; at += 4) {
    const n = <usize>load<u32>(at);
    addRow(copies + n * bytes, rows + <usize>load<u32>(copied + (n << 2)) * bytes, bytes);
  }
}

/** row = copy - times · row */
// @ts-ignore: decorator
@inline
function replaceRow(copy: usize, row: usize, length: usize, times: f32): void {
  const end = row + length;
  const factor = f32x4.splat(times);
  for (; row < end; row += 16) {
    v128.store(row, minusProduct(v128.load(copy), factor, v128.load(row)));
    copy += 16;
  }
}
