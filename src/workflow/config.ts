/**
 * Parameters from files: conf/base/params.yml, then conf/local/params.yml on top of it, then whatever the caller adds (flags).
 * At the top level stand the parameters that flows share; under a flow's name, those of that flow alone:
 *
 * ```yaml
 * seed: 1
 * modeling:
 *   knn_k: 100
 * ./tuning.js:      # a flow of a module, as `segue run` is told it
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
} from "../system/index.js";
import { flagName } from "./flag-name.js";
import type { AnyFlow } from "./flow.js";
import { requireFlow } from "./load-flow.js";
import { unknownParameter } from "./parameters.js";

export interface LayeredParameters {
  /** By the schema's own names. */
  readonly values: Readonly<Record<string, unknown>>;
  /** By flag name: the file that a value comes from. */
  readonly sources: Readonly<Record<string, string>>;
}

const ranges = { known: { wanted: "a list of flows", holds: Array.isArray }, shipped: aPath };

/**
 * The parameters of a flow as files set them; what they leave out is left to the defaults.
 *
 * @param folder holds base/ and local/; either may be missing
 * @param options.known all flows that the files may speak of; where it is given, a name at the top level that is neither one of them
 *   nor a parameter of one is refused
 * @param options.shipped another such folder, whose base/params.yml is read where `folder` has none
 * @throws SegueError (misuse) naming file and line, where a file cannot be read, sets a parameter the flow does not have, or has a
 *   section that holds no parameters
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

/** A flow's module, as the command line names it: "./tuning.js", "flows.mjs:tuning". */
const moduleName = /^(.+\.m?js)(?::(.+))?$/;

function isSectionOf(name: string, flow: AnyFlow): boolean {
  if (name === flow.name) return true;
  const [, path, wanted] = moduleName.exec(name) ?? [];
  if (path === undefined || (wanted ?? flow.name) !== flow.name) return false;
  return resolve(path) === fileURLToPath(flow.module);
}

/** The parameters of a section; of an empty one, none. */
function sectionOf(file: ConfFile, name: string): object {
  const section = file.values[name] ?? {};
  if (typeof section === "object" && !Array.isArray(section)) return section;
  throw misuse(
    `${file.placeOf(name)}: "${name}" is a section of parameters, got ${JSON.stringify(section)}`,
    `write the parameters of the flow below it, indented: see conf/base/params.yml`,
  );
}

function refuseUnknownNames(file: ConfFile, known: readonly AnyFlow[]): void {
  const flows = [...new Set(known.map((flow) => flow.name))];
  const parameters = new Set(known.flatMap((flow) => Object.keys(flow.parameters.shape).map(flagName)));
  for (const name of Object.keys(file.values)) {
    // What other modules hold is theirs to know.
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
          : `the flows are ${flows.join(", ")}; a flow of your own is named as its module: ./${name}.js`,
      );
    }
  }
}
