/** Loads flows from the modules that export them. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  besideUrl,
  isSegueError,
  messageOf,
  misuse,
  packageRoot,
  quoted,
  refusePipe,
  requireWithin,
  SegueError,
  shellWord,
  someText,
} from "../../system/index.js";
import { ownPlace } from "../terminal/run-text/own-place.js";
import { ownModules } from "./code-hash.js";
import type { AnyFlow } from "./flow.js";

/**
 * The flows that a module exports.
 *
 * @param url the URL of the module: `import.meta.url`, or `pathToFileURL(path).href`
 * @throws SegueError if it cannot be loaded
 */
export async function flowsOf(url: string): Promise<AnyFlow[]> {
  requireWithin(someText, "the URL of a module", url);
  if (url.startsWith("file:")) await refusePipe(fileURLToPath(url));
  let module: Record<string, unknown>;
  try {
    module = await imported(url);
  } catch (error) {
    const place = placeOf(error, url);
    throw new SegueError(
      `cannot load the flow's module ${shown(url)}: ${messageOf(error)}${place ? ` (${place})` : ""}`,
      { cause: error, ...(isSegueError(error) ? { hint: error.hint, exitCode: error.exitCode } : {}) },
    );
  }
  return [...new Set(Object.values(module))].filter(isFlow);
}

/** Imports a module. @throws SegueError if its top level awaits something that never happens: Node would exit silently */
async function imported(url: string): Promise<Record<string, unknown>> {
  let onIdle = () => {};
  const idle = new Promise<never>((_, reject) => {
    onIdle = () =>
      reject(
        new SegueError("its top-level await never settles", {
          hint: "look for an await outside of any function, there or in what it imports",
        }),
      );
  });
  process.once("beforeExit", onIdle);
  try {
    return (await Promise.race([import(url), idle])) as Record<string, unknown>;
  } finally {
    process.off("beforeExit", onIdle);
  }
}

/** The flow of this name that a module exports. @throws SegueError if it exports none */
export async function loadFlow(url: string, name: string): Promise<AnyFlow> {
  requireWithin(someText, "the name of a flow", name);
  const flows = await flowsOf(url);
  const found = flows.find((flow) => flow.name === name);
  if (found) return found;
  const others = quoted(flows.map((flow) => flow.name));
  throw new SegueError(`${shown(url)} exports no flow "${name}"${others ? `, but ${others}` : ""}`, {
    hint: `export const ${name.replace(/\W/g, "_")} = flow("${name}", { module: import.meta.url, … })`,
  });
}

/** The file and line, relative to the current folder, at which a module could not be parsed or threw. */
function placeOf(error: unknown, url: string): string | undefined {
  const stack = (error as Error | undefined)?.stack;
  // If a module imports something missing, the stack begins with the place, without a column.
  const known = ownPlace(stack?.replace(/^(file:\S+:\d+)\n/, "$1:1\n"));
  if (known !== undefined || !(error instanceof SyntaxError)) return known;
  // Node gives the place of a syntax error only in what it prints itself.
  for (const { path } of ownModules(url)) {
    const { stderr } = spawnSync(process.execPath, ["--check", path], { encoding: "utf8" });
    const line = /^.+:(\d+)\n/.exec(stderr)?.[1];
    if (line !== undefined) return `${relative(process.cwd(), path)}:${line}`;
  }
  return undefined;
}

/**
 * Validates a flow that a caller passes in.
 *
 * @param of the function that was called, for the message
 * @throws SegueError (misuse) if it is not a flow
 */
export function requireFlow(flow: unknown, of: string): void {
  if (isFlow(flow)) return;
  throw misuse(
    `${of} needs a flow`,
    'write flow("name", { module: import.meta.url }).step("start", () => …)',
  );
}

function isFlow(value: unknown): value is AnyFlow {
  return typeof value === "object" && value !== null && "isSegueFlow" in value;
}

/** A module's place for a run's record: relative to the package if it is part of it, so that the package may move. */
export function modulePlace(url: string): string {
  // A flow loaded from src/ runs in its compiled form: task processes cannot load TypeScript.
  const built = url.endsWith(".ts")
    ? besideUrl(url, `./${url.split("/").at(-1)!.replace(/\.ts$/, ".js")}`)
    : url;
  const path = fileURLToPath(built);
  const within = relative(packageRoot, path);
  return within.startsWith("..") ? pathToFileURL(path).href : within.split(sep).join("/");
}

/** The URL to import, from the result of `modulePlace`. @throws SegueError (misuse) if the file is missing */
export function moduleUrl(place: string): string {
  const url = place.startsWith("file:") ? place : pathToFileURL(join(packageRoot, place)).href;
  if (!existsSync(fileURLToPath(url)))
    throw misuse(`the flow's module ${shown(url)} is no longer there`, "was the code moved, or not built?");
  return url;
}

/** A flow as an argument of `segue run` in a shell: one of Segue's own by its name, any other by its module. */
export function asCommandsName(flow: { readonly name: string; readonly module?: string }): string {
  if (flow.module === undefined || dirname(modulePlace(flow.module)) === "dist/flows") return flow.name;
  const path = shown(flow.module);
  return shellWord(`${path.startsWith("..") || isAbsolute(path) ? path : `./${path}`}:${flow.name}`);
}

function shown(url: string): string {
  return url.startsWith("file:") ? relative(process.cwd(), resolve(fileURLToPath(url))) : url;
}
