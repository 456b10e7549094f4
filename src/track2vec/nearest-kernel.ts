/** The kernel of nearest search (assembly/nearest.ts): its typed face, and an instance over a memory. */
import { readFileSync } from "node:fs";
import { distPath } from "../system/index.js";

/** Addresses and counts in bytes and numbers. */
export interface NearestKernel {
  normalize(raw: number, to: number, rows: number, size: number): number;
  setRows(panelsAt: number, unitsAt: number, rows: number, size: number, error: number): void;
  setNumbers(numbersAt: number): void;
  pack(from: number, to: number): number;
  setLimits(k: number, held: number): number;
  search(
    queries: number,
    skips: number,
    count: number,
    states: number,
    rowsAt: number,
    scoresAt: number,
  ): void;
  searchLists(
    query: number,
    lists: number,
    count: number,
    bounds: number,
    state: number,
    rowsAt: number,
    scoresAt: number,
  ): void;
  places(rows: number, targets: number, count: number, most: number, states: number, out: number): void;
}

export const PAGE = 65_536;
/** wasm32 addresses 4 GiB. */
export const MOST_PAGES = 65_536;

export const aligned = (bytes: number) => Math.ceil(bytes / 64) * 64;

let compiled: WebAssembly.Module | undefined;

/** Compiled once in each thread. */
export function nearestModule(): WebAssembly.Module {
  return (compiled ??= new WebAssembly.Module(readFileSync(distPath("assembly/nearest.wasm"))));
}

export function nearestKernel(memory: WebAssembly.Memory): NearestKernel {
  return new WebAssembly.Instance(nearestModule(), { env: { memory } }).exports as unknown as NearestKernel;
}
