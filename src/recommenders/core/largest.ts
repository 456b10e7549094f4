/**
 * Picks the largest of `values[0 … count)` into `kept` (their numbers) and `keptValues`, as many as `kept` holds, unordered.
 * Ties at the border go to the larger number (the later playlist). O(count).
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
  const equal: number[] = [];
  for (let i = 0; i < count; i++) {
    if (values[i]! > border) {
      kept[size] = numbers[i]!;
      keptValues[size++] = values[i]!;
    } else if (values[i] === border) {
      equal.push(numbers[i]!);
    }
  }
  // Those equal to the border: the largest numbers of them fill what is left.
  const left = wanted - size;
  if (equal.length > left) equal.sort((a, b) => b - a);
  for (let i = 0; i < left; i++) {
    kept[size] = equal[i]!;
    keptValues[size++] = border;
  }
  return size;
}

let scratch = new Float64Array(0);

/** How many values a sample holds. */
const sampled = 256;
const sample = new Float64Array(sampled);

/**
 * The n-th largest (1 is the largest) of `values[0 … count)`, which stay as they are. Where few of many are wanted, an even sample
 * tells a bound that only little more than n values reach, and the quickselect looks at these alone.
 */
export function nthLargest(values: Float64Array, count: number, n: number): number {
  if (scratch.length < count) scratch = new Float64Array(count * 2);
  const place = Math.ceil((sampled * n * 1.25) / count) + 6;
  let kept = 0;
  if (count > 4 * sampled && place < sampled / 2) {
    for (let i = 0; i < sampled; i++) sample[i] = values[Math.floor((i * count) / sampled)]!;
    sample.sort();
    const bound = sample[sampled - place]!;
    for (let i = 0; i < count; i++) if (values[i]! >= bound) scratch[kept++] = values[i]!;
  }
  if (kept >= n) return select(scratch, kept, n);
  for (let i = 0; i < count; i++) scratch[i] = values[i]!;
  return select(scratch, count, n);
}

/** The n-th largest of `copy[0 … count)`, which lose their order. */
function select(copy: Float64Array, count: number, n: number): number {
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
