/** Options that take numbers: what one may be is said once, and `--help` and errors both say it. */
import { InvalidArgumentError, Option } from "commander";
import { type ValueRange, wholeNumber } from "../system/index.js";

/**
 * An option that takes a number: `addOption(numberOption("-k <n>", "how many tracks", wholeNumber(1)).default(10))`. What
 * the range does not hold is misuse: exit code 2.
 */
export function numberOption(flags: string, description: string, range: ValueRange): Option {
  return optionOf(flags, description, range).argParser((text: string) => numberFrom(text, range));
}

/** As `numberOption`, of several with commas between: each once, in the order in which they are written. */
export function numbersOption(flags: string, description: string, range: ValueRange): Option {
  return optionOf(flags, description, range).argParser((text: string) => [
    ...new Set(text.split(",").map((part) => numberFrom(part, range))),
  ]);
}

/** --max-workers, of every verb that runs tasks. */
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
