/** The model bundle, one folder with everything that a server needs, and exports for other tools. */
export { packFolder } from "./archive.js";
export { bundlesIn } from "./bundles-in.js";
export { exportVectors } from "./exports/export-vectors.js";
export type { Manifest } from "./manifest.js";
export type { NearestIndex } from "./nearest/nearest-index.js";
export { pgvectorIndex, type SqlClient, storeInPgvector } from "./nearest/pgvector.js";
export { type Bundle, bundleOf, type OpenOptions, openBundle } from "./open-bundle.js";
export { type BundleContents, checkBundle, readBundle } from "./read-bundle.js";
export { type BundleInput, type WriteBundleOptions, writeBundle } from "./write-bundle.js";
