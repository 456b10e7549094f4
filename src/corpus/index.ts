/** Playlists as numbered sequences, and the files that hold them. */
export { type Catalogue, type Corpus, CorpusBuilder, playlistCount } from "./corpus.js";
export { type Query, readQueries, readSequences } from "./sequences-file.js";
export { findTwins, twinKey } from "./twins.js";
