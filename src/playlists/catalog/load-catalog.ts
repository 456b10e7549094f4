/** The data catalog: which file each name stands for. */
import { join, resolve } from "node:path";
import { z } from "zod";
import { type ConfFile, isUrl, misuse, packageRoot, readConfFile, SegueError } from "../../system/index.js";

const formats = ["csv", "parquet", "jsonl", "json", "folder"] as const;

const entrySchema = z.strictObject({
  path: z
    .string()
    .min(1)
    .refine((path) => !isUrl(path), {
      error: ({ input }) => `${String(input)} is not a path on this machine`,
      params: {
        hint: "the flows keep their files on this machine; what their runs come to is kept in S3 with --datastore s3://bucket/prefix",
      },
    }),
  format: z.enum(formats),
});
// An entry in conf/local may change the path alone.
const overlaySchema = z.record(z.string(), entrySchema.partial());

export interface CatalogEntry {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly format: (typeof formats)[number];
}

/** The data files of a project by their names, as conf/ has them. */
export class Catalog {
  readonly entries: ReadonlyMap<string, CatalogEntry>;

  constructor(entries: ReadonlyMap<string, CatalogEntry>) {
    this.entries = entries;
  }

  /** @throws SegueError (misuse) where the catalog has no such name */
  entry(name: string): CatalogEntry {
    const entry = this.entries.get(name);
    if (entry === undefined)
      throw misuse(
        `the catalog has no "${name}"`,
        `it has ${[...this.entries.keys()].join(", ")}; add one in conf/local/catalog.yml`,
      );
    return entry;
  }

  /** The absolute path behind a name. */
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
 * Reads conf/base/catalog.yml with conf/local/catalog.yml over it, entry by entry. Where the folder has no conf/base, the
 * catalog that ships with Segue is used; paths start from `root` either way.
 *
 * @param root the project's folder; the default is the current one
 * @param options.data another folder for what the catalog has in `data/`
 * @throws SegueError naming the file, the line and the entry, where a catalog is not valid, or two of its files have one path
 */
export async function loadCatalog(
  root: string = process.cwd(),
  options: { readonly data?: string } = {},
): Promise<Catalog> {
  const base = (await readLayer(root, "base")) ?? (await readLayer(packageRoot, "base")) ?? nothing;
  return merged(root, base, (await readLayer(root, "local")) ?? nothing, options.data);
}

/** The catalog that ships with Segue, without what was put over it where Segue's own folder is the project. */
export async function shippedCatalog(root: string = packageRoot): Promise<Catalog> {
  return merged(root, (await readLayer(root, "base")) ?? nothing, nothing);
}

function merged(root: string, base: Layer, local: Layer, data = "data"): Catalog {
  const entries = new Map<string, CatalogEntry>();
  for (const name of new Set([...Object.keys(base.entries), ...Object.keys(local.entries)])) {
    const entry = entrySchema.safeParse({ ...base.entries[name], ...local.entries[name] });
    if (!entry.success)
      throw new SegueError(`the catalog's entry ${name} is not complete: ${z.prettifyError(entry.error)}`, {
        hint: `an entry has a path and a format (${formats.join(", ")})`,
        exitCode: 2,
      });
    const { path, format } = entry.data;
    entries.set(name, { name, path: resolve(root, withinData(path, data)), format });
  }
  refuseSharedPaths([...entries.values()], (name) =>
    (local.entries[name]?.path === undefined ? base : local).placeOf(name, "path"),
  );
  return new Catalog(entries);
}

/** What is read where no input is named, and what `segue sample` makes: one file may well be both. */
const inputs = ["raw_playlists", "sample_playlists"];

function refuseSharedPaths(entries: readonly CatalogEntry[], placeOf: (name: string) => string): void {
  const seen = new Map<string, CatalogEntry>();
  for (const entry of entries) {
    const other = seen.get(entry.path);
    seen.set(entry.path, entry);
    // Each run and each picture has a name of its own within a folder.
    const mayShare = (one: CatalogEntry) => one.format === "folder" || inputs.includes(one.name);
    if (other === undefined || (mayShare(entry) && mayShare(other))) continue;
    throw misuse(
      `${placeOf(entry.name)}: ${entry.name} has the path of ${other.name} (${placeOf(other.name)})`,
      "one would overwrite the other: give each a path of its own",
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
