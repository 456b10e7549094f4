/** Which bundle a verb works on: the one named, or the one that the latest successful run built. */
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { SegueError } from "../system/index.js";
import type { FileArtifact } from "../workflow/index.js";
import { clientOf, type DatastoreOptions } from "./datastore.js";

/**
 * @param named a bundle's folder or archive, a folder of bundles, or a run of the deployment or modeling flow
 *   ("deployment/2026…"); default: the latest
 * @returns the place of a bundle: its folder or archive, or the folder of bundles that was named
 * @throws SegueError where there is none
 */
export async function bundlePlaceFor(named: string | undefined, options: DatastoreOptions): Promise<string> {
  if (named !== undefined && existsSync(named)) return named;
  const client = await clientOf(options);
  if (named !== undefined) {
    // A run is "flow/run" or an id; anything else was meant as a path.
    const run = /^\w+(\/[\w-]+)?$|^[\w-]+$/.test(named)
      ? await client.findRun(named).catch(() => undefined)
      : undefined;
    if (run === undefined)
      throw new SegueError(`there is no bundle at ${named}, and no run of that name`, {
        hint: await whatThereIs(named),
        code: "no-model",
      });
    return artifactPath(
      () => run.task("build").artifact<FileArtifact>("bundle"),
      () => run.artifact<FileArtifact>("model"),
    );
  }
  return artifactPath(
    () => client.flow("deployment").latestSuccessfulRun.task("build").artifact<FileArtifact>("bundle"),
    () => client.flow("modeling").latestSuccessfulRun.artifact<FileArtifact>("model"),
  );
}

/** The bundle's own folder or archive, where the place that `bundlePlaceFor` finds may be a folder of bundles. */
export async function bundleFor(named: string | undefined, options: DatastoreOptions): Promise<string> {
  const { bundlePath } = await import("../serving/index.js");
  return bundlePath(await bundlePlaceFor(named, options));
}

/** What could have been named instead. */
async function whatThereIs(named: string): Promise<string> {
  const { bundlesIn } = await import("../serving/index.js");
  const folder = dirname(named);
  const bundles = await bundlesIn(folder);
  return bundles.length === 0
    ? "segue run makes one; `segue runs` lists the runs"
    : `name ${folder} for the latest bundle there, or one of: ${bundles.slice(0, 3).join(", ")}`;
}

async function artifactPath(...ways: ReadonlyArray<() => Promise<FileArtifact>>): Promise<string> {
  for (const way of ways) {
    try {
      return await (await way()).path();
    } catch (error) {
      if (!(error instanceof SegueError)) throw error;
    }
  }
  throw new SegueError("there is no model yet", {
    hint: "segue run --input my_playlists.csv makes one",
    code: "no-model",
  });
}
