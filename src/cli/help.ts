/** `segue help VERB`: the same as `segue VERB --help`. */
import type { Command } from "commander";
import { didYouMean, misuse } from "../system/index.js";

export function registerHelp(program: Command): void {
  program
    .command("help")
    .description("display help for a command")
    .argument("[command]", "which; default: the list of all")
    .action(async (name: string | undefined) => {
      if (name === undefined) return program.outputHelp();
      const verbs = program.commands.map((command) => command.name());
      if (!verbs.includes(name))
        throw misuse(`there is no command "${name}"`, didYouMean(name, verbs, "segue --help lists them"));
      // Parsed as if typed: a verb may have its own help.
      await program.parseAsync([name, "--help"], { from: "user" });
    });
}
