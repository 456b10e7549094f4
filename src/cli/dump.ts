/** `segue dump`: an artifact's value, or a list of a task's artifacts. */
import type { Command } from "commander";
import { misuse } from "../system/index.js";
import type { ArtifactRef } from "../workflow/artifacts/ref.js";
import type { FileArtifact } from "../workflow/index.js";
import { bytes, columns } from "../workflow/terminal/text/format.js";
import { addDatastoreOption, clientOf, type DatastoreOptions } from "./datastore/datastore.js";
import { taskNamed } from "./datastore/task-named.js";
import { ofOption } from "./options/of-option.js";

interface Options extends DatastoreOptions {
  readonly output?: string;
  readonly json?: boolean;
}

export function registerDump(program: Command): void {
  addDatastoreOption(program.command("dump"))
    .description("print an artifact, or list the artifacts of a task")
    .argument("<artifact>", "run/step/artifact or run/step/task/artifact; run/step lists them")
    .option(
      "-o, --output <file>",
      "write it there instead of printing it: a folder, a file, a table as .parquet, an array as .npy, or any value as .json",
    )
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nJSON has no NaN or infinity: they become null.\n\nExamples:\n  segue dump modeling/eval\n  segue dump modeling/eval/testHitRatio\n  segue dump modeling/keep_best/model -o best-model",
    )
    .action(dump);
}

async function dump(path: string, options: Options): Promise<void> {
  const { task, rest } = await taskNamed(await clientOf(options), path);
  const refs = await task.artifacts();
  const name = rest.join("/");
  if (name === "") {
    if (options.output !== undefined) {
      const [first] = Object.keys(refs);
      throw misuse(
        "--output takes one artifact, and none is named",
        first === undefined
          ? `${path} has none`
          : `name one of ${Object.keys(refs).join(", ")}: segue dump ${path.replace(/\/+$/, "")}/${first}`,
      );
    }
    return list(refs, options);
  }
  const value = await task.artifact(name);
  const { kind } = refs[name]!;
  if (options.output !== undefined) {
    const { writeArtifact } = await import("./datastore/write-artifact.js");
    const { output, json } = options;
    return ofOption("--output", () => writeArtifact({ name, kind, value }, output, { json }));
  }
  if (kind === "file" || kind === "folder") {
    const source = await (value as FileArtifact).path();
    return console.log(options.json ? JSON.stringify(source) : source);
  }
  const { artifactAsJson } = await import("./datastore/artifact-as-json.js");
  const isWord = typeof value === "string" || (typeof value === "number" && !Number.isFinite(value));
  console.log(isWord && !options.json ? String(value) : await artifactAsJson(kind, value));
}

async function list(refs: Readonly<Record<string, ArtifactRef>>, options: Options): Promise<void> {
  if (options.json) return console.log(JSON.stringify(refs, null, 2));
  console.log(
    columns(
      Object.entries(refs).map(([key, ref]) => [key, ref.kind, bytes(ref.size), `written by ${ref.by}`]),
    ),
  );
}
