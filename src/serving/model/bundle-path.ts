/**
 * Finds the bundle at a path: the path is a bundle's folder or archive, or a folder of bundles. In a folder of bundles, a link or a text
 * file named `current` chooses one (replacing it puts another version live); without `current` it is the latest.
 */
import { lstat, readFile, readlink, realpath, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
// Not through the room's index.ts, which is slow to load.
import { bundlesIn, hasManifest, manifestName, unlessDenied } from "../../bundle/bundles-in.js";
import { asWritten, misuse, refusePipe, SegueError } from "../../system/index.js";

const pointerName = "current";

/**
 * Returns the path of the bundle's folder or .tar.gz.
 *
 * @throws SegueError if there is no bundle, or `current` does not lead to one
 */
export async function bundlePath(place: string): Promise<string> {
  requirePlace(place);
  const path = await realpath(resolve(place)).catch(unlessDenied(undefined));
  if (path === undefined)
    throw new SegueError(`there is no bundle at ${place}`, {
      code: "no-bundle",
      hint: "make one with: segue run",
    });
  if (await isBundle(path)) return path;
  const pointer = join(path, pointerName);
  if (await lstat(pointer).catch(() => undefined)) return pointedTo(pointer);
  const [newest] = await bundlesIn(path);
  if (newest !== undefined) return join(path, newest);
  throw new SegueError(
    `${place} is not a bundle: it holds no ${manifestName}, no \`${pointerName}\` and no bundles`,
    { code: "no-bundle", hint: "make one with: segue run" },
  );
}

/**
 * A link leads to the bundle itself; a text file names it, relative to the file's folder. If `current` is wrong, no other bundle is used
 * instead: an explicit choice is never overridden.
 */
async function pointedTo(pointer: string): Promise<string> {
  const leadsNowhere = (reason: string) =>
    new SegueError(`${pointer} ${reason}`, {
      code: "no-bundle",
      hint: "point it to a bundle beside it, or remove it: the latest bundle there answers then",
    });
  const target = await realpath(pointer).catch(unlessDenied(undefined));
  if (target === undefined) throw leadsNowhere(`leads to ${await readlink(pointer)}, which is not there`);
  if ((await isFolder(target)) || target.endsWith(".gz")) {
    if (await isBundle(target)) return target;
    throw leadsNowhere(`leads to ${target}, which is not a bundle`);
  }
  await refusePipe(target);
  const named = (await readFile(target, "utf8")).trim();
  if (named === "") throw leadsNowhere("names no bundle: it is empty");
  const found = await realpath(resolve(dirname(target), named)).catch(unlessDenied(undefined));
  if (found === undefined) throw leadsNowhere(`names ${named}, which is not there`);
  if (await isBundle(found)) return found;
  throw leadsNowhere(`names ${named}, which is not a bundle`);
}

/** Whether the path is a folder with a manifest, or a file. */
async function isBundle(path: string): Promise<boolean> {
  return !(await isFolder(path)) || hasManifest(path);
}

/** @throws SegueError (misuse) if it is not a string */
export function requirePlace(place: unknown): void {
  if (typeof place === "string") return;
  throw misuse(`a bundle's place must be a path, got ${asWritten(place)}`, 'write "data/04_models"');
}

export async function isFolder(path: string): Promise<boolean> {
  return (await stat(path)).isDirectory();
}
