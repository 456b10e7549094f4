/** A flow's parameters: a zod object whose keys become flags. Values come from files, flags and the records of runs. */
import { z } from "zod";
import {
  asWritten,
  closest,
  explainDiskError,
  messageOf,
  misuse,
  requireOptions,
  requireWithin,
  SegueError,
  thingWith,
  trueOrFalse,
} from "../../system/index.js";
import { toJson } from "../artifacts/json.js";
import { anEngine, type Engine } from "../engines/engine.js";
import { asCommandsName } from "../flow/load-flow.js";
import { parametersFromRecord } from "../records/records.js";
import { flagName } from "./flag-name.js";
import { problem } from "./parameter-problem.js";
import { fromText, innerType } from "./parameter-text.js";

interface HasParameters {
  readonly name: string;
  readonly module?: string;
  readonly parameters: z.ZodObject;
}

/** @throws SegueError (misuse) if `given` is not an object, or `flow` is not a flow */
function requireParameters(flow: HasParameters, given: object): void {
  requireWithin(thingWith("a flow", "name", "parameters"), "flow", flow);
  if (typeof given === "object" && given !== null && !Array.isArray(given)) return;
  throw misuse(
    `the parameters of flow "${flow.name}" must be an object, got ${asWritten(given)}`,
    "write {} for none",
  );
}

/**
 * Validates values against the schema. Call it only once: a schema with `.transform(…)` may not accept its own output.
 *
 * @param given by name in any spelling: knn_k, knnK or knn-k
 * @param options.ignoreUnknown ignores parameters that the flow does not have; default false
 * @param options.sources by flag name, the file that a value comes from, for messages
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
  throw misuse(problems.join("; "), `segue run ${asCommandsName(flow)} --help explains each parameter`);
}

function keepable(flow: HasParameters, parameters: Record<string, unknown>): Record<string, unknown> {
  for (const [key, value] of Object.entries(parameters)) {
    try {
      toJson(value);
    } catch (error) {
      throw misuse(
        `parameter ${flagName(key)} of flow "${flow.name}" cannot be kept in the run's record: ${messageOf(error)}`,
        "let the schema output a plain value or a date, and convert it within a step",
      );
    }
  }
  return parameters;
}

/**
 * The parameters of an earlier run, for the current version of its flow: new ones take their defaults.
 *
 * @throws SegueError (misuse) like `parseParameters`, with what to do about a run whose parameters no longer fit
 */
export function parametersAgain(flow: HasParameters, recorded: object): Record<string, unknown> {
  const values = parametersFromRecord(recorded);
  const shape = flow.parameters.shape as Readonly<Record<string, z.ZodType>>;
  const made = Object.keys(values).filter((key) => shape[key] && innerType(shape[key]) instanceof z.ZodPipe);
  const asTheyAre = Object.fromEntries(made.map((key) => [key, z.unknown()]));
  const parameters = flow.parameters.safeExtend(asTheyAre) as unknown as z.ZodObject;
  try {
    return parseParameters({ name: flow.name, module: flow.module, parameters }, values, {
      ignoreUnknown: true,
    });
  } catch (error) {
    throw misuse(
      `the run's parameters no longer fit its flow: ${messageOf(error)}`,
      `give new parameters a default, or begin anew: segue run ${asCommandsName(flow)}`,
    );
  }
}

/**
 * Calls the flow's own `check` on parameters that are each within their range.
 *
 * @param engine the engine that will run the flow; default "local"
 * @throws SegueError the one that `check` throws, or for its error of the disk; (misuse) for any other error that it throws
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
  } catch (thrown) {
    const error = explainDiskError(thrown);
    if (error instanceof SegueError) throw error;
    throw misuse(
      `flow "${flow.name}" refuses its parameters: ${messageOf(error)}`,
      `segue run ${asCommandsName(flow)} --help explains each parameter`,
    );
  }
}

/**
 * The error for a parameter that the flow does not have.
 *
 * @param place the file and line that name it, unless it is a flag
 */
export function unknownParameter(flow: HasParameters, name: string, place?: string): Error {
  const flags = Object.keys(flow.parameters.shape).map(flagName);
  const near = closest(flagName(name), flags);
  // Spelled as at that place: "knn_k" in a file, "--knn-k" as a flag.
  const written = (flag: string) => (place === undefined ? `--${flag}` : flag.replaceAll("-", "_"));
  return misuse(
    `${place === undefined ? "" : `${place}: `}flow "${flow.name}" has no parameter "${place === undefined ? flagName(name) : name}"`,
    near ? `did you mean "${written(near)}"?` : `its parameters: ${flags.map(written).join(", ")}`,
  );
}

/** A schema's example of a value, as written for a flag: `.meta({ examples: ['["a"]'] })`; "" if it has none. */
function exampleOf(schema: z.ZodType | undefined): string {
  const examples = schema?.meta()?.examples;
  return Array.isArray(examples) ? String(examples[0]) : "";
}
