/** The manifest of a bundle: what it is, where it came from, and a checksum of every file. */
import { hash } from "node:crypto";
import { z } from "zod";
import { SegueError } from "../system/index.js";
import { manifestName } from "./bundles-in.js";

/** Incremented when a bundle's layout changes; bundles with a higher version are refused. */
export const FORMAT_VERSION = 2;

/** A name in the bundle's folder: it must not lead out of it. */
const fileName = z.string().regex(/^(?!\.+$)[^/\\\0]+$/);
const facts = z.record(z.string(), z.unknown());
const manifestSchema = z.object({
  format: z.literal("segue-bundle"),
  formatVersion: z.number().int().positive(),
  /** The first 16 hex digits of the SHA-256 of the rest of the manifest: the same content has the same id. */
  id: z.string(),
  segueVersion: z.string(),
  /** The parameters of training, as the caller gave them. */
  parameters: facts,
  /** The results of evaluation, as the caller gave them. */
  metrics: facts,
  /** A checksum of the training data, if known. */
  dataFingerprint: z.string().optional(),
  tracks: z.number().int().nonnegative(),
  vectors: z.object({ rows: z.number().int(), size: z.number().int() }).optional(),
  index: z
    .object({
      // "usearch" was a graph in format 1. It is no longer read; an exact scan replaces it.
      kind: z.enum(["exact", "ivf", "pgvector", "usearch"]),
      recall: z.number(),
      k: z.number(),
      lists: z.number().int().optional(),
      probes: z.number().int().optional(),
      quantization: z.string().optional(),
    })
    .optional(),
  /** The names of the recommenders, the default one first. */
  recommenders: z.array(z.string()),
  files: z.record(fileName, z.object({ bytes: z.number(), sha256: z.string() })),
});

export type Manifest = z.infer<typeof manifestSchema>;

/** Adds the id. */
export function sealManifest(manifest: Omit<Manifest, "id">): Manifest {
  return { ...manifest, id: idOf(manifest) };
}

function idOf(manifest: Omit<Manifest, "id"> & { id?: string }): string {
  const { id: _, ...rest } = manifest;
  return hash("sha256", JSON.stringify(sorted(rest))).slice(0, 16);
}

/** The same value with the keys of all objects sorted. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, part]) => [key, sorted(part)]),
  );
}

/** @throws SegueError if it is not a manifest, was changed, or is of a newer format */
export function parseManifest(text: string, folder: string): Manifest {
  let json: { format?: unknown; formatVersion?: unknown; segueVersion?: unknown } | null;
  try {
    json = JSON.parse(text);
  } catch {
    throw corrupt(folder, `has a ${manifestName} that is not JSON`);
  }
  if (json?.format !== "segue-bundle") throw corrupt(folder, `has a ${manifestName} that is not a bundle's`);
  if (typeof json.formatVersion === "number" && json.formatVersion > FORMAT_VERSION)
    throw new SegueError(
      `the bundle ${folder} has format version ${json.formatVersion}; this segue reads up to ${FORMAT_VERSION}`,
      { code: "newer-bundle", hint: `Use segue ${String(json.segueVersion)} or newer, which wrote it.` },
    );
  const parsed = manifestSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw corrupt(folder, `has a damaged ${manifestName}: ${issue.path.join(".")}: ${issue.message}`);
  }
  let id: string;
  try {
    id = idOf(parsed.data);
  } catch {
    throw corrupt(folder, `has a ${manifestName} that is nested too deeply`);
  }
  if (parsed.data.id !== id)
    throw corrupt(folder, `has a ${manifestName} that was changed after it was written`);
  return parsed.data;
}

/** The error for a bundle whose files are not as written. @param what "has a manifest.json that is not JSON" */
export function corrupt(folder: string, what: string): SegueError {
  return new SegueError(`the bundle ${folder} ${what}`, {
    code: "corrupt",
    hint: "Copy it again from its source, or rebuild it with: segue run deployment",
  });
}
