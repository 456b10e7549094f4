/**
 * Candidates as keys: u64 that sort by score and, at equal scores, put lower rows first. The upper half is the score's bits made
 * monotonic, the lower half the inverted row number. Candidates that are not scored yet are row numbers only.
 */

// @ts-ignore: decorator
@inline
export function keyOf(score: f32, row: u32): u64 {
  const bits = reinterpret<u32>(score + 0.0); // -0 becomes 0
  const ordered = bits ^ (<u32>(<i32>bits >> 31) | 0x80000000);
  return (<u64>ordered << 32) | <u64>~row;
}

// @ts-ignore: decorator
@inline
export function scoreOf(key: u64): f32 {
  const ordered = <u32>(key >> 32);
  return reinterpret<f32>(ordered ^ (<u32>(<i32>~ordered >> 31) | 0x80000000));
}

// @ts-ignore: decorator
@inline
export function keyAt(keys: usize, index: i32): u64 {
  return load<u64>(keys + (<usize>index << 3));
}

// @ts-ignore: decorator
@inline
function swap(keys: usize, a: i32, b: i32): void {
  const kept = keyAt(keys, a);
  store<u64>(keys + (<usize>a << 3), keyAt(keys, b));
  store<u64>(keys + (<usize>b << 3), kept);
}

/** Moves the `wanted` highest of `count` keys to the front (Hoare's quickselect, pivot the median of three). */
export function select(keys: usize, count: i32, wanted: i32): void {
  let left = 0;
  let right = count - 1;
  while (left < right) {
    const middle = (left + right) >> 1;
    if (keyAt(keys, middle) > keyAt(keys, left)) swap(keys, middle, left);
    if (keyAt(keys, right) > keyAt(keys, left)) swap(keys, right, left);
    if (keyAt(keys, right) > keyAt(keys, middle)) swap(keys, right, middle);
    const pivot = keyAt(keys, middle);
    let i = left;
    let j = right;
    while (i <= j) {
      while (keyAt(keys, i) > pivot) i++;
      while (keyAt(keys, j) < pivot) j--;
      if (i <= j) swap(keys, i++, j--);
    }
    if (wanted - 1 <= j) right = j;
    else if (wanted - 1 >= i) left = i;
    else return;
  }
}

/** Heap sort of the first `count` keys, highest first. */
export function sortDown(keys: usize, count: i32): void {
  for (let i = (count >> 1) - 1; i >= 0; i--) sink(keys, i, count);
  for (let last = count - 1; last > 0; last--) {
    swap(keys, 0, last);
    sink(keys, 0, last);
  }
}

function sink(keys: usize, at: i32, count: i32): void {
  const key = keyAt(keys, at);
  for (;;) {
    let child = (at << 1) + 1;
    if (child >= count) break;
    if (child + 1 < count && keyAt(keys, child + 1) < keyAt(keys, child)) child++;
    if (keyAt(keys, child) >= key) break;
    store<u64>(keys + (<usize>at << 3), keyAt(keys, child));
    at = child;
  }
  store<u64>(keys + (<usize>at << 3), key);
}
