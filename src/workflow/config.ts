/**
 * Parameters from files: conf/base/params.yml, then conf/local/params.yml on top of it, then whatever the caller adds (flags).
 * At the top level stand the parameters that flows share; under a flow's name, those of that flow alone:
 *
 * ```yaml
 * seed: 1
 * modeling:
 *   knn_k: 100
 * ```
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf, misuse } from "../system/index.js";
import type { AnyFlow } from "./flow.js";
import { flagName, unknownParameter } from "./parameters.js";

export interface LayeredParameters {
  /** By the schema's own names. */
  readonly values: Readonly<Record<string, unknown>>;
  /** By flag name: the file that a value comes from. */
  readonly sources: Readonly<Record<string, string>>;
}

/**
 * @param folder holds base/ and local/; either may be missing
 * @throws SegueError (misuse) naming the file, where one cannot be read or sets a parameter the flow does not have
 */
export async function readParameters(folder: string, flow: AnyFlow): Promise<LayeredParameters> {
  const names = new Map(Object.keys(flow.parameters.shape).map((key) => [flagName(key), key]));
  const values: Record<string, unknown> = {};
  const sources: Record<string, string> = {};
  for (const layer of ["base", "local"]) {
    const file = join(folder, layer, "params.yml");
    if (!existsSync(file)) continue;
    const document = await readYaml(file);
    const set = (name: string, value: unknown, isOwn: boolean) => {
      const key = names.get(flagName(name));
      if (key !== undefined) {
        values[key] = value;
        sources[flagName(name)] = file;
      } else if (isOwn) throw unknownParameter(flow, name);
    };
    for (const [name, value] of Object.entries(document)) if (name !== flow.name) set(name, value, false);
    const own = document[flow.name];
    if (own && typeof own === "object")
      for (const [name, value] of Object.entries(own)) set(name, value, true);
  }
  return { values, sources };
}

async function readYaml(file: string): Promise<Record<string, unknown>> {
  const { parse } = await import("yaml");
  try {
    const document: unknown = parse(readFileSync(file, "utf8"));
    if (document === null || document === undefined) return {};
    if (typeof document === "object" && !Array.isArray(document)) return document as Record<string, unknown>;
  } catch (error) {
    throw misuse(`cannot read ${file}: ${messageOf(error)}`);
  }
  throw misuse(`${file} must hold parameters by name, such as "seed: 1"`);
}
