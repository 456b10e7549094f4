/** Playlists as numbered sequences, and the files that hold them. */
export { type Catalogue, type Corpus, CorpusBuilder, playlistCount } from "./corpus.js";
