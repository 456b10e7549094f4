import { messageOf, SegueError } from "../errors/errors.js";

/**
 * Loads a package with native code. npm installs that of one system only, so it is missing in a `node_modules` that was copied
 * from another, or installed without optional dependencies.
 *
 * @param name the package's name for users: "DuckDB"
 * @throws SegueError code "not-installed" if it cannot be loaded
 */
export async function loadNative<Package>(name: string, load: () => Promise<Package>): Promise<Package> {
  try {
    return await load();
  } catch (cause) {
    const [reason] = messageOf(cause).split("\n");
    throw new SegueError(`${name} cannot be loaded on ${process.platform}-${process.arch}: ${reason}`, {
      hint: "install Segue again on this machine, with optional dependencies; there is native code for Linux, macOS and Windows on x64 and arm64",
      code: "not-installed",
      cause,
    });
  }
}
