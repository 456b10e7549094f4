/** Paths of no letters: what a shell makes of a variable that was never set, and nobody means. */
import type { Command } from "commander";
import { misuse } from "../system/index.js";

/** What stands for a path in the flags of an option. */
const path = /[<[](files?|folder|path|url|bundle|address|file\|share)(\.\.\.)?[>\]]/;

/**
 * @throws SegueError (misuse) naming the first option that takes a path, or the first argument, that is empty; also where the
 *   environment variable of the option is
 */
export function refuseEmptyPaths(command: Command): void {
  for (const option of command.options) {
    if (!path.test(option.flags) || !isEmpty(command.getOptionValue(option.attributeName()))) continue;
    const isFromEnvironment = command.getOptionValueSource(option.attributeName()) === "env";
    const name = isFromEnvironment ? option.envVar! : option.long!;
    const orNone = option.mandatory
      ? ""
      : isFromEnvironment
        ? `, or take it back: unset ${name}`
        : ", or leave it out";
    throw misuse(`${name} is empty`, `say what it is to name${orNone}`);
  }
  command.registeredArguments.forEach((argument, i) => {
    if (isEmpty(command.processedArgs[i]))
      throw misuse(
        `an argument is empty: ${argument.name()}`,
        `segue ${command.name()} --help tells what it may be`,
      );
  });
}

const isEmpty = (value: unknown): boolean =>
  Array.isArray(value) ? value.some((each) => each === "") : value === "";
