/**
 * The hot loops of training the session encoder (src/recommenders/encoder): encodes a batch of contexts, compares each with the track
 * that follows it and with tracks drawn for the whole batch, and updates the parameters.
 *
 * Every number is computed by a single part and in the same order, however many threads there are (_jobs.ts): contexts are split into a
 * fixed number of parts, each with its own sums for the drawn tracks and the gates, which are added in the order of parts; tracks are
 * distributed over parts by their number.
 *
 * All memory is laid out by the caller (encoder-memory.ts), whose table of addresses `setAddresses` reads.
 */
import { compareTile, packPanel, TILE } from "./_encoder_compare";
import { backward, encode } from "./_encoder_context";
import { at, BATCH, DRAWN, DRAWN_SUMS, GATE_SUMS, number, PARTS, REACH, SCORES, SIZE, setAddresses } from "./_encoder_layout";
import { applyPart } from "./_encoder_update";
import { awaitJob, awaitParts, endPart, openJob, setJobs, startJob, startOf, takePart, task } from "./_jobs";

export { setAddresses, setJobs };

const PACK: u32 = 0;
const LEARN: u32 = 1;
const APPLY: u32 = 2;

/** The loop of a helper: takes parts of jobs until there are no more jobs. */
export function serve(): void {
  for (let job = awaitJob(0); job != -1; job = awaitJob(job)) help();
}

function help(): void {
  for (let part = takePart(); part >= 0; part = takePart()) {
    const what = task();
    if (what == PACK) packPart(part);
    else if (what == LEARN) learnPart(part);
    else applyPart(part);
    endPart();
  }
}

function share(what: u32): void {
  openJob();
  startJob(what, number(PARTS));
  help();
  awaitParts();
}

/** Trains on the current batch; leaves the gates' gradients per part. */
export function learnBatch(): void {
  share(PACK);
  share(LEARN);
  share(APPLY);
}

function packPart(part: u32): void {
  const panels = number(DRAWN) >> 4;
  const end = startOf(part + 1, number(PARTS), panels);
  for (let panel = startOf(part, number(PARTS), panels); panel < end; panel++) packPanel(panel);
}

/** A part has some of the batch's contexts, in whole tiles. */
function learnPart(part: u32): void {
  const bytes = <usize>number(SIZE) << 2;
  const drawn = <usize>number(DRAWN);
  const gateBytes = <usize>number(REACH) * bytes;
  const sums = at(DRAWN_SUMS) + <usize>part * drawn * bytes;
  const gateSums = at(GATE_SUMS) + <usize>part * gateBytes;
  const scores = at(SCORES) + ((<usize>part * <usize>TILE * drawn) << 2);
  memory.fill(sums, 0, drawn * bytes);
  memory.fill(gateSums, 0, gateBytes);
  const tiles = number(BATCH) / TILE;
  const end = startOf(part + 1, number(PARTS), tiles) * TILE;
  for (let b = startOf(part, number(PARTS), tiles) * TILE; b < end; b += TILE) {
    for (let i: u32 = 0; i < TILE; i++) encode(b + i);
    compareTile(b, scores, sums);
    for (let i: u32 = 0; i < TILE; i++) backward(b + i, gateSums);
  }
}
