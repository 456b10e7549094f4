/**
 * The rank of a row among those nearest to another, without finding these: rows with a higher score are counted, and counting stops at
 * `most`.
 */
import { COUNT, floatsAt, keysAt, setThreshold, stateBytes, THRESHOLD } from "./_nearest_query";
import { panelBytes, rowCount, size, units } from "./_nearest_rows";
import { DONE, dot, scanOne, start, TARGET } from "./_nearest_scan";

function startPlace(state: usize, row: i32, target: i32, most: i32): void {
  start(state, units + <usize>row * size * 4, row);
  store<i32>(state, target, TARGET);
  const score = dot(units + <usize>target * size * 4, state + floatsAt);
  store<f32>(state + keysAt, score);
  if (target == row) {
    store<i32>(state, most, COUNT);
    store<f32>(state, DONE, THRESHOLD);
    return;
  }
  setThreshold(state, score);
}

/**
 * The rank of each target among the rows nearest to its row, from 1; 0 if `most` rows or more are nearer, or if it is the row itself.
 *
 * @param rows, targets `count` row numbers each (i32); `states` is room for as many states; `out` gets u32
 */
export function places(rows: usize, targets: usize, count: i32, most: i32, states: usize, out: usize): void {
  for (let q = 0; q < count; q++) {
    const at = <usize>q << 2;
    startPlace(states + <usize>q * stateBytes, load<i32>(rows + at), load<i32>(targets + at), most);
  }
  const panelCount = ((rowCount + 31) >> 5) << 2;
  const tile = max<i32>(4, (24576 / <i32>panelBytes) & ~3);
  for (let from = 0; from < panelCount; from += tile) {
    const to = min(from + tile, panelCount);
    for (let q = 0; q < count; q++) {
      const state = states + <usize>q * stateBytes;
      if (load<f32>(state, THRESHOLD) != DONE) scanOne(state, from, to, most);
    }
  }
  for (let q = 0; q < count; q++) {
    const nearer = load<i32>(states + <usize>q * stateBytes, COUNT);
    store<u32>(out + (<usize>q << 2), nearer >= most ? 0 : nearer + 1);
  }
}
