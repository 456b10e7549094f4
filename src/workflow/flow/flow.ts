/**
 * Builds a flow: steps in the order in which they run, each a function from artifacts to artifacts.
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
 * A step follows the one above it unless `after` names another. Two steps after the same one are branches, and
 * `after: ["a", "b"]` on a join brings them together. Every later step can read what a step returns; the types know which
 * artifacts those are.
 */
import { z } from "zod";
import { asWritten, misuse, requireKnown } from "../../system/index.js";
import type { Engine } from "../engines/engine.js";
import type {
  AfterBranches,
  AfterEnd,
  AfterForeach,
  AfterStep,
  ArtifactsIn,
  BranchesTask,
  EndTask,
  ForeachTask,
  Names,
  State,
  StepTask,
} from "./flow-types.js";
import type { StepKind, StepNode } from "./graph.js";
import { requireStep } from "./require-step.js";
import {
  type AnyStepOptions,
  type ForeachOptions,
  type JoinOptions,
  type StepOptions,
  stepNode,
} from "./step-options.js";
import type { ArrayNames, Caught, NoArtifacts } from "./types.js";

type StepFunction = (task: never) => unknown;
type MaybePromise<T> = T | Promise<T>;
// biome-ignore lint/suspicious/noConfusingVoidType: a step may return nothing.
type Returned = object | void | undefined;

/** A flow as the engines see it, without its types. */
export interface AnyFlow {
  readonly name: string;
  readonly description: string | undefined;
  /** The URL of the module that exports the flow; the task processes import it. */
  readonly module: string;
  readonly parameters: z.ZodObject;
  readonly nodes: readonly StepNode[];
  /** See `FlowOptions`. */
  readonly check?: ((parameters: Readonly<Record<string, unknown>>, engine: Engine) => unknown) | undefined;
  /** See `FlowOptions`. */
  readonly preload?: (() => Promise<unknown>) | undefined;
  functionOf(step: string): (task: unknown) => unknown;
}

export interface FlowOptions<Schema extends z.ZodObject> {
  /** `import.meta.url` of the module that exports the flow. */
  module: string;
  /** The parameters: `z.object({ … })`. Every key becomes a flag, with `.describe(…)` as its help. Default: none. */
  parameters?: Schema;
  /** For `segue show` and `--help`. */
  description?: string;
  /**
   * Validates parameters that are each within their range, before anything runs; with several flows in one command, before the
   * first. Throws (or rejects) if they do not fit together, or name something missing. With the engine "dbos" the steps see the
   * files of other machines.
   */
  check?: (parameters: Readonly<z.output<Schema>>, engine: Engine) => unknown;
  /**
   * Imports in advance what the steps import when they run; idle processes call it, so that no task waits for the imports:
   * `() => Promise.all([import("./train.js"), import("./test.js")])`.
   */
  preload?: () => Promise<unknown>;
}

/**
 * Starts a flow. `module` must export the result of the last `.step(…)`.
 *
 * @param name letters, digits, - and _, beginning with a letter; validated when the flow is run or checked
 * @throws SegueError (misuse) if the name is not a string, an option is unknown, or `module` is missing; `.step(…)` and the others
 *   throw it for their own options
 */
export function flow<Schema extends z.ZodObject = z.ZodObject<Record<never, never>>>(
  name: string,
  options: FlowOptions<Schema>,
): Flow<z.output<Schema>, NoArtifacts, never> {
  return new Flow(name, options, [], new Map());
}

const knownOptions: Readonly<Record<keyof FlowOptions<z.ZodObject>, true>> = {
  check: true,
  description: true,
  module: true,
  parameters: true,
  preload: true,
};

/** Plain JavaScript modules are not type-checked, so this validates at run time. */
function moduleOf(flow: string, options: unknown): string {
  if (typeof flow !== "string")
    throw misuse(`the name of a flow must be text, got ${asWritten(flow)}`, 'write flow("tuning", …)');
  const given = typeof options === "object" && options !== null ? options : {};
  requireKnown(given, Object.keys(knownOptions), `flow "${flow}"`);
  const { module } = given as { module?: unknown };
  if (typeof module === "string" && module.startsWith("file:")) return module;
  throw misuse(
    `flow "${flow}" does not say which module exports it`,
    `write flow("${flow}", { module: import.meta.url, … })`,
  );
}

/** Plain JavaScript modules are not type-checked, so this validates at run time. */
function parametersOf(flow: string, given: unknown): z.ZodObject {
  if (given === undefined) return z.object({});
  if (given instanceof z.ZodObject) return given;
  throw misuse(
    `the parameters of flow "${flow}" are not a zod object`,
    "write parameters: z.object({ seed: z.int().default(1) })",
  );
}

/** An immutable flow: each call of `step`, `foreach` or `join` returns a new one with that step added. */
export class Flow<Parameters, S, Last extends string> implements AnyFlow {
  /** Identifies a flow among a module's exports, even one made by another copy of this module. */
  readonly isSegueFlow = true;
  readonly name: string;
  readonly description: string | undefined;
  readonly module: string;
  readonly parameters: z.ZodObject;
  readonly nodes: readonly StepNode[];
  readonly check: AnyFlow["check"];
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
    this.module = moduleOf(name, options);
    this.#options = options;
    this.description = options.description;
    this.parameters = parametersOf(name, options.parameters);
    this.check = options.check;
    this.preload = options.preload;
    this.nodes = nodes;
    this.#functions = functions;
  }

  /** Adds a step: one task, or one per item within a foreach. What it returns are its artifacts. */
  step<Name extends string, Out extends Returned, After extends Names<S> | Last = Last>(
    name: Name,
    run: (task: StepTask<Parameters, State<S, After>>) => MaybePromise<Out>,
  ): Flow<Parameters, AfterStep<S, Name, State<S, After>, Caught<Out, Name, undefined>>, Name>;
  step<
    Name extends string,
    Out extends Returned,
    After extends Names<S> | Last = Last,
    const Catch extends string | undefined = undefined,
  >(
    name: Name,
    options: StepOptions<After, Catch>,
    run: (task: StepTask<Parameters, State<S, After>>) => MaybePromise<Out>,
  ): Flow<Parameters, AfterStep<S, Name, State<S, After>, Caught<Out, Name, Catch>>, Name>;
  step(name: string, ...rest: unknown[]): never {
    return this.#add("step", name, rest);
  }

  /** Adds a step that runs once per item of the array, typed array or table `over`; so do the steps after it, until a `join`. */
  foreach<
    Name extends string,
    Out extends Returned,
    Over extends ArrayNames<ArtifactsIn<State<S, After>>>,
    After extends Names<S> | Last = Last,
    const Catch extends string | undefined = undefined,
  >(
    name: Name,
    options: ForeachOptions<After, Over, Catch>,
    run: (task: ForeachTask<Parameters, State<S, After>, Over>) => MaybePromise<Out>,
  ): Flow<Parameters, AfterForeach<S, Name, State<S, After>, Over, Caught<Out, Name, Catch>>, Name> {
    return this.#add("foreach", name, [options, run]);
  }

  /** Ends the innermost foreach: `inputs` holds the artifacts of each of its tasks. */
  join<Name extends string, Out extends Returned>(
    name: Name,
    run: (task: EndTask<Parameters, State<S, Last>>) => MaybePromise<Out>,
  ): Flow<Parameters, AfterEnd<S, Name, State<S, Last>, Caught<Out, Name, undefined>>, Name>;
  /** Joins branches: `inputs.a` holds the artifacts that can be read after step a. */
  join<
    Name extends string,
    Out extends Returned,
    const Branches extends Names<S>,
    const Catch extends string | undefined = undefined,
  >(
    name: Name,
    options: JoinOptions<Branches, Catch> & { after: readonly [Branches, Branches, ...Branches[]] },
    run: (task: BranchesTask<Parameters, S, Branches>) => MaybePromise<Out>,
  ): Flow<Parameters, AfterBranches<S, Name, Branches, Caught<Out, Name, Catch>>, Name>;
  /** Ends the foreach that the step `after` is in. */
  join<
    Name extends string,
    Out extends Returned,
    After extends Names<S> | Last = Last,
    const Catch extends string | undefined = undefined,
  >(
    name: Name,
    options: JoinOptions<After, Catch> & { after?: readonly [After] },
    run: (task: EndTask<Parameters, State<S, After>>) => MaybePromise<Out>,
  ): Flow<Parameters, AfterEnd<S, Name, State<S, After>, Caught<Out, Name, Catch>>, Name>;
  join(name: string, ...rest: unknown[]): never {
    return this.#add("join", name, rest);
  }

  /** @throws SegueError (misuse) if there is no such step */
  functionOf(step: string): (task: unknown) => unknown {
    const run = this.#functions.get(step);
    requireStep(this.name, this.nodes, step);
    return run as (task: unknown) => unknown;
  }

  #add(kind: StepKind, name: string, rest: unknown[]): never {
    const run = rest.at(-1) as StepFunction;
    if (typeof run !== "function")
      throw misuse(
        `${kind} "${name}" of flow "${this.name}" has no function`,
        `pass a function as the last argument: .${kind}("${name}", ${kind === "foreach" ? '{ over: "…" }, ' : ""}() => …)`,
      );
    const options = (rest.length > 1 ? rest[0] : {}) as AnyStepOptions;
    const node = stepNode(kind, name, options, this.nodes.at(-1)?.name);
    const functions = new Map(this.#functions).set(name, run);
    return new Flow(this.name, this.#options, [...this.nodes, node], functions) as never;
  }
}
