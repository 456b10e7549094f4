/** The data catalog: names of data files, and their paths. */
import { join, resolve } from "node:path";
import { z } from "zod";
import {
  type ConfFile,
  didYouMean,
  isUrl,
  misuse,
  packageRoot,
  readConfFile,
  SegueError,
} from "../../system/index.js";

const formats = ["csv", "parquet", "jsonl", "json", "folder"] as const;

const entrySchema = z.strictObject({
  path: z
    .string()
    .min(1)
    .refine((path) => !isUrl(path), {
      error: ({ input }) => `${String(input)} is not a path on this machine`,
      params: {
        hint: "the flows' files are on this machine; to keep the results of their runs in S3, use --datastore s3://bucket/prefix",
      },
    }),
  format: z.enum(formats),
});
// An entry in conf/local may change only the path.
const overlaySchema = z.record(z.string(), entrySchema.partial());

export interface CatalogEntry {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly format: (typeof formats)[number];
}

/** A project's data files by name, as defined in conf/. */
export class Catalog {
  readonly entries: ReadonlyMap<string, CatalogEntry>;

  constructor(entries: ReadonlyMap<string, CatalogEntry>) {
    this.entries = entries;
  }

  /** @throws SegueError (misuse) if the catalog has no such name */
  entry(name: string): CatalogEntry {
    const entry = this.entries.get(name);
    if (entry === undefined)
      throw misuse(
        `the catalog has no "${name}"`,
        `it has ${[...this.entries.keys()].join(", ")}; add one in conf/local/catalog.yml`,
      );
    return entry;
  }

  /** The absolute path of a name. @throws as `entry` */
  path(name: string): string {
    return this.entry(name).path;
  }
}

/** One catalog file. */
interface Layer {
  readonly entries: z.infer<typeof overlaySchema>;
  readonly placeOf: ConfFile["placeOf"];
}

const nothing: Layer = { entries: {}, placeOf: () => "" };

/**
 * Reads conf/base/catalog.yml, overridden entry by entry by conf/local/catalog.yml. If the project has no conf/base, the
 * catalog that ships with Segue is used. Paths are relative to `root` either way.
 *
 * @param root the project's folder; default: the current one
 * @param options.data a folder to use instead of `data/`
 * @throws SegueError naming file, line and entry, if a catalog is invalid or two of its files have the same path
 */
export async function loadCatalog(
  root: string = process.cwd(),
  options: { readonly data?: string } = {},
): Promise<Catalog> {
  const base = (await readLayer(root, "base")) ?? (await readLayer(packageRoot, "base")) ?? nothing;
  return merged(root, base, (await readLayer(root, "local")) ?? nothing, options.data);
}

/** The catalog that ships with Segue, without any conf/local. @param root Segue's own folder */
export async function shippedCatalog(root: string): Promise<Catalog> {
  return merged(root, (await readLayer(root, "base")) ?? nothing, nothing);
}

function merged(root: string, base: Layer, local: Layer, data = "data"): Catalog {
  const entries = new Map<string, CatalogEntry>();
  for (const name of new Set([...Object.keys(base.entries), ...Object.keys(local.entries)])) {
    const { path, format } = { ...base.entries[name], ...local.entries[name] };
    if (path === undefined || format === undefined) {
      const { placeOf } = local.entries[name] === undefined ? base : local;
      throw misuse(
        `${placeOf(name)}: the entry "${name}" has no ${path === undefined ? "path" : "format"}`,
        // Most likely an entry of the base, misspelt.
        didYouMean(
          name,
          Object.keys(base.entries).filter((other) => other !== name),
          `an entry that the base does not have needs a path and a format (${formats.join(", ")})`,
        ),
      );
    }
    entries.set(name, { name, path: resolve(root, withinData(path, data)), format });
  }
  refuseSharedPaths([...entries.values()], (name) =>
    (local.entries[name]?.path === undefined ? base : local).placeOf(name, "path"),
  );
  return new Catalog(entries);
}

/** The default input, and the output of `segue sample`, which may be the same file. */
const inputs = ["raw_playlists", "sample_playlists"];

function refuseSharedPaths(entries: readonly CatalogEntry[], placeOf: (name: string) => string): void {
  const seen = new Map<string, CatalogEntry>();
  for (const entry of entries) {
    const other = seen.get(entry.path);
    seen.set(entry.path, entry);
    // Folders may be shared, since the files in them have distinct names.
    const mayShare = (one: CatalogEntry) => one.format === "folder" || inputs.includes(one.name);
    if (other === undefined || (mayShare(entry) && mayShare(other))) continue;
    throw misuse(
      `${placeOf(entry.name)}: ${entry.name} has the path of ${other.name} (${placeOf(other.name)})`,
      "one would overwrite the other: give each its own path",
    );
  }
}

const withinData = (path: string, data: string) => path.replace(/^(\.\/)?data(?=\/|$)/, () => data);

async function readLayer(root: string, layer: "base" | "local"): Promise<Layer | undefined> {
  const path = join(root, "conf", layer, "catalog.yml");
  const file = await readConfFile(path, "the catalog's entries by name");
  if (file === undefined) return undefined;
  const { values, placeOf } = file;
  const parsed = overlaySchema.safeParse(values);
  if (parsed.success) return { entries: parsed.data, placeOf };
  const issue = parsed.error.issues[0]!;
  const at = issue.code === "unrecognized_keys" ? [...issue.path, issue.keys[0]!] : issue.path;
  const hint = issue.code === "custom" ? (issue.params?.hint as string | undefined) : undefined;
  throw new SegueError(
    `${placeOf(...at.map(String))}: ${issue.path.join(".") || "the catalog"}: ${issue.message}`,
    {
      hint: hint ?? `an entry has a path and a format (${formats.join(", ")}), and nothing else`,
      exitCode: 2,
    },
  );
}
