/** The options of a step, and the graph node made from them. */
import { misuse, numberWithin, requireKnown, requireWithin } from "../../system/index.js";
import { artifactNames, isArtifactName } from "../artifacts/artifact-name.js";
import { longestSeconds, retryPolicy } from "../running/retry.js";
import type { Resources, RetryPolicy, StepKind, StepNode } from "./graph.js";

/** The options that every kind of step takes. */
export interface StepOptions<After extends string = string, Catch extends string | undefined = undefined> {
  /** The step it follows. Default: the one above. */
  after?: After;
  description?: string;
  /**
   * How often a failed task is retried: a count, or `{ count, delay, backoff }`. The first retry waits `delay` seconds, each later
   * one `backoff` times as long, up to 24 days. Default 0.
   */
  retry?: number | Partial<RetryPolicy>;
  /** How long an attempt may take: seconds, or "90s", "10m", "2h", up to 24 days. Default: as long as it needs. */
  timeout?: number | string;
  /**
   * How long a stopped attempt may take to undo its effects on the outside world before its process is killed; written like
   * `timeout`. Default: 1 second.
   */
  grace?: number | string;
  /** If every attempt fails, the flow continues, with the error as the artifact of this name. */
  catch?: Catch;
  resources?: Resources;
  /** false for steps with effects on the outside world, so that `--cache` never skips them. Default true. */
  cache?: boolean;
}

export interface ForeachOptions<After extends string, Over extends string, Catch extends string | undefined>
  extends StepOptions<After, Catch> {
  /** The artifact to iterate over: an array, a typed array or a table. Every item (or row) gets its own task. */
  over: Over;
}

export interface JoinOptions<After extends string, Catch extends string | undefined>
  // biome-ignore lint/suspicious/noExplicitAny: `after` is omitted, so its type does not matter.
  extends Omit<StepOptions<any, Catch>, "after"> {
  /** The branches to join. Default: the step above, whose foreach ends here. */
  after?: readonly After[];
}

/** The options of any kind of step. */
export interface AnyStepOptions extends Omit<StepOptions<string, string | undefined>, "after"> {
  readonly after?: string | readonly string[];
  readonly over?: string;
}

const known: Readonly<Record<keyof AnyStepOptions, true>> = {
  after: true,
  cache: true,
  catch: true,
  description: true,
  grace: true,
  over: true,
  resources: true,
  retry: true,
  timeout: true,
};

/**
 * @param above the step above, if any: the default of `after`
 * @throws SegueError (misuse) for an unknown option, an invalid time, and a retry or resources out of range
 */
export function stepNode(
  kind: StepKind,
  name: string,
  options: AnyStepOptions,
  above: string | undefined,
): StepNode {
  requireKnown(options, Object.keys(known), `step "${name}"`);
  requireResources(name, options.resources);
  if (options.catch !== undefined && !isArtifactName(options.catch))
    throw misuse(
      `catch of step "${name}": ${JSON.stringify(options.catch)} is not a valid artifact name`,
      artifactNames,
    );
  const { after = above ?? [], over, description, retry, timeout, grace, resources, cache } = options;
  return {
    name,
    kind,
    after: [after].flat(),
    over,
    description,
    retry: retry === undefined ? undefined : retryPolicy(retry, ` of step "${name}"`),
    timeout: seconds(`timeout of step "${name}"`, timeout, { above: 0 }),
    grace: seconds(`grace of step "${name}"`, grace, { least: 0 }),
    catch: options.catch,
    resources,
    cache,
  };
}

function requireResources(step: string, resources: Resources = {}): void {
  requireKnown(resources, ["cpus", "memory"], `resources of step "${step}"`);
  for (const [name, value] of Object.entries(resources))
    if (value !== undefined)
      requireWithin(numberWithin({ least: 0 }), `resources.${name} of step "${step}"`, value);
}

/** Parses a time, if there is one: a number of seconds, or "500ms", "90s", "10m", "2h". */
function seconds(
  what: string,
  time: number | string | undefined,
  limits: { least: 0 } | { above: 0 },
): number | undefined {
  if (time === undefined) return undefined;
  const value = typeof time === "string" ? secondsOf(what, time) : time;
  const hint = 'write seconds as a number, or "500ms", "90s", "10m", "2h"; the longest is 24 days, "576h"';
  requireWithin(numberWithin({ ...limits, most: longestSeconds }), what, value, hint);
  return value;
}

function secondsOf(what: string, time: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)$/.exec(time.trim());
  if (!match)
    throw misuse(
      `${what}: "${time}" is not a time`,
      'write seconds as a number, or "500ms", "90s", "10m", "2h"',
    );
  return Number(match[1]) * { ms: 0.001, s: 1, m: 60, h: 3600 }[match[2] as "ms" | "s" | "m" | "h"];
}
