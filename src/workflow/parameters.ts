/**
 * A flow's parameters: a zod object whose keys become flags. Values may come from files and flags as text; they are turned into
 * what the schema wants, and what does not fit is said in one sentence.
 */
import { z } from "zod";
import {
  asWritten,
  closest,
  messageOf,
  misuse,
  requireOptions,
  requireWithin,
  SegueError,
  thingWith,
  trueOrFalse,
} from "../system/index.js";
import { toJson } from "./artifacts/json.js";
import { anEngine, type Engine } from "./engines/engine.js";
import { asCommandsName } from "./load-flow.js";
import { parametersFromRecord } from "./records.js";

interface HasParameters {
  readonly name: string;
  readonly module?: string;
  readonly parameters: z.ZodObject;
}

/** @throws SegueError (misuse) where they are no object, or the flow is none */
function requireParameters(flow: HasParameters, given: object): void {
  requireWithin(thingWith("a flow", "name", "parameters"), "flow", flow);
  if (typeof given === "object" && given !== null && !Array.isArray(given)) return;
  throw misuse(
    `the parameters of flow "${flow.name}" must be an object, got ${asWritten(given)}`,
    "write {} for none",
  );
}

/** "knnK" and "knn_k" as a flag: "knn-k". */
export function flagName(parameter: string): string {
  return parameter
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replaceAll("_", "-")
    .toLowerCase();
}

/**
 * Checks values against the schema. To be called once: what a schema made of a value (`.transform(…)`) is not what it takes.
 *
 * @param given by name in any spelling: knn_k, knnK or knn-k
 * @param options.sources by flag name: the file that a value comes from, for messages
 * @returns every parameter, with defaults filled in
 * @throws SegueError (misuse) naming each wrong parameter: "knn-k must be at least 1, got 0"
 */
export function parseParameters(
  flow: HasParameters,
  given: Readonly<Record<string, unknown>>,
  options: { readonly ignoreUnknown?: boolean; readonly sources?: Readonly<Record<string, string>> } = {},
): Record<string, unknown> {
  requireParameters(flow, given);
  requireOptions(
    options,
    { ignoreUnknown: trueOrFalse, sources: thingWith("an object of files by flag") },
    "parseParameters",
  );
  const shape = flow.parameters.shape as Readonly<Record<string, z.ZodType>>;
  const byFlag = new Map(Object.keys(shape).map((key) => [flagName(key), key]));
  const values: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const key = byFlag.get(flagName(name));
    if (key !== undefined) values[key] = fromText(shape[key]!, value);
    else if (!options.ignoreUnknown) throw unknownParameter(flow, name);
  }
  const parsed = flow.parameters.safeParse(values);
  if (parsed.success) return keepable(flow, parsed.data);
  const problems = parsed.error.issues.map((issue) => {
    const source = options.sources?.[flagName(String(issue.path[0] ?? ""))];
    const example = exampleOf(shape[String(issue.path[0])]);
    return (
      problem(issue, values) +
      (example && ` (an example: ${example})`) +
      (source === undefined ? "" : ` (in ${source})`)
    );
  });
  throw misuse(
    problems.join("; "),
    `segue run ${asCommandsName(flow)} --help tells what each parameter takes`,
  );
}

function keepable(flow: HasParameters, parameters: Record<string, unknown>): Record<string, unknown> {
  for (const [key, value] of Object.entries(parameters)) {
    try {
      toJson(value);
    } catch (error) {
      throw misuse(
        `parameter ${flagName(key)} of flow "${flow.name}" cannot be kept in the run's record: ${messageOf(error)}`,
        "let the schema give a plain value or a date, and make the rest of it within a step",
      );
    }
  }
  return parameters;
}

/**
 * The parameters of an earlier run, for its flow as it is now: those that are new take their defaults.
 *
 * @throws SegueError (misuse) as `parseParameters`
 */
export function parametersAgain(flow: HasParameters, recorded: object): Record<string, unknown> {
  const values = parametersFromRecord(recorded);
  const shape = flow.parameters.shape as Readonly<Record<string, z.ZodType>>;
  const made = Object.keys(values).filter((key) => shape[key] && innerType(shape[key]) instanceof z.ZodPipe);
  const asTheyAre = Object.fromEntries(made.map((key) => [key, z.unknown()]));
  const parameters = flow.parameters.safeExtend(asTheyAre) as unknown as z.ZodObject;
  return parseParameters({ name: flow.name, module: flow.module, parameters }, values, {
    ignoreUnknown: true,
  });
}

/**
 * Calls the flow's own check of parameters that are each within their range.
 *
 * @param engine which is to run it; default "local"
 * @throws SegueError (misuse unless the check throws another one)
 */
export async function checkParameters(
  flow: HasParameters & {
    readonly check?: ((parameters: Readonly<Record<string, unknown>>, engine: Engine) => unknown) | undefined;
  },
  parameters: Readonly<Record<string, unknown>>,
  engine: Engine = "local",
): Promise<void> {
  requireParameters(flow, parameters);
  requireWithin(anEngine, "engine", engine);
  try {
    await flow.check?.(parameters, engine);
  } catch (error) {
    if (error instanceof SegueError) throw error;
    throw misuse(
      `flow "${flow.name}" refuses its parameters: ${messageOf(error)}`,
      `segue run ${asCommandsName(flow)} --help tells what each parameter takes`,
    );
  }
}

/**
 * The error for a parameter that the flow does not have.
 *
 * @param place the file and line that name it, where it is no flag
 */
export function unknownParameter(flow: HasParameters, name: string, place?: string): Error {
  const flags = Object.keys(flow.parameters.shape).map(flagName);
  const near = closest(flagName(name), flags);
  // Each is named as it is written there: in a file "knn_k", as a flag "--knn-k".
  const written = (flag: string) => (place === undefined ? `--${flag}` : flag.replaceAll("-", "_"));
  return misuse(
    `${place === undefined ? "" : `${place}: `}flow "${flow.name}" has no parameter "${place === undefined ? flagName(name) : name}"`,
    near ? `did you mean "${written(near)}"?` : `its parameters: ${flags.map(written).join(", ")}`,
  );
}

/** What a schema shows as an example of its value, as a flag is given it: `.meta({ examples: ['["a"]'] })`; "" where it shows none. */
function exampleOf(schema: z.ZodType | undefined): string {
  const examples = schema?.meta()?.examples;
  return Array.isArray(examples) ? String(examples[0]) : "";
}

/** What kind of value a schema takes, below its defaults and optionals. */
export function innerType(schema: z.ZodType): z.ZodType {
  let inner = schema;
  while (
    inner instanceof z.ZodDefault ||
    inner instanceof z.ZodOptional ||
    inner instanceof z.ZodNullable ||
    inner instanceof z.ZodPrefault
  )
    inner = inner.unwrap() as z.ZodType;
  return inner;
}

/** Text from a flag as what the schema takes; anything else as it is. */
function fromText(schema: z.ZodType, value: unknown): unknown {
  const inner = innerType(schema);
  if (inner instanceof z.ZodArray && Array.isArray(value))
    return value.map((each) => fromText(inner.element as z.ZodType, each));
  if (typeof value !== "string") return value;
  const text = value.trim();
  if (text === "null" && schema.safeParse(null).success && !schema.safeParse(text).success) return null;
  if (inner instanceof z.ZodNumber)
    return text !== "" && Number.isFinite(Number(text)) ? Number(text) : value;
  if (inner instanceof z.ZodBoolean) {
    if (/^(true|yes|on|1)$/i.test(text)) return true;
    if (/^(false|no|off|0)$/i.test(text)) return false;
    return value;
  }
  if (inner instanceof z.ZodPipe && !(inner.in instanceof z.ZodTransform))
    return fromText(inner.in as z.ZodType, value);
  if (inner instanceof z.ZodArray) {
    if (text === "") return [];
    if (text.startsWith("[")) return parsedJson(text) ?? value;
    // A list of objects has no other form than JSON.
    if (innerType(inner.element as z.ZodType) instanceof z.ZodObject) return value;
    return text.split(",").map((each) => fromText(inner.element as z.ZodType, each.trim()));
  }
  if (inner instanceof z.ZodDate) return dateFrom(text) ?? value;
  if (inner instanceof z.ZodString || inner instanceof z.ZodEnum) return value;
  if (inner instanceof z.ZodUnion) {
    for (const option of inner.options as z.ZodType[]) {
      const tried = fromText(option, value);
      if (option.safeParse(tried).success) return tried;
    }
    return value;
  }
  return parsedJson(text) ?? value;
}

/** A day, or a moment, as ISO 8601 writes it; undefined where it is none: there is no February 31. */
function dateFrom(text: string): Date | undefined {
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/.test(text)) return undefined;
  const day = new Date(text.slice(0, 10));
  const moment = new Date(text);
  const isThere = !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text.slice(0, 10));
  return isThere && !Number.isNaN(moment.getTime()) ? moment : undefined;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One of zod's issues as a sentence that names the flag and the value. */
function problem(issue: z.core.$ZodIssue, values: Readonly<Record<string, unknown>>): string {
  const [first, ...rest] = issue.path;
  const name =
    first === undefined
      ? "the parameters"
      : flagName(String(first)) + rest.map((key) => `[${String(key)}]`).join("");
  let at: unknown = values;
  for (const key of issue.path) at = (at as Record<PropertyKey, unknown> | undefined)?.[key];
  if (issue.code === "invalid_type" && at === undefined) return `${name} is required`;
  const got = at === undefined ? "nothing" : JSON.stringify(at);
  const wanted = demand(issue);
  if (wanted !== undefined) return `${name} ${wanted}, got ${got}`;
  return `${name}: ${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1)}, got ${got}`;
}

const kinds: Readonly<Record<string, string>> = {
  int: "a whole number",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  string: "text",
  object: "an object",
  date: "a date such as 2026-01-31 or 2026-01-31T09:05:07Z",
};

/** What zod wanted: "must be at least 1"; undefined where only its own message tells. */
function demand(issue: z.core.$ZodIssue): string | undefined {
  switch (issue.code) {
    case "too_small":
      if (issue.origin === "array" || issue.origin === "string")
        return `must have at least ${issue.minimum} ${issue.origin === "array" ? "items" : "characters"}`;
      return `must be ${issue.inclusive ? "at least" : "more than"} ${bound(issue)(issue.minimum)}`;
    case "too_big":
      if (issue.origin === "array" || issue.origin === "string")
        return `must have at most ${issue.maximum} ${issue.origin === "array" ? "items" : "characters"}`;
      return `must be ${issue.inclusive ? "at most" : "less than"} ${bound(issue)(issue.maximum)}`;
    case "invalid_type":
      return `must be ${kinds[issue.expected] ?? `a ${issue.expected}`}`;
    case "invalid_value":
      return `must be ${issue.values.length > 1 ? "one of " : ""}${issue.values.join(", ")}`;
    case "not_multiple_of":
      return `must be a multiple of ${issue.divisor}`;
    case "invalid_union":
      return anyOf(issue.errors);
    default:
      return undefined;
  }
}

/** A date's bound comes as milliseconds. */
const bound = (issue: { readonly origin: string }) => (value: number | bigint) =>
  issue.origin === "date" ? new Date(Number(value)).toISOString() : String(value);

/** What the options of a union want, each by the first thing that it misses. */
function anyOf(options: ReadonlyArray<readonly z.core.$ZodIssue[]>): string | undefined {
  const demands = options.map(([first]) =>
    first === undefined || first.path.length > 0 ? undefined : demand(first)?.replace(/^must be /, ""),
  );
  return demands.length === 0 || demands.includes(undefined)
    ? undefined
    : `must be ${[...new Set(demands)].join(", or ")}`;
}
