/** See _front.ts. */
export let back0: u64 = 0;
export let back1: u64 = 0;
export let back2: u64 = 0;
export let back3: u64 = 0;
export let back4: u64 = 0;
export let back5: u64 = 0;
export let back6: u64 = 0;
export let back7: u64 = 0;
export let back8: u64 = 0;
export let back9: u64 = 0;
export let back10: u64 = 0;
export let back11: u64 = 0;
export let back12: u64 = 0;
export let back13: u64 = 0;
export let back14: u64 = 0;
export let back15: u64 = 0;
