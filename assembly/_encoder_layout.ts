/** The memory layout of an encoder's training: a table of addresses and numbers, written by encoder-memory.ts in the same order. */

/** Numbers: dimensions, contexts per batch, tracks drawn per batch, tracks read per context, parts. */
export const SIZE: u32 = 0;
export const BATCH: u32 = 1;
export const DRAWN: u32 = 2;
export const REACH: u32 = 3;
export const PARTS: u32 = 4;
/** All plays, the play that follows each context of the batch, and how many plays before it are read. */
export const ITEMS: u32 = 5;
export const PLACES: u32 = 6;
export const LENGTHS: u32 = 7;
/** Per track: its vector (of length 1), both moments of its gradient, the gradient, and whether it has one. */
export const UNITS: u32 = 8;
export const MEANS: u32 = 9;
export const SQUARES: u32 = 10;
export const GRADIENTS: u32 = 11;
export const MARKS: u32 = 12;
/** Per part: the tracks with a gradient. */
export const TOUCHED: u32 = 13;
/** The gates, factors of a track's dimensions by its distance from the end of the context; per part, their gradient. */
export const GATES: u32 = 14;
export const GATE_SUMS: u32 = 15;
/** Per context: its code (of length 1), the factor that normalised it, its gradient, that of its target's score, and sums for the loss. */
export const CODES: u32 = 16;
export const INVERSES: u32 = 17;
export const SLOPES: u32 = 18;
export const OWN: u32 = 19;
export const LOSSES: u32 = 20;
/** Per drawn track: number, minus the log of its expected draws, row, and the rows again as 16 adjacent columns. */
export const DRAWN_TRACKS: u32 = 21;
export const CORRECTIONS: u32 = 22;
export const ROWS: u32 = 23;
export const PANELS: u32 = 24;
/** Per part: gradients of the drawn tracks, and room for scores. */
export const DRAWN_SUMS: u32 = 25;
export const SCORES: u32 = 26;
/** Of the step: the scale of cosines and the learning rate (floats), and the share of dimensions kept, as a 32-bit bound. */
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
