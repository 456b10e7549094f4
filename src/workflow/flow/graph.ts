/** A flow as plain data, for the checks, the engines and the picture. */

/** How failed tasks are retried. */
export interface RetryPolicy {
  /** How many times a failed task is retried; 0: never. */
  readonly count: number;
  /** Seconds before the first retry. Default 1. */
  readonly delay: number;
  /** The factor by which each retry multiplies the delay, at least 1. Default 2. */
  readonly backoff: number;
}

export interface Resources {
  /** How many of the run's `maxWorkers` slots the task takes. Default 1. */
  readonly cpus?: number;
  /** Memory that the task needs, in MiB; tasks that together would exceed the machine's memory wait. Default 0. */
  readonly memory?: number;
}

export type StepKind = "step" | "foreach" | "join";

export interface StepNode {
  readonly name: string;
  readonly kind: StepKind;
  /** The steps it follows; empty only for the first step, two or more only for a join. */
  readonly after: readonly string[];
  /** foreach only: the name of the array or table artifact to iterate over. */
  readonly over?: string;
  readonly description?: string;
  readonly retry?: RetryPolicy;
  /** Seconds after which an attempt is stopped. */
  readonly timeout?: number;
  /** Seconds that a stopped attempt may take to undo its effects, before its process is killed. Default 1. */
  readonly grace?: number;
  /** The artifact that gets the error if every attempt fails; the flow then continues. */
  readonly catch?: string;
  readonly resources?: Resources;
  /** false: never taken from the cache, because it has effects on the outside world. Default true. */
  readonly cache?: boolean;
}

/** The name of a step's first task: "0"; within nested foreach steps "0.0". */
export function firstTask(nodes: readonly StepNode[], step: string): string {
  return (foreachScopes(nodes).get(step) ?? []).map(() => "0").join(".") || "0";
}

/** The foreach steps that each step is in, outermost first. The flow must be without cycles and unknown names. */
export function foreachScopes(nodes: readonly StepNode[]): Map<string, readonly string[]> {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const scopes = new Map<string, readonly string[]>();
  const scopeOf = (node: StepNode): readonly string[] => {
    const known = scopes.get(node.name);
    if (known) return known;
    const before = node.after.length > 0 ? scopeOf(byName.get(node.after[0]!)!) : [];
    const scope =
      node.kind === "foreach"
        ? [...before, node.name]
        : node.kind === "join" && node.after.length === 1
          ? before.slice(0, -1)
          : before;
    scopes.set(node.name, scope);
    return scope;
  };
  for (const node of nodes) scopeOf(node);
  return scopes;
}
