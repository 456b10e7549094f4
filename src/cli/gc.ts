/** `segue gc`: removes old runs and the artifacts that only they used. */
import type { Command } from "commander";
import { wholeNumber } from "../system/index.js";
import { bytes, counted } from "../workflow/terminal/text/format.js";
import { addDatastoreOption, clientOf, type DatastoreOptions } from "./datastore/datastore.js";
import { numberOption } from "./options/number-option.js";

interface Options extends DatastoreOptions {
  readonly keep: number;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export function registerGc(program: Command): void {
  addDatastoreOption(program.command("gc"))
    .description("remove old runs, and the artifacts that no kept run uses")
    .addOption(
      numberOption(
        "--keep <n>",
        "how many of each flow's newest runs to keep; the latest successful one is always kept",
        wholeNumber(1),
      ).makeOptionMandatory(),
    )
    .option("--dry-run", "only print what would be removed")
    .option("--json", "print one JSON object")
    .addHelpText("after", "\nExample:\n  segue gc --keep 5 --dry-run")
    .action(gc);
}

async function gc(options: Options): Promise<void> {
  const { collectGarbage } = await import("../workflow/gc.js");
  const { store } = await clientOf(options);
  const { keep, dryRun } = options;
  const result = await collectGarbage(store, { keep, dryRun });
  if (options.json) {
    console.log(JSON.stringify({ ...result, damaged: result.damaged.map(({ message }) => message) }));
    return;
  }
  const verb = options.dryRun ? "would remove" : "removed";
  for (const run of result.removedRuns) console.log(`${verb} ${run}`);
  const { removedRuns, removedObjects, freedBytes, keptRuns, damaged } = result;
  const objects =
    damaged.length > 0 ? "no object" : `${counted(removedObjects, "object")} (${bytes(freedBytes)})`;
  console.log(
    `${verb} ${counted(removedRuns.length, "run")} and ${objects}; kept ${counted(keptRuns, "run")}`,
  );
}
