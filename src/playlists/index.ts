/** Playlists, from raw files to the input of models: cleaning, sequences and splits, the data catalog, samples, download. */

export { Catalog, type CatalogEntry, loadCatalog, shippedCatalog } from "./catalog/load-catalog.js";
export { type CleanFacts, type CleanOptions, cleanPlaylists } from "./clean/clean-playlists.js";
export { type ColumnMapping, parseColumnMapping } from "./clean/columns/column-mapping.js";
export { filePlaylistsLine, howToPart } from "./clean/inputs/file-playlists.js";
export { detectForm } from "./clean/inputs/forms.js";
export { findInputs } from "./clean/inputs/input-files.js";
export { namesToLeaveOut } from "./clean/names/left-out.js";
export { checkSessions } from "./clean/raw-file-choices.js";
export { type Reject, type RejectReason, rejectLine } from "./clean/rejects.js";
export { mergedNamesLines } from "./dataset/merged-names.js";
export { preparedCorpus, readCorpus } from "./dataset/read-corpus.js";
export { readMaster } from "./dataset/read-master.js";
export { type DownloadFacts, type DownloadOptions, download } from "./download/download.js";
export {
  copiesLine,
  type PartName,
  type PrepareFacts,
  type PrepareOptions,
  partNames,
  prepareDataset,
} from "./prepare/prepare-dataset.js";
export {
  type PlaylistsRead,
  type ReadPlaylistsOptions,
  readPlaylists,
  readRawFiles,
} from "./read-playlists.js";
export { generateSample, type SampleFacts, type SampleOptions } from "./sample/generate-sample.js";
