/** `segue check`: validates flows without running them. */
import type { Command } from "commander";
import { isSegueError, misuse, type SegueError } from "../system/index.js";
import { counted } from "../workflow/terminal/text/format.js";
import { flowsNamed, isFlowModule, ownFlows } from "./run/flow-named.js";

export function registerCheck(program: Command): void {
  program
    .command("check")
    .description("check that flows are valid, without running them")
    .argument(
      "[flows...]",
      "flow names, or modules: all flows in them, or ./flows.js:tuning (default: all of Segue's own)",
    )
    .option("--json", "print one JSON array")
    .addHelpText("after", "\nExamples:\n  segue check\n  segue check ./flows/tuning.js")
    .action(check);
}

async function check(targets: string[], options: { readonly json?: boolean }): Promise<void> {
  const [{ checkFlow }, { refuseHiddenParameters }] = await Promise.all([
    import("../workflow/index.js"),
    import("./run/run-flows.js"),
  ]);
  const sound: { flow: string; steps: number }[] = [];
  const problems: SegueError[] = [];
  for (const target of targets.length > 0 ? targets : ownFlows())
    for (const flow of await flowsNamed(target))
      try {
        checkFlow(flow);
        if (isFlowModule(target)) refuseHiddenParameters(flow);
        sound.push({ flow: flow.name, steps: flow.nodes.length });
      } catch (error) {
        if (!isSegueError(error)) throw error;
        problems.push(error);
      }
  if (problems.length === 0 && options.json) console.log(JSON.stringify(sound));
  if (!options.json)
    for (const { flow, steps } of sound) console.log(`${flow}: valid, ${counted(steps, "step")}`);
  if (problems.length > 0) throw misuse(problems.map(({ message }) => message).join("\n"), problems[0]!.hint);
}
