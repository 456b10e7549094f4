/**
 * Finds files that ship beside the code: wasm kernels, SQL, worker entry points. They live in dist/; when the code runs
 * from src/ (under vitest) the same file of the last build is used, because a worker thread cannot load TypeScript.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { SegueError } from "./errors.js";

const here = dirname(fileURLToPath(import.meta.url));

/** The folder of the installed package (where package.json is). */
export const packageRoot = dirname(dirname(here));

/** The absolute path of a built file, given relative to dist/: `distPath("assembly/track2vec.wasm")`. */
export function distPath(relative: string): string {
  return join(packageRoot, "dist", ...relative.split("/"));
}

/**
 * A built kernel: `readKernel("track2vec")` is assembly/track2vec.wasm.
 *
 * @throws SegueError where it is not there, as in a program that a bundler has put this code into
 */
export function readKernel(name: string): Buffer<ArrayBuffer> {
  const path = distPath(`assembly/${name}.wasm`);
  if (existsSync(path)) return readFileSync(path);
  throw new SegueError(`a file of Segue's own is missing: ${path}`, {
    hint: 'A bundler has to leave Segue out: --external:segue of esbuild, ssr.external: ["segue"] of Vite. Else install Segue anew.',
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
