/**
 * Draws from any discrete distribution in constant time: Walker's alias method, built by Vose's algorithm (1991). Column i
 * holds a bar in 32 bits and an alias: a draw takes a uniform column, then the column itself where a uniform 32-bit number
 * is below the bar, else its alias.
 *
 * @param weights positive numbers, at least one
 * @returns 2 × n numbers: bar, alias, bar, alias, …
 */
export function aliasTable(weights: Float64Array): Uint32Array {
  const n = weights.length;
  let total = 0;
  for (const weight of weights) total += weight;
  const share = Float64Array.from(weights, (weight) => (weight / total) * n);
  const table = new Uint32Array(2 * n);
  const small: number[] = [];
  const large: number[] = [];
  for (let i = n - 1; i >= 0; i--) (share[i]! < 1 ? small : large).push(i);
  while (small.length > 0 && large.length > 0) {
    const low = small.pop()!;
    const high = large.at(-1)!;
    table[2 * low] = Math.min(4294967295, Math.round(share[low]! * 4294967296));
    table[2 * low + 1] = high;
    share[high] = share[high]! + share[low]! - 1;
    if (share[high]! < 1) small.push(large.pop()!);
  }
  // What is left is full but for rounding: its alias is itself.
  for (const i of [...small, ...large]) {
    table[2 * i] = 4294967295;
    table[2 * i + 1] = i;
  }
  return table;
}
