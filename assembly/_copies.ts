/**
 * Makes the result independent of the number of threads: no shard of a round changes a row that another shard of it reads. A row that only
 * one shard uses is changed in place. If several use it, each changes a copy, and the copies are merged when all shards are done
 * (_merge.ts). These rows are known in advance, since all random draws precede the training.
 */
import { copyRow } from "./_products";
import { bytes, drawsFor, marks, slots, vocabulary } from "./_settings";

// The current shard: its bit in the marks, its copies, and the rows they are of.
let shardBit: u32 = 0;
let copies: usize = 0;
let copied: usize = 0;
let copiedCount: u32 = 0;

export function openShard(bit: u32, copies_: usize, copied_: usize): void {
  shardBit = bit;
  copies = copies_;
  copied = copied_;
  copiedCount = 0;
}

/** Clears the slots of the shard; returns its number of copies. */
export function closeShard(): u32 {
  clearSlots(copied, copiedCount);
  return copiedCount;
}

/** Clears the slots of the `count` rows listed at `copied`. */
export function clearSlots(copied: usize, count: u32): void {
  const end = copied + (<usize>count << 2);
  for (let at = copied; at < end; at += 4) store<u32>(slots + (<usize>load<u32>(at) << 2), 0);
}

/** Sets the shard's `bit` in the marks of a plan's tracks: `count` kept ones and their negatives. 0 clears the marks of all shards. */
export function markPlan(kept: usize, negatives: usize, count: u32, bit: u32): void {
  const stay: u32 = bit == 0 ? 0 : 0xff;
  let end = kept + (<usize>count << 2);
  for (let at = kept; at < end; at += 4) mark(marks + <usize>load<u32>(at), stay, bit);
  const drawn = marks + <usize>vocabulary;
  end = negatives + (<usize>drawsFor(count) << 3);
  for (let at = negatives; at < end; at += 8) mark(drawn + <usize>load<u32>(at), stay, bit);
}

// @ts-ignore: decorator
@inline
function mark(at: usize, stay: u32, bit: u32): void {
  store<u8>(at, (load<u8>(at) & <u8>stay) | <u8>bit);
}

/** Whether no other shard of the round uses a track; `drawn` is the offset of further marks to check. */
// @ts-ignore: decorator
@inline
export function isAlone(track: usize, drawn: usize): bool {
  return (<u32>load<u8>(marks + track) | <u32>load<u8>(marks + track + drawn)) == shardBit;
}

/** The address of this shard's copy of a row; the first call copies it from `own`. */
export function copyOf(row: u32, own: usize): usize {
  const slot = slots + (<usize>row << 2);
  let copy = <usize>load<u32>(slot);
  if (copy == 0) {
    copy = copies + <usize>copiedCount * bytes;
    store<u32>(slot, <u32>copy);
    store<u32>(copied + (<usize>copiedCount << 2), row);
    copiedCount += 1;
    copyRow(own, copy, bytes);
  }
  return copy;
}
