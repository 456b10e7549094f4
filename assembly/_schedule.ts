/**
 * The schedule of a thread: chunks of the corpus, either one after the other on the matrices themselves, or in rounds of one chunk per shard.
 * The loop is here and not in JavaScript, so that no thread spends time compiling it.
 */
import {
  awaitMeeting,
  claim,
  isLast,
  isStopped,
  letGo,
  meetings,
  ownNumber,
  PLAN,
  setNextChunk,
  TRAIN,
  takeChunk,
  threadCount,
} from "./_control";
import { clearSlots, closeShard, markPlan, openShard } from "./_copies";
import { countCopies, mergeCopies } from "./_merge";
import { plan } from "./_plan";
import { mix, seedRandom } from "./_random";
import { result, seed, setPlan } from "./_settings";
import { train } from "./_train";

/** Writes the tokens of a chunk and the ends of its playlists to where this thread plans; returns the number of playlists. */
@external("env", "fetchChunk")
declare function fetchChunk(chunk: u32): u32;

// The chunks of an epoch.
let chunkCount: u32 = 0;
/** The chunk number of each turn; those of a round are in descending order of work. */
let order: usize = 0;
/** Per chunk: the number of tokens before it. */
let starts: usize = 0;
/** Per chunk: loss, pairs, products of inputs with negatives (f64). */
let results: usize = 0;
let words: f64 = 0;
let epochs: f64 = 0;
let alpha: f64 = 0;
let minAlpha: f64 = 0;

// Plans: one per thread, or one per shard of a round and of the next. The number of tracks kept, and their addresses.
let keptCount: usize = 0;
let kept: usize = 0;
let windows: usize = 0;
let negatives: usize = 0;
let planBytes: usize = 0;

// Shards: the number of rows that each has copied, the copies, and the row numbers.
let shards: u32 = 0;
let copiedCount: usize = 0;
let copies: usize = 0;
let copied: usize = 0;
let shardBytes: usize = 0;

export function setChunks(
  chunkCount_: u32,
  order_: usize,
  starts_: usize,
  results_: usize,
  words_: f64,
  epochs_: f64,
  alpha_: f64,
  minAlpha_: f64,
): void {
  chunkCount = chunkCount_;
  order = order_;
  starts = starts_;
  results = results_;
  words = words_;
  epochs = epochs_;
  alpha = alpha_;
  minAlpha = minAlpha_;
}

export function setPlans(
  keptCount_: usize,
  kept_: usize,
  windows_: usize,
  negatives_: usize,
  planBytes_: usize,
): void {
  keptCount = keptCount_;
  kept = kept_;
  windows = windows_;
  negatives = negatives_;
  planBytes = planBytes_;
}

export function setShards(
  shards_: u32,
  copiedCount_: usize,
  copies_: usize,
  copied_: usize,
  shardBytes_: usize,
): void {
  shards = shards_;
  copiedCount = copiedCount_;
  copies = copies_;
  copied = copied_;
  shardBytes = shardBytes_;
}

/** Results of `runEpoch`: the epoch is done and the training was not stopped; this thread was the last, and has the totals. */
const GOES_ON: u32 = 1;
const HAS_TOTALS: u32 = 2;

/** Runs an epoch together with the other threads; 0 if the training was stopped before its end. */
export function runEpoch(epoch: u32): u32 {
  if (!(shards > 0 ? runRounds(epoch) : runChunks(epoch))) return 0;
  const meeting = meetings();
  let totals: u32 = 0;
  if (isLast()) {
    setNextChunk(0);
    addUp();
    totals = HAS_TOTALS;
    letGo();
  }
  return totals | (awaitMeeting(meeting) ? GOES_ON : 0);
}

/** Writes the sums over all chunks of an epoch, in their order, to `result`: loss, pairs, products of inputs with negatives. */
export function addUp(): void {
  let loss: f64 = 0;
  let pairs: f64 = 0;
  let products: f64 = 0;
  const end = results + <usize>chunkCount * 24;
  for (let at = results; at < end; at += 24) {
    loss += load<f64>(at);
    pairs += load<f64>(at, 8);
    products += load<f64>(at, 16);
  }
  store<f64>(result, loss);
  store<f64>(result, pairs, 8);
  store<f64>(result, products, 16);
}

function runChunks(epoch: u32): bool {
  while (!isStopped()) {
    const chunk = takeChunk();
    if (chunk >= chunkCount) break;
    runChunk(epoch, chunk);
  }
  return !isStopped();
}

/** Trains one chunk on the matrices themselves. */
export function runChunk(epoch: u32, chunk: u32): void {
  planChunk(epoch, chunk, ownNumber());
  trainChunk(epoch, chunk, ownNumber());
}

/** A thread that finds no shard left to train plans shards of the next round, so that none waits long. */
function runRounds(epoch: u32): bool {
  for (let first = -(<i32>shards); first < <i32>chunkCount; first += <i32>shards) {
    const next = first + <i32>shards;
    const round = epoch * (chunkCount + shards) + <u32>next + 1;
    const here = sizeOf(first);
    for (let shard = claim(TRAIN, round, here); shard >= 0; shard = claim(TRAIN, round, here)) {
      trainShard(epoch, first, shard);
      if (isStopped()) return false;
    }
    const there = sizeOf(next);
    for (let shard = claim(PLAN, round, there); shard >= 0; shard = claim(PLAN, round, there)) {
      planShard(epoch, next, shard);
    }
    // Each thread has its own marks, so it can clear and set them while others still work.
    const trained = meetings();
    if (isLast()) {
      setNextChunk(min(<u32>next, chunkCount));
      letGo();
    }
    clearRound(first);
    if (!awaitMeeting(trained)) return false;
    mergeRound(first);
    const merged = meetings();
    if (isLast()) letGo();
    openRound(next);
    if (!awaitMeeting(merged)) return false;
  }
  return true;
}

/** Runs a round on this thread alone. */
export function runRound(epoch: u32, first: i32): void {
  const size = sizeOf(first);
  for (let shard = 0; shard < size; shard++) planShard(epoch, first, shard);
  openRound(first);
  for (let shard = 0; shard < size; shard++) trainShard(epoch, first, shard);
  mergeRound(first);
  clearRound(first);
}

/** The number of shards in the round that begins at turn `first`. */
function sizeOf(first: i32): i32 {
  return first < 0 ? 0 : min<i32>(<i32>shards, max<i32>(0, <i32>chunkCount - first));
}

/** The number of a shard's plan: rounds alternate between two sets, since one is planned while another is trained. */
function planOf(first: i32, shard: i32): u32 {
  return ((<u32>first / shards) & 1) * shards + <u32>shard;
}

function chunkAt(turn: i32): u32 {
  return load<u32>(order + (<usize>turn << 2));
}

export function planShard(epoch: u32, first: i32, shard: i32): void {
  planChunk(epoch, chunkAt(first + shard), planOf(first, shard));
}

/** To be called once all shards are planned: marks the rows that each of them uses. */
export function openRound(first: i32): void {
  const size = sizeOf(first);
  for (let shard = 0; shard < size; shard++) markShard(first, shard, 1 << shard);
}

/** To be called once this thread has trained its last shard of the round: clears the marks. */
export function clearRound(first: i32): void {
  const size = sizeOf(first);
  for (let shard = 0; shard < size; shard++) markShard(first, shard, 0);
}

function markShard(first: i32, shard: i32, bit: u32): void {
  const at = <usize>planOf(first, shard) * planBytes;
  markPlan(kept + at, negatives + at, load<u32>(keptCount + at), bit);
}

export function trainShard(epoch: u32, first: i32, shard: i32): void {
  const at = <usize>shard * shardBytes;
  openShard(1 << shard, copies + at, copied + at);
  trainChunk(epoch, chunkAt(first + shard), planOf(first, shard));
  store<u32>(copiedCount + at, closeShard());
}

/** To be called once all shards are trained: merges this thread's part of the copies, in the order of shards, so that sums are reproducible. */
export function mergeRound(first: i32): void {
  const end = <usize>sizeOf(first) * shardBytes;
  for (let at: usize = 0; at < end; at += shardBytes) countCopies(copied + at, load<u32>(copiedCount + at));
  for (let at: usize = 0; at < end; at += shardBytes) {
    mergeCopies(copies + at, copied + at, load<u32>(copiedCount + at), ownNumber(), threadCount());
  }
  for (let at: usize = 0; at < end; at += shardBytes) clearSlots(copied + at, load<u32>(copiedCount + at));
}

function planChunk(epoch: u32, chunk: u32, number: u32): void {
  const at = <usize>number * planBytes;
  const playlists = fetchChunk(chunk);
  setPlan(kept + at, windows + at, negatives + at);
  // The same as seedOf in src/track2vec/kernel/kernel.ts.
  seedRandom(mix(seed + <u64>epoch * (0x9e3779b97f4a7c15 * 0x10001) + (<u64>chunk << 1) + 1));
  store<u32>(keptCount + at, plan(playlists));
}

function trainChunk(epoch: u32, chunk: u32, number: u32): void {
  const at = <usize>number * planBytes;
  const progress = (<f64>epoch + <f64>load<u32>(starts + (<usize>chunk << 2)) / words) / epochs;
  setPlan(kept + at, windows + at, negatives + at);
  train(
    load<u32>(keptCount + at),
    <f32>(alpha - (alpha - minAlpha) * progress),
    results + <usize>chunk * 24,
  );
}
