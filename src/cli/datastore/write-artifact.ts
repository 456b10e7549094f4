/** Copies an artifact out of the datastore, in the form given by the file's name. */
import { copyFile, cp, readdir } from "node:fs/promises";
import { extname, join, resolve } from "node:path";
import { checkOutput, misuse, writeAtomically, writeFileAtomic } from "../../system/index.js";
import { type TypedArray, toNpy } from "../../workflow/artifacts/npy.js";
import type { ArtifactKind } from "../../workflow/artifacts/ref.js";
import type { FileArtifact, Table } from "../../workflow/index.js";
import { artifactAsJson } from "./artifact-as-json.js";

/** The stored form of each kind, which is not always that of the file. */
const forms: Partial<Record<ArtifactKind, string>> = { json: ".json", array: ".npy", table: ".parquet" };
/** Extensions that promise a form: a file of another one is not named so. */
const promises = [".npy", ".parquet", ".csv", ".tsv", ".xlsx"];

/**
 * Writes an artifact to `output` and prints where: files and folders as they are, a table as Parquet, a typed array as .npy;
 * tables and arrays as JSON if the name ends in .json or `json` is set.
 *
 * @throws SegueError (misuse) if the name implies another form, the target exists and cannot be replaced, or is a folder that
 *   is not empty
 */
export async function writeArtifact(
  { name, kind, value }: { name: string; kind: ArtifactKind; value: unknown },
  output: string,
  { json = false }: { json?: boolean | undefined },
): Promise<void> {
  await checkOutput(output, kind === "folder" ? "folder" : "file");
  const form = forms[kind];
  const wanted = extname(output).toLowerCase();
  const stored = form ?? (kind === "file" ? extname((value as FileArtifact).name) : "");
  if (stored !== "" && wanted !== stored && !(form && json) && promises.includes(wanted))
    throw misuse(
      `"${name}" is kept as ${stored}, not as ${wanted}`,
      `name a ${stored} file${form === undefined || form === ".json" ? "" : ", or a .json one"}`,
    );
  if (form !== undefined && (json || wanted === ".json" || form === ".json")) {
    await writeFileAtomic(output, `${await artifactAsJson(kind, value)}\n`);
    say("wrote");
    return;
  }
  if (kind === "array") await writeFileAtomic(output, toNpy(value as TypedArray));
  else if (kind === "folder") await copyFolder(await (value as FileArtifact).path(), output);
  else {
    const source = await (value as FileArtifact | Table).path();
    await writeAtomically(output, (temporary) => copyFile(source, temporary));
  }
  say("copied to");

  function say(done: string): void {
    console.log(json ? JSON.stringify({ artifact: name, file: output }) : `${done} ${output}`);
  }
}

async function copyFolder(source: string, output: string): Promise<void> {
  const target = resolve(output);
  const held = await readdir(target).catch(() => undefined);
  // Two models in one folder would be unusable.
  if (held !== undefined && held.length > 0)
    throw misuse(`${output} is not empty`, "name a new folder, or empty this one");
  const copy = (from: string, to: string) =>
    writeAtomically(to, (temporary) => cp(from, temporary, { recursive: true }));
  if (held === undefined) return copy(source, target);
  // Keep an empty folder rather than replace it: it may be a shell's current folder.
  for (const entry of await readdir(source)) await copy(join(source, entry), join(target, entry));
}
