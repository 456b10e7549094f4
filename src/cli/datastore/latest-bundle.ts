/** Finds the bundle that a verb works on: the one named, or that of the latest successful run. */
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { SegueError } from "../../system/index.js";
import type { TrackVectors } from "../../track2vec/index.js";
import type { FileArtifact, RunReader } from "../../workflow/index.js";
import { clientOf, type DatastoreOptions } from "./datastore.js";

/**
 * @param named a bundle's folder or archive, a folder of bundles, or a run of the deployment or modeling flow
 *   ("deployment/2026…"); default: the latest
 * @returns the path of a bundle's folder or archive, or the folder of bundles that was named
 * @throws SegueError if there is none
 */
export async function bundlePlaceFor(named: string | undefined, options: DatastoreOptions): Promise<string> {
  return (await placeFor(named, options)).place;
}

interface Place {
  readonly place: string;
  /** The run that built it, if known. */
  readonly run?: RunReader;
}

async function placeFor(named: string | undefined, options: DatastoreOptions): Promise<Place> {
  if (named !== undefined && existsSync(named)) return { place: named };
  const client = await clientOf(options);
  if (named !== undefined) {
    // "flow/run" or an id may be a run; anything else is a path.
    const run = /^[\w-]+(\/[\w-]+)?$/.test(named)
      ? await client.findRun(named).catch(() => undefined)
      : undefined;
    if (run === undefined)
      throw new SegueError(`there is no bundle at ${named}, and no run of that name`, {
        hint: await whatThereIs(named),
        code: "no-model",
      });
    const place = await modelOf(run);
    if (place === undefined) throw await madeNoModel(run);
    return { place, run };
  }
  const made: Array<Place & { readonly created: string }> = [];
  for (const flow of ["deployment", "modeling"]) {
    const run = client.flow(flow).latestSuccessfulRun;
    const place = await modelOf(run);
    if (place !== undefined) made.push({ place, run, created: (await run.record()).created });
  }
  // A model that was trained after the last deployment is the newer one.
  const [latest] = made.sort((a, b) => (a.created < b.created ? 1 : -1));
  if (latest !== undefined) return latest;
  throw new SegueError("there is no model yet", {
    hint: "segue run --input my_playlists.csv makes one",
    code: "no-model",
  });
}

/**
 * The track vectors of a bundle. If the best model of a run has none, those of its nearest-tracks model.
 *
 * @param named as for `bundlePlaceFor`
 * @throws SegueError if no bundle has vectors
 */
export async function vectorsFor(
  named: string | undefined,
  options: DatastoreOptions,
): Promise<TrackVectors> {
  const { bundlePath } = await import("../../serving/index.js");
  const { openBundle } = await import("../../bundle/index.js");
  const { place, run } = await placeFor(named, options);
  const bundle = await bundlePath(place);
  const { vectors, manifest } = await openBundle(bundle);
  if (vectors !== undefined) return vectors;
  const nearest = run && (await pathOf(() => run.artifact<FileArtifact | null>("nearestModel")));
  const others = nearest && (await openBundle(nearest)).vectors;
  if (others) return others;
  const held = `holds no track vectors, only ${manifest.recommenders.join(", ")}`;
  throw run === undefined
    ? new SegueError(`the bundle ${bundle} ${held}`, {
        hint: "name one that was made with track2vec in its grid; of a run, export finds the vectors beside the best model",
      })
    : new SegueError(`the model of ${run.flow}/${await run.id()} ${held}`, {
        hint: "train one with track2vec in its grid: segue run modeling --recommenders track2vec",
      });
}

/** As `bundlePlaceFor`, but always the bundle itself, never a folder of bundles. */
export async function bundleFor(named: string | undefined, options: DatastoreOptions): Promise<string> {
  const { bundlePath } = await import("../../serving/index.js");
  return bundlePath(await bundlePlaceFor(named, options));
}

/** The hint: what could be named instead. */
async function whatThereIs(named: string): Promise<string> {
  const { bundlesIn } = await import("../../bundle/index.js");
  const folder = dirname(named);
  const bundles = await bundlesIn(folder);
  return bundles.length === 0
    ? "segue run makes one; `segue runs` lists the runs"
    : `name ${folder} for the latest bundle there, or one of: ${bundles.slice(0, 3).join(", ")}`;
}

/** The bundle built by a deployment run, or the `model` of any other run's last step. */
async function modelOf(run: RunReader): Promise<string | undefined> {
  return (
    (await pathOf(() => run.task("build").artifact<FileArtifact>("bundle"))) ??
    (await pathOf(() => run.artifact<FileArtifact>("model")))
  );
}

async function madeNoModel(run: RunReader): Promise<SegueError> {
  const name = `${run.flow}/${await run.id()}`;
  const status = await run.status();
  return status === "done"
    ? new SegueError(`the run ${name} made no model`, {
        hint: "runs of modeling and deployment do; `segue runs modeling` lists them",
        code: "no-model",
      })
    : new SegueError(`the run ${name} (${status}) has no model`, {
        hint:
          status === "running"
            ? `segue show ${name} shows its progress`
            : `segue resume ${name} goes on with it`,
        code: "no-model",
      });
}

/** Undefined if there is no such run, task or artifact; throws if its content is missing or damaged. */
async function pathOf(artifact: () => Promise<FileArtifact | null>): Promise<string | undefined> {
  const found = await artifact().catch((error: unknown) => {
    if (error instanceof SegueError && ["no-run", "task-not-done", "misuse"].includes(error.code ?? ""))
      return undefined;
    throw error;
  });
  return found?.path();
}
