/** `segue help`: what a verb takes; the same as --help behind it. */
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
      // As it is typed: a verb may have a help of its own.
      await program.parseAsync([name, "--help"], { from: "user" });
    });
}
