/**
 * How artifacts are typed from step to step. For every step, the builder tracks which artifacts can be read after it, and for
 * each of them its type and the step that wrote it last. A join can read an artifact directly only if the same step wrote it on
 * every path; the types enforce that.
 */
import type { ErrorData } from "../../system/index.js";
import type { TypedArray } from "../artifacts/npy.js";
import type { Table } from "../artifacts/table.js";

/** An artifact at type level: its value and the step that wrote it. */
export interface Written<Value = unknown, By extends string = string> {
  readonly value: Value;
  readonly by: By;
}

// biome-ignore lint/complexity/noBannedTypes: "no artifacts yet" is the empty object.
export type NoArtifacts = {};

export interface Root {
  readonly artifacts: NoArtifacts;
  readonly item: undefined;
  readonly outer: undefined;
}

type Simplify<T> = { [K in keyof T]: T[K] } & unknown;

/** The values as a step reads them. */
export type Values<A> = Simplify<{ readonly [K in keyof A]: A[K] extends { value: infer V } ? V : never }>;

/** What a step's function returned, as artifacts. A step that returns nothing writes none. */
// biome-ignore lint/suspicious/noConfusingVoidType: this inspects a function's return type.
export type Outputs<Out, By extends string> = [Out] extends [undefined | null | void]
  ? NoArtifacts
  : { [K in keyof Out]: Written<Out[K], By> };

/** With `catch`, the step's artifacts may be missing, and the error may be present. */
export type Caught<Out, By extends string, Catch> = [Catch] extends [string]
  ? { [K in keyof Outputs<Out, By>]: Written<ValueOf<Outputs<Out, By>[K]> | undefined, By> } & {
      [K in Catch & string]: Written<TaskFailure | undefined, By>;
    }
  : Outputs<Out, By>;

type ValueOf<W> = W extends { value: infer V } ? V : never;

/** The earlier artifacts, overlaid with those that the step wrote. */
export type Overlay<Before, Now> = Simplify<Omit<Before, keyof Now> & Now>;

/** The artifacts that foreach can iterate over: arrays, typed arrays and tables. */
export type ArrayNames<A> = {
  [K in keyof A]: A[K] extends { value: readonly unknown[] | TypedArray } | { value: Table<infer _Row> }
    ? K
    : never;
}[keyof A] &
  string;

export type ItemOf<A, Over extends keyof A> = A[Over] extends { value: readonly (infer Item)[] }
  ? Item
  : A[Over] extends { value: TypedArray }
    ? A[Over]["value"][number]
    : A[Over] extends { value: Table<infer Row> }
      ? Row
      : never;

type SameWriter<X, Y> = X extends { by: infer B }
  ? Y extends { by: infer C }
    ? [B] extends [C]
      ? [C] extends [B]
        ? true
        : false
      : false
    : false
  : false;

/** After a foreach: the artifacts from before it that no step within rewrote. */
export type Unchanged<Outer, Inner> = {
  [K in keyof Outer as K extends keyof Inner
    ? SameWriter<Outer[K], Inner[K]> extends true
      ? K
      : never
    : never]: Outer[K];
};

/** After branches: the artifacts that all branches which have them got from the same step. */
export type MergedBranches<S, Names extends string> = {
  [K in AllKeys<S, Names> as Unambiguous<S, Names, K> extends true ? K : never]: ArtifactOf<S, Names, K>;
};

type ArtifactsOf<S, N> = N extends keyof S ? (S[N] extends { artifacts: infer A } ? A : never) : never;
type AllKeys<S, Names extends string> = Names extends string ? keyof ArtifactsOf<S, Names> & string : never;
type ArtifactOf<S, Names extends string, K> = Names extends string
  ? K extends keyof ArtifactsOf<S, Names>
    ? ArtifactsOf<S, Names>[K]
    : never
  : never;
type WriterOf<W> = W extends { by: infer B } ? B : never;
type IsUnion<T, U = T> = [T] extends [never]
  ? false
  : T extends unknown
    ? [U] extends [T]
      ? false
      : true
    : never;
type Unambiguous<S, Names extends string, K> =
  IsUnion<WriterOf<ArtifactOf<S, Names, K>>> extends true ? false : true;

/** An error as plain data, as sent from a task's process, kept in records, and stored by `catch`. */
export interface TaskFailure extends ErrorData {
  readonly stack?: string;
  /** "error", "timeout" or "lost" (its process died). */
  readonly kind: "error" | "timeout" | "lost";
  /** The signal that killed the process, if one did. */
  readonly signal?: string;
}
