/**
 * What is worked on when: chunks of the corpus, one after the other on the matrices themselves, or in rounds of as many as there are shards.
 * This is the loop of a thread, here and not in JavaScript, since what a thread does not compile it does not take from the others.
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

/** Writes the tokens of a chunk and the ends of its playlists where this thread plans; returns how many playlists they are. */
@external("env", "fetchChunk")
declare function fetchChunk(chunk: u32): u32;

// The chunks of an epoch.
let chunkCount: u32 = 0;
/** Turn by turn the number of a chunk, those of a round in falling order of the work they are. */
let order: usize = 0;
/** By chunk: how many tokens lie before it. */
let starts: usize = 0;
/** By chunk: loss, pairs, products of inputs with negatives; numbers of 64 bits. */
let results: usize = 0;
let words: f64 = 0;
let epochs: f64 = 0;
let alpha: f64 = 0;
let minAlpha: f64 = 0;

// Plans: of each thread, or of each shard of a round and then of each of the next. How many tracks are kept, and where they are.
let keptCount: usize = 0;
let kept: usize = 0;
let windows: usize = 0;
let negatives: usize = 0;
let planBytes: usize = 0;

// Shards: how many rows each has copied, where the copies are, and which rows these are.
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

/** What `runEpoch` returns: the epoch is done and nobody has stopped the training; this thread was the last, and has the totals. */
const GOES_ON: u32 = 1;
const HAS_TOTALS: u32 = 2;

/** Works through an epoch together with the other threads; 0 when the training was stopped before its end. */
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

/** The sums over all chunks of an epoch, in their order, to `result`: loss, pairs, products of inputs with negatives. */
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

/** Trains on one chunk, on the matrices themselves. */
export function runChunk(epoch: u32, chunk: u32): void {
  planChunk(epoch, chunk, ownNumber());
  trainChunk(epoch, chunk, ownNumber());
}

/** Who finds no shard of a round left to train on plans the next: small pieces, so that nobody waits long. */
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
    // A thread's own marks are nobody else's business: they are cleared and set while others are still on their way.
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

/** A round with no other thread beside. */
export function runRound(epoch: u32, first: i32): void {
  const size = sizeOf(first);
  for (let shard = 0; shard < size; shard++) planShard(epoch, first, shard);
  openRound(first);
  for (let shard = 0; shard < size; shard++) trainShard(epoch, first, shard);
  mergeRound(first);
  clearRound(first);
}

/** How many shards the round has that begins with that turn. */
function sizeOf(first: i32): i32 {
  return first < 0 ? 0 : min<i32>(<i32>shards, max<i32>(0, <i32>chunkCount - first));
}

/** The number of a shard's plan: rounds take turns, since one is planned while another is trained. */
function planOf(first: i32, shard: i32): u32 {
  return ((<u32>first / shards) & 1) * shards + <u32>shard;
}

function chunkAt(turn: i32): u32 {
  return load<u32>(order + (<usize>turn << 2));
}

export function planShard(epoch: u32, first: i32, shard: i32): void {
  planChunk(epoch, chunkAt(first + shard), planOf(first, shard));
}

/** Once all shards are planned, each thread learns which rows several of them have. */
export function openRound(first: i32): void {
  const size = sizeOf(first);
  for (let shard = 0; shard < size; shard++) markShard(first, shard, 1 << shard);
}

/** Once this thread has trained its last shard of the round: takes its marks away. */
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

/** Once all shards are trained: this thread's part of merging their copies, shard by shard, so that sums have one order. */
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
  // As seedOf in src/track2vec/kernel.ts.
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
