/** `segue run`: one flow, several, or all four in order. Parameters come from conf/; flags override them. */
import type { Command } from "commander";

export function registerRun(program: Command): void {
  // The flags come from the flows, whose modules are loaded only for this verb.
  program
    .command("run")
    .description("run the flows: from raw playlists to a checked endpoint")
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .action(async (_options: unknown, command: Command) => {
      const { runFlows } = await import("./run/run-flows.js");
      await runFlows(command.args);
    });
}
