/** Opens a model bundle: restores the recommenders, vectors and index from its files. */
import { readdir, stat } from "node:fs/promises";
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
  remembered,
  removeTemporary,
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
import { arrayNamed, loadState } from "./state-arrays.js";
import { CATALOGUE, type StoredVectors } from "./write-bundle.js";

export interface Bundle {
  readonly manifest: Manifest;
  readonly catalogue: Catalogue;
  /** Undefined if the bundle has none. */
  readonly vectors: TrackVectors | undefined;
  /** The catalogue number of each row of `vectors`. */
  readonly vectorRows: Uint32Array | undefined;
  /** The index over `vectors`: an inverted file if the bundle has one, else an exact scan. */
  readonly index: NearestIndex | undefined;
  /**
   * Returns a recommender by name, by default the default one. Restored at the first call, then cached.
   * @throws SegueError (misuse) for a name that is not in the bundle
   */
  recommender(name?: string): FittedRecommender;
  /** Returns a recommender's saved state. */
  state(name?: string): RecommenderState;
}

export interface OpenOptions {
  /** Restores a recommender from its state; default: the built-in kinds. */
  readonly restore?: (state: RecommenderState, catalogue: Catalogue) => FittedRecommender;
  /** A bundle that is already open: if both have the same catalogue, they share it. */
  readonly beside?: Bundle;
}

/**
 * Opens a bundle's folder, or a .tar.gz of one.
 *
 * @throws SegueError with the code "no-bundle" if there is none, "corrupt" if a file is missing or its size or checksum does not match
 *   the manifest, or "newer-bundle" if a newer segue wrote it; (misuse) if `place` is not a path or an option is wrong
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
    return bundleOf({ ...contents, folder: place }, options);
  } finally {
    await removeTemporary(folder);
  }
}

/** The folder with the bundle's files: the root of the archive, or its only folder, as `tar czf` of a bundle's folder makes it. */
async function unpackedIn(folder: string): Promise<string> {
  const [only, ...others] = await readdir(folder, { withFileTypes: true });
  return only?.isDirectory() && others.length === 0 ? join(folder, only.name) : folder;
}

/** The same error with the path of the archive instead of the temporary folder. */
function named(
  { message, hint, code, exitCode, cause }: SegueError,
  folder: string,
  place: string,
): SegueError {
  const inPlace = (text: string) => text.replaceAll(folder, place);
  return new SegueError(inPlace(message), { hint: hint && inPlace(hint), code, exitCode, cause });
}

/** Makes a bundle from its contents. */
export function bundleOf(contents: BundleContents, options: OpenOptions = {}): Bundle {
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
  /** If the bundle has an inverted file, `nearest` uses it instead of a scan. */
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
    vectorRows: stored && (arrayNamed(stored.rows, arrays, "the vectors") as Uint32Array),
    index,
    state: (name) => stateOf(name).state,
    recommender: (asked) => {
      const { name, state } = stateOf(asked);
      return remembered(restored, name, () => byIndex(state) ?? restore(state, catalogue));
    },
  };
}

function vectorsOf(
  stored: StoredVectors,
  tensors: BundleContents["arrays"],
  { tracks }: Catalogue,
): TrackVectors {
  const array = (name: string) => arrayNamed(name, tensors, "the vectors");
  return new TrackVectors({
    tracks: Array.from(array(stored.rows), (number) => tracks[number]!),
    size: stored.size,
    vectors: array(stored.vectors) as Float32Array,
    counts: stored.counts === undefined ? undefined : (array(stored.counts) as Float64Array),
    outputs: stored.outputs === undefined ? undefined : (array(stored.outputs) as Float32Array),
  });
}
