/**
 * Unused globals that pad an instance against false sharing. The engine allocates an instance's globals (the current group and block, the
 * random state, the loss) in a few hundred bytes, possibly next to another thread's. With 128 bytes of padding before them (this file,
 * which the module must import first) and after them (_back.ts, imported last), two threads never write to the same cache line or pair of
 * lines, which cost a third of their speed. They are exported only so that the compiler keeps them.
 */
export let front0: u64 = 0;
export let front1: u64 = 0;
export let front2: u64 = 0;
export let front3: u64 = 0;
export let front4: u64 = 0;
export let front5: u64 = 0;
export let front6: u64 = 0;
export let front7: u64 = 0;
export let front8: u64 = 0;
export let front9: u64 = 0;
export let front10: u64 = 0;
export let front11: u64 = 0;
export let front12: u64 = 0;
export let front13: u64 = 0;
export let front14: u64 = 0;
export let front15: u64 = 0;
