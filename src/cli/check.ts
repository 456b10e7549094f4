/** `segue check`: whether flows are sound, without running them. */
import type { Command } from "commander";
import { flowNamed, ownFlows } from "./flow-named.js";

export function registerCheck(program: Command): void {
  program
    .command("check")
    .description("look whether flows are sound, without running them")
    .argument("[flows...]", "names, or modules that export a flow (default: all of Segue's own)")
    .option("--json", "print one JSON array")
    .addHelpText("after", "\nExamples:\n  segue check\n  segue check ./flows/tuning.js")
    .action(check);
}

async function check(targets: string[], options: { readonly json?: boolean }): Promise<void> {
  const { checkFlow } = await import("../workflow/index.js");
  const sound: { flow: string; steps: number }[] = [];
  for (const target of targets.length > 0 ? targets : ownFlows()) {
    const flow = await flowNamed(target);
    checkFlow(flow);
    sound.push({ flow: flow.name, steps: flow.nodes.length });
    if (!options.json) console.log(`${flow.name}: sound, ${flow.nodes.length} steps`);
  }
  if (options.json) console.log(JSON.stringify(sound));
}
