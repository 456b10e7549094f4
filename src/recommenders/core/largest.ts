/**
 * Picks the largest of `values[0 … count)` into `kept` (their numbers) and `keptValues`, as many as `kept` holds, unordered.
 * Ties at the border go to the larger number (the later playlist). A quickselect over a scratch copy: O(count).
 *
 * @returns how many were picked: min(count, kept.length)
 */
export function largest(
  values: Float64Array,
  numbers: Uint32Array,
  count: number,
  kept: Uint32Array,
  keptValues: Float64Array,
): number {
  const wanted = kept.length;
  if (count <= wanted) {
    for (let i = 0; i < count; i++) {
      kept[i] = numbers[i]!;
      keptValues[i] = values[i]!;
    }
    return count;
  }
  if (wanted === 0) return 0;
  const border = nthLargest(values, count, wanted);
  let size = 0;
  let above = 0;
  for (let i = 0; i < count; i++) if (values[i]! > border) above++;
  // Those equal to the border: the largest numbers of them fill what is left.
  const left = wanted - above;
  const equal: number[] = [];
  for (let i = 0; i < count; i++) {
    if (values[i]! > border) {
      kept[size] = numbers[i]!;
      keptValues[size++] = values[i]!;
    } else if (values[i] === border) {
      equal.push(numbers[i]!);
    }
  }
  if (equal.length > left) equal.sort((a, b) => b - a);
  for (let i = 0; i < left; i++) {
    kept[size] = equal[i]!;
    keptValues[size++] = border;
  }
  return size;
}

let scratch = new Float64Array(0);

/** The n-th largest (1 is the largest) of `values[0 … count)`, which stay as they are. */
export function nthLargest(values: Float64Array, count: number, n: number): number {
  if (scratch.length < count) scratch = new Float64Array(count * 2);
  const copy = scratch;
  for (let i = 0; i < count; i++) copy[i] = values[i]!;
  let low = 0;
  let high = count - 1;
  const target = n - 1;
  while (low < high) {
    const a = copy[low]!;
    const b = copy[(low + high) >> 1]!;
    const c = copy[high]!;
    const pivot = a > b ? (b > c ? b : Math.min(a, c)) : a > c ? a : Math.min(b, c);
    let i = low;
    let j = high;
    while (i <= j) {
      while (copy[i]! > pivot) i++;
      while (copy[j]! < pivot) j--;
      if (i <= j) {
        const kept = copy[i]!;
        copy[i++] = copy[j]!;
        copy[j--] = kept;
      }
    }
    if (target <= j) high = j;
    else if (target >= i) low = i;
    else break;
  }
  return copy[target]!;
}
