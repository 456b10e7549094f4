/**
 * Renumbers items by first appearance, in place.
 *
 * @param items numbers below `count`
 * @returns the old number of each new one; its length is the number of distinct items
 */
export function numberByAppearance(items: Uint32Array, count: number): Uint32Array {
  const before = new Uint32Array(count);
  // The new number of each, + 1; 0 if it has not appeared yet.
  const numbers = new Uint32Array(count);
  let found = 0;
  for (let i = 0; i < items.length; i++) {
    const item = items[i]!;
    if (numbers[item] === 0) {
      before[found++] = item;
      numbers[item] = found;
    }
    items[i] = numbers[item]! - 1;
  }
  return before.subarray(0, found);
}
