/** A flow's parameters as flags of a commander command. */
import { type Command, Option } from "commander";
import { z } from "zod";
import { misuse } from "../../system/index.js";
import type { AnyFlow } from "../flow/flow.js";
import { flagName } from "../parameters/flag-name.js";
import { innerType } from "../parameters/parameter-text.js";

/**
 * Adds one flag per parameter, with the schema's description, default and choices as its help. A boolean becomes `--x` and
 * `--no-x`. Values are validated later, by `parseParameters` (within `runFlow`), like those from files.
 */
export function addParameterFlags(command: Command, flow: AnyFlow): Command {
  for (const [key, schema] of Object.entries(flow.parameters.shape as Readonly<Record<string, z.ZodType>>)) {
    const name = flagName(key);
    if (command.options.some((option) => option.long === `--${name}`)) continue;
    const inner = innerType(schema);
    const help = helpOf(schema, inner);
    if (inner instanceof z.ZodBoolean) {
      command.addOption(new Option(`--${name}`, `${help} (or --no-${name})`));
      command.addOption(new Option(`--no-${name}`).hideHelp());
    } else {
      command.addOption(new Option(`--${name} <${placeholder(inner)}>`, help));
    }
  }
  return command;
}

/** The names of a flow's flags, without dashes. */
export const flagsOf = (flow: AnyFlow): string[] => Object.keys(flow.parameters.shape).map(flagName);

/** The values of the flow's flags that were given on the command line, by parameter. */
export function givenParameters(command: Command, flow: AnyFlow): Record<string, unknown> {
  const given: Record<string, unknown> = {};
  for (const key of Object.keys(flow.parameters.shape)) {
    const attribute = new Option(`--${flagName(key)}`).attributeName();
    if (command.getOptionValueSource(attribute) === "cli") given[key] = command.getOptionValue(attribute);
  }
  return given;
}

/**
 * Refuses values of boolean flags, as in "--dev false" and "--dev=false". Commander takes the first value for an argument, and the
 * second for an unknown flag.
 *
 * @param isWord whether a word may follow a flag as an argument
 * @throws SegueError (misuse) that names the flag and its opposite
 */
export function refuseValuesOfSwitches(
  command: Command,
  args: readonly string[],
  isWord: (word: string) => boolean,
): void {
  const isSwitch = (flag: string) =>
    command.options.some((option) => option.long === flag && !option.required && !option.optional);
  for (const [i, arg] of args.entries()) {
    if (arg === "--") return;
    const [flag, ...rest] = arg.split("=");
    if (!arg.startsWith("--") || !isSwitch(flag!)) continue;
    const next = args[i + 1];
    const value = rest.length > 0 ? rest.join("=") : next;
    if (value === undefined || (rest.length === 0 && (value.startsWith("-") || isWord(value)))) continue;
    const contrary = flag!.startsWith("--no-") ? `--${flag!.slice(5)}` : `--no-${flag!.slice(2)}`;
    throw misuse(
      `${flag} takes no value, got "${value}"`,
      isSwitch(contrary) ? `write ${flag}, or ${contrary} for the opposite` : `write ${flag} alone`,
    );
  }
}

function helpOf(schema: z.ZodType, inner: z.ZodType): string {
  const parts = [schema.description ?? inner.description ?? ""];
  if (inner instanceof z.ZodEnum)
    parts.push(`(${inner.options.filter((option) => option !== "").join(", ")})`);
  const fallback = schema.safeParse(undefined);
  if (!fallback.success) parts.push("[required]");
  else if (!isNothing(fallback.data)) parts.push(`[default: ${shown(fallback.data)}]`);
  return parts.filter((part) => part !== "").join(" ");
}

/** Such defaults are not shown: the description says what happens without a value. */
const isNothing = (value: unknown) =>
  value === undefined || value === "" || (Array.isArray(value) && value.length === 0);

function shown(value: unknown): string {
  const text = JSON.stringify(value, (_, part) => (typeof part === "bigint" ? String(part) : part)) ?? "…";
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function placeholder(inner: z.ZodType): string {
  if (inner instanceof z.ZodNumber) return "n";
  if (inner instanceof z.ZodArray) return "list";
  return "value";
}
