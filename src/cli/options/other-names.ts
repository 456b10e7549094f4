/** Options that other verbs have for the same thing: recognised so that the error says what to write here. */
import { type Command, Option } from "commander";
import { misuse } from "../../system/index.js";

/**
 * Adds options that are hidden from --help. Using one throws a SegueError (misuse).
 *
 * @param instead what to write instead, by name without dashes
 */
export function addOtherNames(command: Command, instead: Readonly<Record<string, string>>): Command {
  for (const [name, hint] of Object.entries(instead))
    command.addOption(
      new Option(`--${name} [values...]`)
        .hideHelp()
        .preset("")
        .argParser(() => {
          throw misuse(`there is no option --${name}`, hint);
        }),
    );
  return command;
}
