/** A flow as plain data: what the checks, the engines and the picture read. */

export interface RetryPolicy {
  /** How many times a failed task is tried again; 0 = never. */
  readonly count: number;
  /** Seconds before the first retry. Default 1. */
  readonly delay: number;
  /** The delay is multiplied by this after every retry. Default 2. */
  readonly backoff: number;
}

export interface Resources {
  /** Slots of the pool that the task takes. Default 1. */
  readonly cpus?: number;
  /** MiB that the task needs; tasks whose sum would exceed the machine's memory wait for one another. */
  readonly memory?: number;
}

export type StepKind = "step" | "foreach" | "join";

export interface StepNode {
  readonly name: string;
  readonly kind: StepKind;
  /** The steps it comes after; empty only for the first. Two or more only for a join. */
  readonly after: readonly string[];
  /** foreach only: the artifact, an array or a table, that gives one task an item. */
  readonly over?: string;
  readonly description?: string;
  readonly retry?: RetryPolicy;
  /** Seconds after which an attempt is stopped. */
  readonly timeout?: number;
  /** Seconds that a stopped attempt has to take away what it made, before its process is killed. Default 1. */
  readonly grace?: number;
  /** The artifact that holds the error when every attempt failed; the flow goes on. */
  readonly catch?: string;
  readonly resources?: Resources;
  /** false: never taken from the cache, because it does something to the world outside. Default true. */
  readonly cache?: boolean;
}

/** How deep in foreach a step is, and which foreach steps it is in, outermost first. */
export function foreachScopes(nodes: readonly StepNode[]): Map<string, readonly string[]> {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const scopes = new Map<string, readonly string[]>();
  const visiting = new Set<string>();
  const scopeOf = (name: string): readonly string[] => {
    const known = scopes.get(name);
    if (known) return known;
    const node = byName.get(name);
    if (!node || visiting.has(name)) return [];
    visiting.add(name);
    const before = node.after.length > 0 ? scopeOf(node.after[0]!) : [];
    const scope =
      node.kind === "foreach"
        ? [...before, name]
        : node.kind === "join" && node.after.length === 1
          ? before.slice(0, -1)
          : before;
    visiting.delete(name);
    scopes.set(name, scope);
    return scope;
  };
  for (const node of nodes) scopeOf(node.name);
  return scopes;
}
