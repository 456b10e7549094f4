/** Opens a model bundle: what its files hold, made into what answers. */
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Catalogue, catalogueOf } from "../corpus/index.js";
import {
  type FittedRecommender,
  nearestOf,
  type RecommenderState,
  restoreRecommender,
} from "../recommenders/index.js";
import {
  aFunction,
  aPath,
  misuse,
  requireOptions,
  requireWithin,
  SegueError,
  temporaryFolder,
  thingWith,
} from "../system/index.js";
import { TrackVectors } from "../track2vec/index.js";
import { unpackBundle } from "./archive.js";
import type { Manifest } from "./manifest.js";
import { exactIndex } from "./nearest/exact.js";
import { ivfIndex } from "./nearest/ivf.js";
import type { NearestIndex } from "./nearest/nearest-index.js";
import { type BundleContents, readBundle } from "./read-bundle.js";
import { loadState } from "./state-arrays.js";
import { CATALOGUE, type StoredVectors } from "./write-bundle.js";

export interface Bundle {
  readonly manifest: Manifest;
  readonly catalogue: Catalogue;
  /** Undefined where the bundle holds none. */
  readonly vectors: TrackVectors | undefined;
  /** The catalogue's number of each row of `vectors`. */
  readonly vectorRows: Uint32Array | undefined;
  /** Nearest rows of `vectors`, by the index that the manifest names. */
  readonly index: NearestIndex | undefined;
  /**
   * A recommender by name, the default one without. Restored at the first call, then kept.
   * @throws SegueError (misuse) for a name that is not in the bundle
   */
  recommender(name?: string): FittedRecommender;
  /** What a recommender was saved as. */
  state(name?: string): RecommenderState;
}

export interface OpenOptions {
  /** How a state becomes a recommender; by the registry of kinds by default. */
  readonly restore?: (state: RecommenderState, catalogue: Catalogue) => FittedRecommender;
  /** A bundle that is open already: where both have the same catalogue, it is not made a second time. */
  readonly beside?: Bundle;
}

/**
 * Opens a bundle's folder, or a .tar.gz of one.
 *
 * @throws SegueError code "no-bundle" when there is none, "corrupt" when a file is missing, has another size or checksum than
 *   the manifest tells, and "newer-bundle" when a newer segue wrote it; (misuse) where `place` is no path, or an option is wrong
 */
export async function openBundle(place: string, options: OpenOptions = {}): Promise<Bundle> {
  requireWithin(aPath, "a bundle's place", place, 'write "data/04_models/mine"');
  requireOptions(
    options,
    { restore: aFunction, beside: thingWith("a bundle that is open", "manifest", "catalogue") },
    "openBundle",
  );
  const found = await stat(place).catch(() => undefined);
  if (found === undefined)
    throw new SegueError(`there is no bundle at ${place}`, {
      code: "no-bundle",
      hint: "Make one with: segue run",
    });
  if (found.isDirectory()) return bundleOf(await readBundle(place), options);
  const folder = await temporaryFolder("bundle");
  try {
    await unpackBundle(place, folder);
    const root = await unpackedIn(folder);
    const contents = await readBundle(root).catch((error: unknown) => {
      throw error instanceof SegueError ? named(error, root, place) : error;
    });
    return await bundleOf({ ...contents, folder: place }, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A bundle's files, or one folder that holds them: `tar czf` of the bundle's folder puts that into the archive. */
async function unpackedIn(folder: string): Promise<string> {
  const [only, ...others] = await readdir(folder, { withFileTypes: true });
  return only?.isDirectory() && others.length === 0 ? join(folder, only.name) : folder;
}

/** The error with the archive in place of the folder that it was unpacked into, which nobody finds any more. */
function named(
  { message, hint, code, exitCode, cause }: SegueError,
  folder: string,
  place: string,
): SegueError {
  const inPlace = (text: string) => text.replaceAll(folder, place);
  return new SegueError(inPlace(message), { hint: hint && inPlace(hint), code, exitCode, cause });
}

/** The bundle that contents make. */
export async function bundleOf(contents: BundleContents, options: OpenOptions = {}): Promise<Bundle> {
  const { folder, manifest, arrays, states, stored, packed } = contents;
  const { beside } = options;
  const isSame = beside?.manifest.files[CATALOGUE]?.sha256 === manifest.files[CATALOGUE]!.sha256;
  const catalogue = isSame ? beside!.catalogue : catalogueOf(contents.catalogue);
  const vectors = stored && vectorsOf(stored, arrays, catalogue);
  const index = packed ? ivfIndex(packed) : vectors && exactIndex(vectors);
  const restore = options.restore ?? restoreRecommender;
  const restored = new Map<string, FittedRecommender>();
  const stateOf = (name = manifest.recommenders[0]) => {
    if (name === undefined || !Object.hasOwn(states, name))
      throw misuse(
        name === undefined
          ? `the bundle ${folder} holds no recommender`
          : `the bundle ${folder} has no recommender "${name}"`,
        `It has: ${manifest.recommenders.join(", ") || "none"}.`,
      );
    return { name, state: loadState(states[name]!, arrays) };
  };
  /** Where the bundle has an inverted file, nearest tracks are asked of that instead of a scan. */
  const byIndex = (state: RecommenderState) => {
    const search = packed && state.kind === "nearest" ? index?.searchNow : undefined;
    const same =
      search !== undefined && options.restore === undefined && state.arrays.vectors === vectors?.vectors;
    const numbers = state.arrays.numbers as Uint32Array;
    return same ? nearestOf(vectors!, catalogue, { search, numbers }) : undefined;
  };
  return {
    manifest,
    catalogue,
    vectors,
    vectorRows: stored && (arrays[stored.rows]!.array as Uint32Array),
    index,
    state: (name) => stateOf(name).state,
    recommender: (asked) => {
      const { name, state } = stateOf(asked);
      let recommender = restored.get(name);
      if (!recommender) restored.set(name, (recommender = byIndex(state) ?? restore(state, catalogue)));
      return recommender;
    },
  };
}

function vectorsOf(
  stored: StoredVectors,
  tensors: BundleContents["arrays"],
  { tracks }: Catalogue,
): TrackVectors {
  const array = (name: string) => tensors[name]!.array;
  return new TrackVectors({
    tracks: Array.from(array(stored.rows), (number) => tracks[number]!),
    size: stored.size,
    vectors: array(stored.vectors) as Float32Array,
    ...(stored.counts ? { counts: array(stored.counts) as Float64Array } : {}),
    ...(stored.outputs ? { outputs: array(stored.outputs) as Float32Array } : {}),
  });
}
