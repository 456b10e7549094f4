/**
 * Files for places that all runs of a project share, such as `data/03_inputs/train.parquet`. Another run may put its own there at
 * any moment, so a task writes under names of its own, keeps those as its artifacts, and only then puts them in place.
 */
import { copyFile, link, mkdtemp, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { makeFolder, moveIntoPlace } from "../../system/index.js";
import { type FileArtifact, file } from "../../workflow/index.js";

/** Puts what was written at `written` into the place `shared`. The artifact is of what was written, whatever lies in that place later. */
export type Publish = (written: string, shared: string) => Promise<FileArtifact>;

/**
 * Lets `work` write into a folder of its own and publish from there. Nothing of that folder is left behind.
 *
 * @param shared a place of the kind that will be published to: the folder is made beside it, so that large files need not be copied
 * @param taskFolder where artifacts stay until they are stored
 */
export async function withOwnFiles<T>(
  shared: string,
  taskFolder: string,
  work: (folder: string, publish: Publish) => Promise<T>,
): Promise<T> {
  makeFolder(dirname(shared));
  const folder = await mkdtemp(join(dirname(shared), ".own-"));
  try {
    return await work(folder, async (written, place) => {
      const kept = join(taskFolder, basename(written));
      // Links reach no other disk, and not every file system has them.
      await link(written, kept).catch(() => copyFile(written, kept));
      await moveIntoPlace(written, place);
      return file(kept);
    });
  } finally {
    // A file that is being made meanwhile, in a thread that has not ended yet, is met by trying again.
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
  }
}
