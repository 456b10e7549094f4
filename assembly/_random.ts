/**
 * Counter-based random numbers: splitmix64 (Steele, Lea & Flood 2014). Each chunk of the corpus has its own seed, so its draws depend
 * neither on the thread that works on it nor on what was trained before a checkpoint.
 */
let state: u64 = 0;

// @ts-ignore: decorator
@inline
export function seedRandom(seed: u64): void {
  state = seed;
}

// @ts-ignore: decorator
@inline
export function mix(value: u64): u64 {
  let z = value;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

// @ts-ignore: decorator
@inline
export function nextRandom(): u64 {
  state += 0x9e3779b97f4a7c15;
  return mix(state);
}
