/** An artifact's copy outside of the datastore, in the form that its name asks for. */
import { copyFile, cp, readdir } from "node:fs/promises";
import { extname, join, resolve } from "node:path";
import { checkOutput, misuse, writeAtomically, writeFileAtomic } from "../system/index.js";
import { type TypedArray, toNpy } from "../workflow/artifacts/npy.js";
import type { ArtifactKind } from "../workflow/artifacts/ref.js";
import type { FileArtifact, Table } from "../workflow/index.js";
import { artifactAsJson } from "./artifact-as-json.js";

/** How it is kept, where a file's name may promise one of these. */
const forms: Partial<Record<ArtifactKind, string>> = { json: ".json", array: ".npy", table: ".parquet" };

/**
 * Writes an artifact to `output` and says so: files and folders as they are, a table as Parquet, a typed array as .npy; tables
 * and arrays as JSON where the name ends in .json or `json` is set.
 *
 * @throws SegueError (misuse) where the name promises another form, something else stands there, or a folder would be mixed
 *   with what is there
 */
export async function writeArtifact(
  { name, kind, value }: { name: string; kind: ArtifactKind; value: unknown },
  output: string,
  { json = false }: { json?: boolean | undefined },
): Promise<void> {
  await checkOutput(output, kind === "folder" ? "folder" : "file");
  const form = forms[kind];
  const wanted = extname(output).toLowerCase();
  if (form !== undefined && wanted !== form && !json && [".npy", ".parquet"].includes(wanted))
    throw misuse(
      `"${name}" is kept as ${form}, not as ${wanted}`,
      form === ".json" ? "name a .json file" : `name a ${form} file, or a .json one`,
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
  // Two models in one folder are neither.
  if (held !== undefined && held.length > 0)
    throw misuse(`${output} is not empty`, "name a new folder, or empty this one");
  const copy = (from: string, to: string) =>
    writeAtomically(to, (temporary) => cp(from, temporary, { recursive: true }));
  if (held === undefined) return copy(source, target);
  // An empty folder stays the one it is: somebody may be in it.
  for (const entry of await readdir(source)) await copy(join(source, entry), join(target, entry));
}
