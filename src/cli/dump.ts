/** `segue dump`: an artifact's value, or a list of what a task's artifacts are. */
import { dirname } from "node:path";
import type { Command } from "commander";
import type { FileArtifact, Table } from "../workflow/index.js";
import { addDatastoreOption, clientOf, type DatastoreOptions } from "./datastore.js";
import { taskNamed } from "./task-named.js";

interface Options extends DatastoreOptions {
  readonly output?: string;
  readonly json?: boolean;
}

export function registerDump(program: Command): void {
  addDatastoreOption(program.command("dump"))
    .description("print an artifact, or list the artifacts of a task")
    .argument("<artifact>", "run/step/artifact or run/step/task/artifact; run/step lists them")
    .option("-o, --output <file>", "copy a file, folder or table there instead of printing it")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  segue dump modeling/eval\n  segue dump modeling/eval/testHitRatio\n  segue dump modeling/keep_best/model -o best-model",
    )
    .action(dump);
}

async function dump(path: string, options: Options): Promise<void> {
  const { task, rest } = await taskNamed(await clientOf(options), path);
  const refs = await task.artifacts();
  const name = rest.join("/");
  if (name === "") {
    const { bytes, columns } = await import("../workflow/terminal/format.js");
    if (options.json) console.log(JSON.stringify(refs, null, 2));
    else
      console.log(
        columns(
          Object.entries(refs).map(([key, ref]) => [key, ref.kind, bytes(ref.size), `written by ${ref.by}`]),
        ),
      );
    return;
  }
  const value = await task.artifact(name);
  const kind = refs[name]!.kind;
  if (kind === "file" || kind === "folder" || (kind === "table" && options.output)) {
    const source = await (value as FileArtifact).path();
    if (!options.output) return console.log(options.json ? JSON.stringify(source) : source);
    const { cp } = await import("node:fs/promises");
    const { makeFolder } = await import("../system/index.js");
    makeFolder(dirname(options.output));
    await cp(source, options.output, { recursive: true });
    console.log(`copied to ${options.output}`);
    return;
  }
  const plain =
    kind === "table"
      ? await (value as Table).rows()
      : kind === "array"
        ? Array.from(value as ArrayLike<number | bigint>)
        : value;
  const text = JSON.stringify(plain, (_key, each) => (typeof each === "bigint" ? Number(each) : each), 2);
  if (options.output) {
    const { writeFileAtomic } = await import("../system/index.js");
    await writeFileAtomic(options.output, `${text}\n`);
    console.log(`wrote ${options.output}`);
  } else console.log(typeof plain === "string" && !options.json ? plain : text);
}
