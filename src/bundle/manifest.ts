/** The manifest of a bundle: what it is, where it came from, and a checksum of every file. */

import { createHash } from "node:crypto";
import { z } from "zod";
import { SegueError } from "../system/index.js";
import { manifestName } from "./bundles-in.js";

/** Raised when a bundle's layout changes; newer ones than this are refused. */
export const FORMAT_VERSION = 2;

const facts = z.record(z.string(), z.unknown());
const manifestSchema = z.object({
  format: z.literal("segue-bundle"),
  formatVersion: z.number().int().positive(),
  /** The first 16 hex digits of the SHA-256 of all else in here: the same content has the same id. */
  id: z.string(),
  segueVersion: z.string(),
  /** What it was made with, as the caller tells. */
  parameters: facts,
  /** How good it was found to be, as the caller tells. */
  metrics: facts,
  /** A checksum of the data it was trained on, where known. */
  dataFingerprint: z.string().optional(),
  tracks: z.number().int().nonnegative(),
  vectors: z.object({ rows: z.number().int(), size: z.number().int() }).optional(),
  index: z
    .object({
      // "usearch": in format 1 a graph, which is not read any more; the scan answers in its place.
      kind: z.enum(["exact", "ivf", "pgvector", "usearch"]),
      recall: z.number(),
      k: z.number(),
      lists: z.number().int().optional(),
      probes: z.number().int().optional(),
      quantization: z.string().optional(),
    })
    .optional(),
  /** Names of the recommenders in it, the default one first. */
  recommenders: z.array(z.string()),
  files: z.record(z.string(), z.object({ bytes: z.number(), sha256: z.string() })),
});

export type Manifest = z.infer<typeof manifestSchema>;

/** Fills in the id. */
export function sealManifest(manifest: Omit<Manifest, "id">): Manifest {
  return { ...manifest, id: idOf(manifest) };
}

function idOf(manifest: Omit<Manifest, "id"> & { id?: string }): string {
  const { id: _, ...rest } = manifest;
  return createHash("sha256")
    .update(JSON.stringify(sorted(rest)))
    .digest("hex")
    .slice(0, 16);
}

/** The same value with the keys of every object in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, part]) => [key, sorted(part)]),
  );
}

/** @throws SegueError when it is no manifest, was changed, or is newer than this code */
export function parseManifest(text: string, folder: string): Manifest {
  const damaged = (what: string) =>
    new SegueError(`the bundle ${folder} ${what}`, {
      code: "corrupt",
      hint: "Copy it again from where it came, or build it again with: segue run deployment",
    });
  let json: { format?: unknown; formatVersion?: unknown; segueVersion?: unknown } | null;
  try {
    json = JSON.parse(text);
  } catch {
    throw damaged(`has a ${manifestName} that is not JSON`);
  }
  if (json?.format !== "segue-bundle") throw damaged(`has a ${manifestName} that is not a bundle's`);
  if (typeof json.formatVersion === "number" && json.formatVersion > FORMAT_VERSION)
    throw new SegueError(
      `the bundle ${folder} has format version ${json.formatVersion}; this segue reads up to ${FORMAT_VERSION}`,
      { code: "newer-bundle", hint: `Use segue ${String(json.segueVersion)} or newer, which wrote it.` },
    );
  const parsed = manifestSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw damaged(`has a damaged ${manifestName}: ${issue.path.join(".")}: ${issue.message}`);
  }
  if (parsed.data.id !== idOf(parsed.data))
    throw damaged(`has a ${manifestName} that was changed after it was written`);
  return parsed.data;
}
