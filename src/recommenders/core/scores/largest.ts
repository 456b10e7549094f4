/**
 * Copies the largest of `values[0 … count)` into `keptValues` and their numbers into `kept`, up to its length, unordered. Ties at
 * the border go to the larger number (the later playlist). O(count).
 *
 * @returns the number picked: min(count, kept.length)
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
  const found = possible(values, count, wanted);
  const border = select(scratch, found, wanted);
  let size = 0;
  const equal: number[] = [];
  for (let p = 0; p < found; p++) {
    const i = places[p]!;
    const value = values[i]!;
    if (value > border) {
      kept[size] = numbers[i]!;
      keptValues[size++] = value;
    } else if (value === border) {
      equal.push(numbers[i]!);
    }
  }
  // Values equal to the border fill the rest, largest numbers first.
  const left = wanted - size;
  if (equal.length > left) equal.sort((a, b) => b - a);
  for (let i = 0; i < left; i++) {
    kept[size] = equal[i]!;
    keptValues[size++] = border;
  }
  return size;
}

let scratch = new Float64Array(0);
let places = new Uint32Array(0);

/** The size of a sample. */
const sampled = 256;
const sample = new Float64Array(sampled);

/**
 * Estimates, from an evenly spaced sample, a bound that the n largest of `values[0 … count)` and few others likely reach;
 * -Infinity if `count` is small or n is a large share of it.
 */
export function likelyBound(values: Float64Array, count: number, n: number): number {
  const place = Math.ceil((sampled * n * 1.25) / count) + 6;
  if (count <= 4 * sampled || place >= sampled / 2) return Number.NEGATIVE_INFINITY;
  for (let i = 0; i < sampled; i++) sample[i] = values[Math.floor((i * count) / sampled)]!;
  return select(sample, sampled, place);
}

/** Copies values that may be among the n largest to `scratch` and their indexes to `places`; returns how many. */
function possible(values: Float64Array, count: number, n: number): number {
  if (scratch.length < count) {
    scratch = new Float64Array(count * 2);
    places = new Uint32Array(count * 2);
  }
  const found = reaching(values, count, likelyBound(values, count, n));
  return found >= n ? found : reaching(values, count, Number.NEGATIVE_INFINITY);
}

function reaching(values: Float64Array, count: number, bound: number): number {
  let found = 0;
  for (let i = 0; i < count; i++) {
    const value = values[i]!;
    if (value >= bound) {
      scratch[found] = value;
      places[found++] = i;
    }
  }
  return found;
}

/** The n-th largest of `copy[0 … count)`, which it reorders. */
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
