/**
 * Writes files to paths that all runs of a project share, such as `data/03_inputs/train.parquet`. Another run may replace them at any
 * time, so a task writes to its own folder, keeps those files as its artifacts, and only then moves them into place.
 */
import { copyFile, link, mkdtemp, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { makeFolder, moveIntoPlace, ownerMark, sweepLeftovers } from "../../system/index.js";
import { type FileArtifact, file } from "../../workflow/index.js";

/** Moves the file `written` to the path `shared`. The artifact has the written content, even if that path changes later. */
export type Publish = (written: string, shared: string) => Promise<FileArtifact>;

/**
 * Lets `work` write into a folder of its own and publish from there; removes that folder afterwards.
 *
 * @param shared one of the paths to publish to: the folder is created beside it, so that large files need not be copied
 * @param taskFolder keeps the artifacts until they are stored
 */
export async function withOwnFiles<T>(
  shared: string,
  taskFolder: string,
  work: (folder: string, publish: Publish) => Promise<T>,
): Promise<T> {
  const beside = dirname(shared);
  makeFolder(beside);
  sweepLeftovers(beside);
  const folder = await mkdtemp(join(beside, `.own-${ownerMark()}-`));
  try {
    return await work(folder, async (written, place) => {
      const kept = join(taskFolder, basename(written));
      // Hard links do not work across disks, nor on every file system.
      await link(written, kept).catch(() => copyFile(written, kept));
      await moveIntoPlace(written, place);
      return file(kept);
    });
  } finally {
    // Retries, because a thread that has not ended yet may still create a file.
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
  }
}
