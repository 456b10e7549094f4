/** Packs a folder for SageMaker: a .tar.gz with the files at its root. The same files give the same bytes. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { packFolder } from "../../../bundle/index.js";
import { misuse, removeTemporary, SegueError, sha256Of, temporaryFolder } from "../../../system/index.js";

export interface Archive {
  readonly path: string;
  readonly size: number;
  /** SHA-256, hexadecimal. */
  readonly digest: string;
  /** Removes temporary files; the given folder or archive stays. */
  remove(): Promise<void>;
}

/** @param model a folder, or a .tar.gz that is used unchanged */
export async function archiveOf(model: string): Promise<Archive> {
  const facts = await stat(model).catch((cause: unknown) => {
    throw new SegueError(`no model at ${model}`, { hint: "run the modeling flow first", cause });
  });
  if (!facts.isDirectory()) {
    if (!/\.(tar\.gz|tgz)$/.test(model)) throw misuse(`the model ${model} is neither a folder nor a .tar.gz`);
    return { path: model, size: facts.size, digest: await sha256Of(model), remove: async () => {} };
  }
  if ((await readdir(model)).length === 0) throw new SegueError(`the model folder ${model} is empty`);
  const folder = await temporaryFolder("archive");
  const remove = () => removeTemporary(folder);
  try {
    const path = join(folder, "model.tar.gz");
    await packFolder(model, path);
    return { path, size: (await stat(path)).size, digest: await sha256Of(path), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
