/** Validates the input of a bundle, for callers in plain JavaScript. */
import { type Catalogue, catalogueMark } from "../corpus/index.js";
import type { RecommenderState } from "../recommenders/index.js";
import { aPath, misuse, oneOf, requireKnown, requireWithin } from "../system/index.js";
import { requireVectors } from "../track2vec/index.js";
import type { BundleInput } from "./write-bundle.js";

const parts: Readonly<Record<keyof BundleInput, true>> = {
  catalogue: true,
  dataFingerprint: true,
  index: true,
  metrics: true,
  parameters: true,
  recommenders: true,
  vectorRows: true,
  vectors: true,
};

/** @throws SegueError (misuse) that names the wrong part */
export function checkInput(folder: string, input: BundleInput): void {
  requireWithin(aPath, "a bundle's folder", folder, 'write "data/04_models/mine"');
  const { catalogue, recommenders }: Partial<BundleInput> = input ?? {};
  if (catalogue?.tracks === undefined)
    throw misuse("a bundle needs a catalogue", "give the corpus that its recommenders were fitted on");
  if (typeof recommenders !== "object" || recommenders === null)
    throw misuse("a bundle needs recommenders by name", "write { recommenders: { vstan: fitted.save() } }");
  requireKnown(input, Object.keys(parts), "a bundle");
  if (input.vectors !== undefined) requireVectors(input.vectors, "a bundle");
  if (input.vectorRows !== undefined) checkRows(input.vectorRows, input);
  if (input.index !== undefined) requireWithin(oneOf("auto", "exact", "ivf"), "index", input.index);
  for (const [name, state] of Object.entries(recommenders)) {
    if (typeof state?.kind !== "string" || typeof state.arrays !== "object")
      throw misuse(`recommenders.${name} is not a recommender's state`, "give what its save() returns");
    requireOwnCatalogue(name, state, catalogue);
  }
}

/** With another catalogue the state's track numbers would mean other tracks: the bundle would open, and answer with wrong ones. */
function requireOwnCatalogue(name: string, state: RecommenderState, { tracks }: Catalogue): void {
  const own = state.catalogue;
  if (own === undefined) return;
  if (own.tracks === tracks.length && own.ids === catalogueMark(tracks).ids) return;
  const why =
    own.tracks === tracks.length
      ? `has the same number of tracks, ${tracks.length}, but not the same ones in the same order`
      : `has ${tracks.length} tracks, its own ${own.tracks}`;
  throw misuse(
    `recommenders.${name} was fitted on another catalogue: this one ${why}`,
    "give the corpus that it was fitted on; all recommenders of a bundle are fitted on one",
  );
}

/** Each row's catalogue number must be that of the vector's track. */
function checkRows(rows: Uint32Array, { vectors, catalogue }: BundleInput): void {
  if (
    rows instanceof Uint32Array &&
    rows.length === vectors?.length &&
    rows.every((number, row) => catalogue.tracks[number] === vectors.tracks[row])
  )
    return;
  throw misuse(
    "vectorRows must be a Uint32Array with the catalogue number of each row of the vectors",
    "Leave it out: the tracks are then looked up.",
  );
}
