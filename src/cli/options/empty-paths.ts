/** Refuses empty paths, runs, steps and tags: the shell expands an unset variable to one, and nobody means it. */
import type { Command } from "commander";
import { misuse } from "../../system/index.js";

/** Matches the placeholder of one in an option's flags. */
const named = /[<[](files?|folder|path|url|bundle|address|file\|share|runs?|step|tags?)(\.\.\.)?[>\]]/;

/**
 * @throws SegueError (misuse) naming the first such option that is empty, its environment variable, or the first argument that is empty
 */
export function refuseEmptyPaths(command: Command): void {
  for (const option of command.options) {
    if (!named.test(option.flags) || !isEmpty(command.getOptionValue(option.attributeName()))) continue;
    const isFromEnvironment = command.getOptionValueSource(option.attributeName()) === "env";
    const name = isFromEnvironment ? option.envVar! : option.long!;
    const orNone = option.mandatory
      ? ""
      : isFromEnvironment
        ? `, or run: unset ${name}`
        : ", or leave it out";
    throw misuse(`${name} is empty`, `give it a value${orNone}`);
  }
  command.registeredArguments.forEach((argument, i) => {
    if (isEmpty(command.processedArgs[i]))
      throw misuse(`an argument is empty: ${argument.name()}`, `see segue ${command.name()} --help`);
  });
}

const isEmpty = (value: unknown): boolean =>
  Array.isArray(value) ? value.some((each) => each === "") : value === "";
