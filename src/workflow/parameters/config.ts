/**
 * Parameters from files: conf/base/params.yml, overridden by conf/local/params.yml, then by what the caller adds (flags).
 * Top-level parameters are shared by all flows; those under a flow's name belong to that flow alone:
 *
 * ```yaml
 * seed: 1
 * modeling:
 *   knn_k: 100
 * ./tuning.js:      # a flow of a module, as in `segue run ./tuning.js`
 *   window: 5
 * ```
 */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import {
  aPath,
  type ConfFile,
  closest,
  misuse,
  readConfFile,
  requireOptions,
  requireWithin,
} from "../../system/index.js";
import type { AnyFlow } from "../flow/flow.js";
import { requireFlow } from "../flow/load-flow.js";
import { flagName } from "./flag-name.js";
import { unknownParameter } from "./parameters.js";

export interface LayeredParameters {
  /** By the names in the schema. */
  readonly values: Readonly<Record<string, unknown>>;
  /** By flag name: the file that a value comes from. */
  readonly sources: Readonly<Record<string, string>>;
}

const ranges = { known: { wanted: "a list of flows", holds: Array.isArray }, shipped: aPath };

/**
 * Reads the parameters that files set for a flow, without defaults.
 *
 * @param folder holds base/ and local/; either may be missing
 * @param options.known all flows that the files may mention; if given, a top-level name that is neither one of them nor a parameter
 *   of one is refused
 * @param options.shipped another such folder, whose base/params.yml is read if `folder` has none
 * @throws SegueError (misuse) naming file and line, if a file cannot be read, sets a parameter that the flow does not have, or has a
 *   section that is not a mapping
 */
export async function readParameters(
  folder: string,
  flow: AnyFlow,
  options: { readonly known?: readonly AnyFlow[]; readonly shipped?: string } = {},
): Promise<LayeredParameters> {
  requireWithin(aPath, "the folder of parameters", folder);
  requireFlow(flow, "readParameters");
  requireOptions(options, ranges, "readParameters");
  const { known, shipped } = options;
  for (const each of known ?? []) requireFlow(each, "readParameters");
  const names = new Map(Object.keys(flow.parameters.shape).map((key) => [flagName(key), key]));
  const values: Record<string, unknown> = {};
  const sources: Record<string, string> = {};
  for (const layer of ["base", "local"]) {
    const places = [folder, ...(layer === "base" && shipped !== undefined ? [shipped] : [])];
    const path = places.map((place) => join(place, layer, "params.yml")).find(existsSync);
    if (path === undefined) continue;
    const file = await readConfFile(path, 'parameters by name, such as "seed: 1"');
    if (file === undefined) continue;
    if (known !== undefined) refuseUnknownNames(file, [flow, ...known]);
    const set = (name: string, value: unknown) => {
      const key = names.get(flagName(name));
      if (key === undefined) return false;
      values[key] = value;
      sources[flagName(name)] = path;
      return true;
    };
    const isSection = (name: string) => isSectionOf(name, flow);
    for (const [name, value] of Object.entries(file.values)) if (!isSection(name)) set(name, value);
    for (const section of Object.keys(file.values).filter(isSection)) {
      for (const [name, value] of Object.entries(sectionOf(file, section)))
        if (!set(name, value)) throw unknownParameter(flow, name, file.placeOf(section, name));
    }
  }
  return { values, sources };
}

/** A flow's module, as on the command line: "./tuning.js", "flows.mjs:tuning". */
const moduleName = /^(.+\.m?js)(?::(.+))?$/;

function isSectionOf(name: string, flow: AnyFlow): boolean {
  if (name === flow.name) return true;
  const [, path, wanted] = moduleName.exec(name) ?? [];
  if (path === undefined || (wanted ?? flow.name) !== flow.name) return false;
  return resolve(path) === fileURLToPath(flow.module);
}

/** The parameters of a section, which may be empty. */
function sectionOf(file: ConfFile, name: string): object {
  const section = file.values[name] ?? {};
  if (typeof section === "object" && !Array.isArray(section)) return section;
  throw misuse(
    `${file.placeOf(name)}: "${name}" must be a section of parameters, got ${JSON.stringify(section)}`,
    `write the parameters of the flow below it, indented: see conf/base/params.yml`,
  );
}

function refuseUnknownNames(file: ConfFile, known: readonly AnyFlow[]): void {
  const flows = [...new Set(known.map((flow) => flow.name))];
  const parameters = new Set(known.flatMap((flow) => Object.keys(flow.parameters.shape).map(flagName)));
  for (const name of Object.keys(file.values)) {
    // Parameters of other modules are validated when those are run.
    if (flows.includes(name) || moduleName.test(name)) sectionOf(file, name);
    else if (!parameters.has(flagName(name))) {
      const value = file.values[name];
      const isMapping = typeof value === "object" && value !== null && !Array.isArray(value);
      const near =
        closest(name, flows) ??
        (isMapping ? undefined : closest(flagName(name), [...parameters])?.replaceAll("-", "_"));
      throw misuse(
        `${file.placeOf(name)}: "${name}" is neither a flow nor a parameter of one`,
        near
          ? `did you mean "${near}"?`
          : `the flows are ${flows.join(", ")}; name a flow of your own by its module: ./${name}.js`,
      );
    }
  }
}
