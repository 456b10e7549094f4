/** Where everything of an encoder's training lies: a table of addresses and numbers, written by encoder-memory.ts in the same order. */

/** Numbers: dimensions, contexts of a batch, tracks drawn for it, places back that are read, parts. */
export const SIZE: u32 = 0;
export const BATCH: u32 = 1;
export const DRAWN: u32 = 2;
export const REACH: u32 = 3;
export const PARTS: u32 = 4;
/** All plays, the play that each context of the batch is followed by, and how many of those before it are read. */
export const ITEMS: u32 = 5;
export const PLACES: u32 = 6;
export const LENGTHS: u32 = 7;
/** Of each track: its vector (of length 1), both moments of its gradient, the gradient, and whether there is one. */
export const UNITS: u32 = 8;
export const MEANS: u32 = 9;
export const SQUARES: u32 = 10;
export const GRADIENTS: u32 = 11;
export const MARKS: u32 = 12;
/** By part: the tracks with a gradient. */
export const TOUCHED: u32 = 13;
/** Of each place back: what a track's dimensions there are multiplied by; by part, the gradient. */
export const GATES: u32 = 14;
export const GATE_SUMS: u32 = 15;
/** Of each context: its code (of length 1), what brought it to that, the gradient, that of its own track's score, and sums for the loss. */
export const CODES: u32 = 16;
export const INVERSES: u32 = 17;
export const SLOPES: u32 = 18;
export const OWN: u32 = 19;
export const LOSSES: u32 = 20;
/** Of each drawn track: number, minus the log of how often it is drawn, row, and the rows again as 16 columns beside each other. */
export const DRAWN_TRACKS: u32 = 21;
export const CORRECTIONS: u32 = 22;
export const ROWS: u32 = 23;
export const PANELS: u32 = 24;
/** By part: gradients of the drawn tracks, and room for scores. */
export const DRAWN_SUMS: u32 = 25;
export const SCORES: u32 = 26;
/** Floats of the step: what cosines are multiplied by, the rate, and the share of dimensions that are kept, as a 32-bit bound. */
export const SCALE: u32 = 27;
export const RATE: u32 = 28;
export const KEEP: u32 = 29;
export const SEED: u32 = 30;

let table: usize = 0;

export function setAddresses(at: usize): void {
  table = at;
}

// @ts-ignore: decorator
@inline
export function at(what: u32): usize {
  return <usize>load<u32>(table + (<usize>what << 2));
}

// @ts-ignore: decorator
@inline
export function number(what: u32): u32 {
  return load<u32>(table + (<usize>what << 2));
}

// @ts-ignore: decorator
@inline
export function float(what: u32): f32 {
  return load<f32>(table + (<usize>what << 2));
}
