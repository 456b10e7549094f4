/** Finds a flow by its name (one of Segue's own, in dist/flows) or by the path of a module that exports it. */
import { existsSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { didYouMean, distPath, misuse, type SegueError } from "../../system/index.js";
import type { AnyFlow } from "../../workflow/index.js";

/**
 * @param target "modeling", "./flows/tuning.js", or "./flows.js:tuning" if a module exports several
 * @throws SegueError (misuse) if there is none, or the target does not say which of several
 */
export async function flowNamed(target: string): Promise<AnyFlow> {
  const [flow, ...others] = await flowsNamed(target);
  if (others.length > 0)
    throw misuse(`${target} exports ${1 + others.length} flows`, `say which: ${target}:${flow!.name}`);
  return flow!;
}

/**
 * As `flowNamed`, but returns all flows of a module if the target does not say which.
 *
 * @returns at least one
 */
export async function flowsNamed(target: string): Promise<AnyFlow[]> {
  const { flowsOf } = await import("../../workflow/index.js");
  const typescript = /^(.+)\.(m?)ts(:.+)?$/.exec(target);
  if (typescript) {
    const [, name, m, flow = ""] = typescript;
    throw misuse(
      `${name}.${m}ts is TypeScript, and flows run as JavaScript`,
      `compile it first (see docs/workflow.md), then name the output: ${name}.${m}js${flow}`,
    );
  }
  const [path, wanted] = /^(.+\.m?js)(?::(.+))?$/.exec(target)?.slice(1) ?? [];
  if (path !== undefined) {
    if (!existsSync(path)) throw misuse(`there is no file ${path}`);
    const flows = await flowsOf(pathToFileURL(resolve(path)).href);
    const found = flows.filter((flow) => wanted === undefined || flow.name === wanted);
    if (found.length === 0)
      throw misuse(
        wanted === undefined ? `${path} exports no flow` : `${path} exports no flow "${wanted}"`,
        flows.length > 0 ? `it exports ${flows.map((flow) => flow.name).join(", ")}` : "see docs/workflow.md",
      );
    return found;
  }
  const own = ownFlows();
  if (!own.includes(target)) throw noFlow(target, own);
  const flows = await flowsOf(pathToFileURL(distPath(`flows/${target}.js`)).href);
  return flows.filter((flow) => flow.name === target);
}

/** The error for a name that is not one of Segue's own flows. */
export const noFlow = (name: string, known: readonly string[]): SegueError =>
  misuse(
    `there is no flow "${name}"`,
    didYouMean(
      name,
      known,
      `the flows are ${known.join(", ")}; name a flow of your own by its module: ./my_flow.js`,
    ),
  );

/** Whether the target is a module: "./tuning.js", "flows.js:tuning". True for TypeScript too, which is refused later. */
export const isFlowModule = (target: string): boolean => /\.m?[jt]s(:.+)?$/.test(target);

/** The names of Segue's own flows: the modules of dist/flows, each named like the flow it exports. */
export function ownFlows(): string[] {
  const folder = distPath("flows");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".js") && name !== "index.js")
    .map((name) => name.slice(0, -3));
}
