/** Options that take numbers: one range serves both `--help` and errors. */
import { InvalidArgumentError, Option } from "commander";
import { type ValueRange, wholeNumber } from "../../system/index.js";

/**
 * An option that takes a number: `addOption(numberOption("-k <n>", "how many tracks", wholeNumber(1)).default(10))`. A number
 * out of range is misuse (exit code 2).
 */
export function numberOption(flags: string, description: string, range: ValueRange): Option {
  return optionOf(flags, description, range).argParser((text: string) => numberFrom(text, range));
}

/** As `numberOption`, for several numbers separated by commas: without duplicates, in the order given. */
export function numbersOption(flags: string, description: string, range: ValueRange): Option {
  return optionOf(flags, description, range).argParser((text: string) => [
    ...new Set(text.split(",").map((part) => numberFrom(part, range))),
  ]);
}

/** --max-workers, for every verb that runs tasks. */
export function maxWorkersOption(): Option {
  const description = "how many tasks run at once (default: the number of processors)";
  return numberOption("--max-workers <n>", description, wholeNumber(1));
}

const optionOf = (flags: string, description: string, { wanted }: ValueRange) =>
  new Option(flags, `${description} [${wanted}]`);

function numberFrom(text: string, { wanted, holds }: ValueRange): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!holds(value)) throw new InvalidArgumentError(`It should be ${wanted}.`);
  return value;
}
