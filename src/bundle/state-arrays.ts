/**
 * Recommender states as JSON and arrays. States often share arrays (a blend and its parts, a recommender and the vectors that it was
 * built from), so each array is stored once, under a hash of its content.
 */
import { createHash } from "node:crypto";
import type { CatalogueMark } from "../corpus/index.js";
import type { NumericArray, RecommenderState } from "../recommenders/index.js";
import { SegueError, type Tensor, type TypedArray } from "../system/index.js";

/** A state with the names of its arrays instead of the arrays. */
export interface StoredState {
  kind: string;
  version: number;
  settings: Readonly<Record<string, unknown>>;
  arrays: Record<string, string>;
  parts?: Record<string, StoredState>;
  catalogue?: CatalogueMark;
}

/** Collects arrays; equal ones are kept once. */
export class ArrayPool {
  readonly tensors: Record<string, Tensor> = {};
  readonly #names = new Map<NumericArray, string>();

  /** @returns the name under which the array is stored */
  add(array: NumericArray): string {
    let name = this.#names.get(array);
    if (name === undefined) {
      const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
      const hash = createHash("sha256").update(array.constructor.name).update(`${array.length}:`);
      // `update` accepts at most 2 GiB at a time.
      for (let at = 0; at < bytes.length; at += 1 << 28) hash.update(bytes.subarray(at, at + (1 << 28)));
      name = hash.digest("hex").slice(0, 24);
      this.#names.set(array, name);
      this.tensors[name] = { array };
    }
    return name;
  }

  store(state: RecommenderState): StoredState {
    const { kind, version, settings, arrays, parts, catalogue } = state;
    return {
      kind,
      version,
      settings,
      arrays: mapped(arrays, (array) => this.add(array)),
      parts: parts && mapped(parts, (part) => this.store(part)),
      catalogue,
    };
  }
}

/** @param of for the message @throws SegueError if the array is missing */
export function arrayNamed(name: string, tensors: Readonly<Record<string, Tensor>>, of: string): TypedArray {
  if (Object.hasOwn(tensors, name)) return tensors[name]!.array;
  throw new SegueError(`the array ${name} of ${of} is missing`, { code: "corrupt" });
}

/** @throws SegueError if an array is missing */
export function loadState(stored: StoredState, tensors: Readonly<Record<string, Tensor>>): RecommenderState {
  return {
    ...stored,
    arrays: mapped(stored.arrays, (name) => arrayNamed(name, tensors, `recommender "${stored.kind}"`)),
    parts: stored.parts && mapped(stored.parts, (part) => loadState(part, tensors)),
  } as RecommenderState;
}

function mapped<A, B>(values: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]));
}
