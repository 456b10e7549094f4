/**
 * Which bundle a place stands for. The place is a bundle's folder or archive, or a folder of bundles: the one that a link or a
 * text file named `current` beside them points to (a new version goes live by replacing the pointer), else the one written last.
 */
import { lstat, readFile, readlink, realpath, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
// Not by the room's door, which takes long to load.
import { bundlesIn, manifestName } from "../bundle/bundles-in.js";
import { asWritten, misuse, refusePipe, SegueError } from "../system/index.js";

const pointerName = "current";

/**
 * The bundle's folder or .tar.gz.
 *
 * @throws SegueError where there is none, or `current` leads to none
 */
export async function bundlePath(place: string): Promise<string> {
  requirePlace(place);
  const path = await realpath(resolve(place)).catch(() => {
    throw new SegueError(`there is no bundle at ${place}`, {
      code: "no-bundle",
      hint: "make one with: segue run",
    });
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
 * A link leads to the bundle itself; a text file names it, relative to the file's folder. Another bundle is never taken instead: whoever
 * points to one wants no other.
 */
async function pointedTo(pointer: string): Promise<string> {
  const leadsNowhere = (reason: string) =>
    new SegueError(`${pointer} ${reason}`, {
      code: "no-bundle",
      hint: "point it to a bundle beside it, or remove it: the latest bundle there answers then",
    });
  const target = await realpath(pointer).catch(async () => {
    throw leadsNowhere(`leads to ${await readlink(pointer)}, which is not there`);
  });
  if ((await isFolder(target)) || target.endsWith(".gz")) {
    if (await isBundle(target)) return target;
    throw leadsNowhere(`leads to ${target}, which is not a bundle`);
  }
  await refusePipe(target);
  const named = (await readFile(target, "utf8")).trim();
  if (named === "") throw leadsNowhere("names no bundle: it is empty");
  const found = await realpath(resolve(dirname(target), named)).catch(() => {
    throw leadsNowhere(`names ${named}, which is not there`);
  });
  if (await isBundle(found)) return found;
  throw leadsNowhere(`names ${named}, which is not a bundle`);
}

/** Whether it is a folder with a manifest, or a file. */
async function isBundle(path: string): Promise<boolean> {
  return (
    !(await isFolder(path)) || (await stat(join(path, manifestName)).catch(() => undefined)) !== undefined
  );
}

/** @throws SegueError (misuse) where it is no path */
export function requirePlace(place: unknown): void {
  if (typeof place === "string") return;
  throw misuse(`a bundle's place must be a path, got ${asWritten(place)}`, 'write "data/04_models"');
}

export async function isFolder(path: string): Promise<boolean> {
  return (await stat(path)).isDirectory();
}
