/** The typed interface of the nearest-search kernel (assembly/nearest.ts), and how to instantiate it over a memory. */
import { blocks, type Steps, type WasmMemory, type WasmModule } from "../../system/index.js";
import { compileRelaxed } from "../kernel/kernel-module.js";

/** Addresses are in bytes. */
export interface NearestKernel {
  normalize(raw: number, to: number, rows: number, size: number): number;
  setRows(panelsAt: number, unitsAt: number, headAt: number, rows: number, size: number): void;
  setNumbers(numbersAt: number): void;
  sumRows(from: number, to: number): void;
  closeSums(): void;
  pack(from: number, to: number): void;
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

/** Rows per panel, and per block of four panels, which are scanned together. */
export const PANEL = 8;
export const BLOCK = 4 * PANEL;

/** As in assembly/_nearest_rows.ts: rows that share a scale. */
const SCALED = 128;

/** Bytes needed for the panels of `rows` rows, in whole blocks. */
export function panelBytes(rows: number, size: number): number {
  return 4 * Math.ceil(rows / BLOCK) * (((size + 1) >> 1) * 16 + 16);
}

export function headBytes(rows: number, size: number): number {
  return 32 + 16 * Math.ceil(size / 4) + 16 * Math.ceil(size / 2) + 4 * Math.ceil(rows / SCALED);
}

/** Rounds unit rows into panels; call `setRows` first. Runs in steps. */
export function* packRows(kernel: NearestKernel, rows: number, size: number): Steps<void> {
  const pieces = () => blocks(0, rows, SCALED * Math.ceil(2 ** 20 / size / SCALED));
  for (const [from, to] of pieces()) {
    kernel.sumRows(from, to);
    yield;
  }
  kernel.closeSums();
  for (const [from, to] of pieces()) {
    kernel.pack(from, to);
    yield;
  }
}

let compiled: WasmModule | undefined;

/** Compiled once per thread. */
export function nearestModule(): WasmModule {
  return (compiled ??= compileRelaxed("nearest"));
}

export function nearestKernel(memory: WasmMemory): NearestKernel {
  return new WebAssembly.Instance(nearestModule(), { env: { memory } }).exports as unknown as NearestKernel;
}
