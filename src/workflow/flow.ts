/**
 * Writing a flow: steps in the order in which they run, each a function from artifacts to artifacts.
 *
 * ```ts
 * export const tuning = flow("tuning", {
 *   module: import.meta.url,
 *   parameters: z.object({ seed: z.int().default(1).describe("the seed of everything random") }),
 * })
 *   .step("start", ({ parameters }) => ({ grid: [3, 5, 10], seed: parameters.seed }))
 *   .foreach("train", { over: "grid", retry: 2 }, ({ item, artifacts }) => ({ loss: item * artifacts.seed }))
 *   .join("keep_best", ({ inputs }) => ({ best: Math.min(...inputs.map((input) => input.loss)) }))
 *   .step("end", ({ artifacts }) => console.log(artifacts.best));
 * ```
 *
 * A step comes after the one above it unless `after` names another; two steps after the same one are branches, and a join
 * with `after: ["a", "b"]` brings them together. What a step returns can be read by every step that comes after it; the
 * types know which artifacts those are.
 */
import { z } from "zod";
import { misuse } from "../system/index.js";
import type { Resources, RetryPolicy, StepKind, StepNode } from "./graph.js";
import { retryPolicy } from "./retry.js";
import type { JoinTask, Task } from "./task.js";
import type {
  ArrayNames,
  Caught,
  ItemOf,
  MergedBranches,
  NoArtifacts,
  Overlay,
  Root,
  Unchanged,
  Values,
} from "./types.js";

/** What every step may say about how it is run. */
export interface StepOptions<After extends string = string, Catch extends string | undefined = undefined> {
  /** The step it comes after. Default: the one above. */
  after?: After;
  description?: string;
  /** How often a failed attempt is repeated: a count, or `{ count, delay (s), backoff }`. Default 0. */
  retry?: number | Partial<RetryPolicy>;
  /** How long an attempt may take: seconds, or "90s", "10m", "2h". Default: as long as it needs. */
  timeout?: number | string;
  /**
   * How long an attempt that is stopped has to take away what it made outside, as `timeout` is written; then its process is
   * killed. Default: 1 second.
   */
  grace?: number | string;
  /** Goes on when every attempt failed, with the error as the artifact of this name. */
  catch?: Catch;
  resources?: Resources;
  /** false for steps that do something to the world outside, so that `--cache` never skips them. Default true. */
  cache?: boolean;
}

export interface ForeachOptions<After extends string, Over extends string, Catch extends string | undefined>
  extends StepOptions<After, Catch> {
  /** The artifact that is gone over: an array; every item gets a task of its own. */
  over: Over;
}

export interface JoinOptions<After extends string, Catch extends string | undefined>
  // biome-ignore lint/suspicious/noExplicitAny: only the name of the option is taken over.
  extends Omit<StepOptions<any, Catch>, "after"> {
  /** The branches that come together. Default: the step above, whose foreach ends here. */
  after?: readonly After[];
}

type StepFunction = (task: never) => unknown;
type MaybePromise<T> = T | Promise<T>;
// biome-ignore lint/suspicious/noConfusingVoidType: a step may return nothing.
type Returned = object | void | undefined;

type State<S, Name> = [Name] extends [never] ? Root : Name extends keyof S ? S[Name] : Root;
type ArtifactsIn<St> = St extends { artifacts: infer A } ? A : NoArtifacts;
type ItemIn<St> = St extends { item: infer I } ? I : undefined;
type OuterOf<St> = St extends { outer: infer O } ? O : Root;
/** The options of `after` before there is any step. */
type Names<S> = keyof S & string;

type Next<S, Name extends string, A, Item, Outer> = S & {
  [N in Name]: { artifacts: A; item: Item; outer: Outer };
};

type BranchInputs<S, Branches extends string> = {
  readonly [B in Branches]: Values<ArtifactsIn<State<S, B>>>;
};

/** A flow as the engines see it, without its types. */
export interface AnyFlow {
  readonly name: string;
  readonly description: string | undefined;
  /** The URL of the module that exports the flow; the task processes import it. */
  readonly module: string;
  readonly parameters: z.ZodObject;
  readonly nodes: readonly StepNode[];
  /** See `FlowOptions`. */
  readonly check?: ((parameters: Readonly<Record<string, unknown>>) => unknown) | undefined;
  /** See `FlowOptions`. */
  readonly preload?: (() => Promise<unknown>) | undefined;
  functionOf(step: string): (task: unknown) => unknown;
}

export interface FlowOptions<Schema extends z.ZodObject> {
  /** `import.meta.url` of the module that exports the flow. */
  module: string;
  /** What can be set from outside: `z.object({ … })`; every key becomes a flag, `.describe(…)` its help. Default: nothing. */
  parameters?: Schema;
  description?: string;
  /**
   * Looks at parameters that are each within their range, before anything runs: of several flows in one command, before the first.
   * Throws (or rejects) where they do not go together, or name what is not there.
   */
  check?: (parameters: Readonly<z.output<Schema>>) => unknown;
  /**
   * Imports what the steps import when they run. A process that has nothing to do calls it ahead, so that no task waits for it:
   * `() => Promise.all([import("./train.js"), import("./test.js")])`.
   */
  preload?: () => Promise<unknown>;
}

/** Begins a flow. The result of the last `.step(…)` must be exported from `module`. */
export function flow<Schema extends z.ZodObject = z.ZodObject<Record<never, never>>>(
  name: string,
  options: FlowOptions<Schema>,
): Flow<z.output<Schema>, NoArtifacts, never> {
  return new Flow(name, options, [], new Map());
}

/** Modules in plain JavaScript come here unchecked. */
function parametersOf(flow: string, given: unknown): z.ZodObject {
  if (given === undefined) return z.object({});
  if (given instanceof z.ZodObject) return given;
  throw misuse(
    `the parameters of flow "${flow}" are no zod object`,
    "write parameters: z.object({ seed: z.int().default(1) })",
  );
}

export class Flow<Parameters, S, Last extends string> implements AnyFlow {
  /** Recognises a flow among a module's exports, whichever copy of this module made it. */
  readonly isSegueFlow = true;
  readonly name: string;
  readonly description: string | undefined;
  readonly module: string;
  readonly parameters: z.ZodObject;
  readonly nodes: readonly StepNode[];
  readonly check: ((parameters: Readonly<Record<string, unknown>>) => unknown) | undefined;
  readonly preload: (() => Promise<unknown>) | undefined;
  readonly #functions: ReadonlyMap<string, StepFunction>;
  readonly #options: FlowOptions<z.ZodObject>;

  constructor(
    name: string,
    options: FlowOptions<z.ZodObject>,
    nodes: readonly StepNode[],
    functions: ReadonlyMap<string, StepFunction>,
  ) {
    this.name = name;
    this.#options = options;
    this.description = options.description;
    this.module = options.module;
    this.parameters = parametersOf(name, options.parameters);
    this.check = options.check;
    this.preload = options.preload;
    this.nodes = nodes;
    this.#functions = functions;
  }

  /** A step: one task (one for each item, within a foreach). What it returns are its artifacts. */
  step<Name extends string, Out extends Returned, After extends Names<S> | Last = Last>(
    name: Name,
    run: (
      task: Task<Parameters, Values<ArtifactsIn<State<S, After>>>, ItemIn<State<S, After>>>,
    ) => MaybePromise<Out>,
  ): Flow<
    Parameters,
    Next<
      S,
      Name,
      Overlay<ArtifactsIn<State<S, After>>, Caught<Out, Name, undefined>>,
      ItemIn<State<S, After>>,
      OuterOf<State<S, After>>
    >,
    Name
  >;
  step<
    Name extends string,
    Out extends Returned,
    After extends Names<S> | Last = Last,
    const Catch extends string | undefined = undefined,
  >(
    name: Name,
    options: StepOptions<After, Catch>,
    run: (
      task: Task<Parameters, Values<ArtifactsIn<State<S, After>>>, ItemIn<State<S, After>>>,
    ) => MaybePromise<Out>,
  ): Flow<
    Parameters,
    Next<
      S,
      Name,
      Overlay<ArtifactsIn<State<S, After>>, Caught<Out, Name, Catch>>,
      ItemIn<State<S, After>>,
      OuterOf<State<S, After>>
    >,
    Name
  >;
  step(name: string, ...rest: unknown[]): never {
    return this.#add("step", name, rest);
  }

  /** A step that runs once for every item of the array `over`; the steps after it do too, until a `join`. */
  foreach<
    Name extends string,
    Out extends Returned,
    Over extends ArrayNames<ArtifactsIn<State<S, After>>>,
    After extends Names<S> | Last = Last,
    const Catch extends string | undefined = undefined,
  >(
    name: Name,
    options: ForeachOptions<After, Over, Catch>,
    run: (
      task: Task<
        Parameters,
        Values<ArtifactsIn<State<S, After>>>,
        ItemOf<ArtifactsIn<State<S, After>>, Over & keyof ArtifactsIn<State<S, After>>>
      >,
    ) => MaybePromise<Out>,
  ): Flow<
    Parameters,
    Next<
      S,
      Name,
      Overlay<ArtifactsIn<State<S, After>>, Caught<Out, Name, Catch>>,
      ItemOf<ArtifactsIn<State<S, After>>, Over & keyof ArtifactsIn<State<S, After>>>,
      State<S, After>
    >,
    Name
  > {
    return this.#add("foreach", name, [options, run]);
  }

  /** Ends the innermost foreach: `inputs` holds what every task of it wrote. */
  join<Name extends string, Out extends Returned>(
    name: Name,
    run: (
      task: JoinTask<
        Parameters,
        Values<Unchanged<ArtifactsIn<OuterOf<State<S, Last>>>, ArtifactsIn<State<S, Last>>>>,
        ItemIn<OuterOf<State<S, Last>>>,
        ReadonlyArray<Values<ArtifactsIn<State<S, Last>>>>
      >,
    ) => MaybePromise<Out>,
  ): Flow<
    Parameters,
    Next<
      S,
      Name,
      Overlay<
        Unchanged<ArtifactsIn<OuterOf<State<S, Last>>>, ArtifactsIn<State<S, Last>>>,
        Caught<Out, Name, undefined>
      >,
      ItemIn<OuterOf<State<S, Last>>>,
      OuterOf<OuterOf<State<S, Last>>>
    >,
    Name
  >;
  /** Brings branches together: `inputs.a` holds what can be read after step a. */
  join<
    Name extends string,
    Out extends Returned,
    const Branches extends Names<S>,
    const Catch extends string | undefined = undefined,
  >(
    name: Name,
    options: JoinOptions<Branches, Catch> & { after: readonly [Branches, Branches, ...Branches[]] },
    run: (
      task: JoinTask<
        Parameters,
        Values<MergedBranches<S, Branches>>,
        ItemIn<State<S, Branches>>,
        BranchInputs<S, Branches>
      >,
    ) => MaybePromise<Out>,
  ): Flow<
    Parameters,
    Next<
      S,
      Name,
      Overlay<MergedBranches<S, Branches>, Caught<Out, Name, Catch>>,
      ItemIn<State<S, Branches>>,
      OuterOf<State<S, Branches>>
    >,
    Name
  >;
  /** Ends the foreach that the step `after` is in. */
  join<
    Name extends string,
    Out extends Returned,
    After extends Names<S> | Last = Last,
    const Catch extends string | undefined = undefined,
  >(
    name: Name,
    options: JoinOptions<After, Catch> & { after?: readonly [After] },
    run: (
      task: JoinTask<
        Parameters,
        Values<Unchanged<ArtifactsIn<OuterOf<State<S, After>>>, ArtifactsIn<State<S, After>>>>,
        ItemIn<OuterOf<State<S, After>>>,
        ReadonlyArray<Values<ArtifactsIn<State<S, After>>>>
      >,
    ) => MaybePromise<Out>,
  ): Flow<
    Parameters,
    Next<
      S,
      Name,
      Overlay<
        Unchanged<ArtifactsIn<OuterOf<State<S, After>>>, ArtifactsIn<State<S, After>>>,
        Caught<Out, Name, Catch>
      >,
      ItemIn<OuterOf<State<S, After>>>,
      OuterOf<OuterOf<State<S, After>>>
    >,
    Name
  >;
  join(name: string, ...rest: unknown[]): never {
    return this.#add("join", name, rest);
  }

  functionOf(step: string): (task: unknown) => unknown {
    const run = this.#functions.get(step);
    if (!run)
      throw misuse(
        `flow "${this.name}" has no step "${step}"`,
        `its steps: ${this.nodes.map((n) => n.name).join(", ")}`,
      );
    return run as (task: unknown) => unknown;
  }

  #add(kind: StepKind, name: string, rest: unknown[]): never {
    const run = rest.at(-1) as StepFunction;
    const options = (rest.length > 1 ? rest[0] : {}) as StepOptions<string, string | undefined> & {
      over?: string;
    };
    const above = this.nodes.at(-1)?.name;
    const after = options.after ?? above;
    const node: StepNode = {
      name,
      kind,
      after:
        after === undefined ? [] : typeof after === "string" ? [after] : [...(after as readonly string[])],
      ...(options.over === undefined ? {} : { over: options.over }),
      ...(options.description === undefined ? {} : { description: options.description }),
      ...(options.retry === undefined ? {} : { retry: retryPolicy(options.retry) }),
      ...(options.timeout === undefined ? {} : { timeout: seconds(options.timeout) }),
      ...(options.grace === undefined ? {} : { grace: seconds(options.grace) }),
      ...(options.catch === undefined ? {} : { catch: options.catch }),
      ...(options.resources === undefined ? {} : { resources: options.resources }),
      ...(options.cache === undefined ? {} : { cache: options.cache }),
    };
    const functions = new Map(this.#functions).set(name, run);
    return new Flow(this.name, this.#options, [...this.nodes, node], functions) as never;
  }
}

/** Seconds from a number of them, or "500ms", "90s", "10m", "2h". */
export function seconds(time: number | string): number {
  if (typeof time === "number") return time;
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)$/.exec(time.trim());
  if (!match)
    throw misuse(`"${time}" is not a time`, 'write seconds as a number, or "500ms", "90s", "10m", "2h"');
  return Number(match[1]) * { ms: 0.001, s: 1, m: 60, h: 3600 }[match[2] as "ms" | "s" | "m" | "h"];
}
