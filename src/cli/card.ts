/** `segue card`: a task's HTML card. */
import { spawn } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { checkOutput, refuseTemporary, SegueError, writeFileAtomic } from "../system/index.js";
import { addDatastoreOption, clientOf, type DatastoreOptions } from "./datastore/datastore.js";
import { onlyTaskNamed } from "./datastore/task-named.js";
import { ofOption } from "./options/of-option.js";
import { htmlNames, requireNamed } from "./options/output-named.js";

interface Options extends DatastoreOptions {
  readonly output?: string;
  readonly open?: boolean;
  readonly json?: boolean;
}

export function registerCard(program: Command): void {
  addDatastoreOption(program.command("card"))
    .description("print the HTML card of a task, write it to a file, or open it")
    .argument("<task>", "run/step/task; run/step for the first task, flow/step for the latest run")
    .option("-o, --output <file>", "write it there")
    .option("--open", "open it in the browser")
    .option("--json", "print one JSON object: the page, or the file that it was written to")
    .addHelpText(
      "after",
      "\nExamples:\n  segue card modeling/keep_best --open\n  segue card modeling/train/3 -o card.html",
    )
    .action(card);
}

async function card(path: string, options: Options): Promise<void> {
  const { output } = options;
  if (output !== undefined) await ofOption("--output", () => requireNamed(output, "an HTML", htmlNames));
  const task = await onlyTaskNamed(await clientOf(options), path);
  const page = await task.card();
  if (page === undefined)
    throw new SegueError(`task ${task.step}/${task.task} made no card`, {
      hint: "a step makes one with card.markdown(…), card.table(…), card.chart(…)",
    });
  if (!options.open && output === undefined) {
    const { step, task: place } = task;
    // Names in it may hold escape codes, which `console.log` shows in a terminal.
    console.log(options.json ? JSON.stringify({ step, task: place, html: page }) : page.trimEnd());
    return;
  }
  const file =
    output ?? join(await mkdtemp(join(tmpdir(), "segue-card-")).catch(refuseTemporary), `${task.step}.html`);
  await ofOption("--output", async () => {
    await checkOutput(file);
    await writeFileAtomic(file, page);
  });
  console.log(options.json ? JSON.stringify({ step: task.step, task: task.task, file }) : file);
  if (options.open) await openInBrowser(file);
}

async function openInBrowser(file: string): Promise<void> {
  const command = { darwin: "open", win32: "explorer" }[process.platform as string] ?? "xdg-open";
  const child = spawn(command, [file], { detached: true, stdio: "ignore" });
  await new Promise<void>((resolve) => {
    child.once("spawn", resolve);
    child.once("error", () => {
      console.error(`${command} is not there; open the file yourself`);
      resolve();
    });
  });
  child.unref();
}
