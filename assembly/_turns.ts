/**
 * Which windows of a group each input of a block is in: a bit a centre. Windows are ranges, so the bits are running sums (without carry)
 * of the turns where a centre's bit changes: where its window begins, before and behind the centre itself, and where the window ends.
 */
import { base, centres, first, inputs, setSpan } from "./_block";
import { turns, windows } from "./_settings";

/**
 * Writes to `turns` the bits of each input, and sets which inputs each quad of centres has to do with. Of CBOW, input c is in the window of
 * centre c alone.
 */
export function markTurns(bag: bool, large: bool): void {
  const list = turns;
  const end = list + (<usize>inputs << 2);
  for (let at = list; at <= end; at += 16) v128.store(at, i32x4.splat(0));
  markQuad(bag, 0, list);
  if (large) markQuad(bag, 4, list);
  let bits: u32 = 0;
  for (let at = list; at < end; at += 4) {
    bits ^= load<u32>(at);
    store<u32>(at, bits);
  }
}

// @ts-ignore: decorator
@inline
function markQuad(bag: bool, start: u32, list: usize): void {
  const count = <i32>inputs;
  const own = <i32>first - <i32>base;
  const end = min(start + 4, centres);
  let w = windows + (<usize>(first + start) << 3);
  let lowest = count;
  let highest = 0;
  for (let c = start; c < end; c++) {
    const bit: u32 = 1 << c;
    const from = bag ? <i32>c : within(<i32>load<u32>(w) - <i32>base, count);
    const to = bag ? <i32>c + 1 : within(<i32>load<u32>(w, 4) - <i32>base, count);
    w += 8;
    lowest = min(lowest, from);
    highest = max(highest, to);
    turn(list, from, bit);
    turn(list, to, bit);
    if (bag) continue;
    // Both at the same place where the centre is not of the block.
    turn(list, within(own + <i32>c, count), bit);
    turn(list, within(own + <i32>c + 1, count), bit);
  }
  setSpan(start, lowest, highest);
}

// @ts-ignore: decorator
@inline
function within(input: i32, count: i32): i32 {
  return max<i32>(0, min<i32>(input, count));
}

// @ts-ignore: decorator
@inline
function turn(list: usize, input: i32, bit: u32): void {
  const at = list + (<usize>input << 2);
  store<u32>(at, load<u32>(at) ^ bit);
}
