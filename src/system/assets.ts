/**
 * Finds files that ship beside the code: wasm kernels, SQL, worker entry points. They are in dist/. Code that runs from src/ (under
 * vitest) uses those of the last build, because a worker thread cannot load TypeScript.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { SegueError } from "./errors/errors.js";

const here = dirname(fileURLToPath(import.meta.url));

/** The root of the installed package, with package.json. */
export const packageRoot = dirname(dirname(here));

/** The installed version, such as "0.1.0". */
export const packageVersion = (): string =>
  JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")).version;

/** The absolute path of a built file. @param relative to dist/: "assembly/track2vec.wasm" */
export function distPath(relative: string): string {
  return join(packageRoot, "dist", ...relative.split("/"));
}

/**
 * Reads a built kernel: `readKernel("track2vec")` reads dist/assembly/track2vec.wasm.
 *
 * @throws SegueError if it is missing, as in a program whose bundler included Segue's code
 */
export function readKernel(name: string): Buffer<ArrayBuffer> {
  const path = distPath(`assembly/${name}.wasm`);
  if (existsSync(path)) return readFileSync(path);
  throw new SegueError(`one of Segue's own files is missing: ${path}`, {
    hint: 'Mark Segue as external in a bundler: --external:segue in esbuild, ssr.external: ["segue"] in Vite. Otherwise reinstall Segue.',
  });
}

/**
 * The URL of a module beside the caller, for `ownThread(url)` or `fork(path)`:
 * `besideUrl(import.meta.url, "./train-worker.js")`.
 */
export function besideUrl(moduleUrl: string, relative: string): URL {
  const path = join(dirname(fileURLToPath(moduleUrl)), relative);
  const source = join(packageRoot, "src") + sep;
  return pathToFileURL(path.startsWith(source) ? join(packageRoot, "dist", path.slice(source.length)) : path);
}
