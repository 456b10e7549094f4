/** Playlists as numbered sequences, and the files that hold them. */
export { numberByAppearance } from "./by-appearance.js";
export { artistNumbers } from "./catalogue/artist-numbers.js";
export { type CatalogueMark, catalogueMark } from "./catalogue/catalogue-mark.js";
export { catalogueOf, catalogueTensors } from "./catalogue/catalogue-tensors.js";
export { plainName } from "./catalogue/plain-name.js";
export { TrackIndex, trackIndex } from "./catalogue/track-index.js";
export { findTwins, twinKey } from "./catalogue/twins.js";
export { type Catalogue, type Corpus, CorpusBuilder, type Playlist, playlistCount } from "./corpus.js";
export { playlistsOfTracks, playsOfTracks } from "./counts.js";
export {
  readCorpusFile,
  readCorpusPlays,
  writeCorpusFile,
} from "./files/corpus-file.js";
export { flawOf } from "./files/flaw.js";
export { type ReadOptions, visitJsonLines } from "./files/json-lines.js";
export { problemOfPlays } from "./files/problem-of-plays.js";
export { problemOfSequence, type SequenceLine } from "./files/sequence-line.js";
export { type Query, readQueries, readSequences, type SequencesOptions } from "./files/sequences-file.js";
export { partOf, queriesOf } from "./parts.js";
export { requireCatalogue, requireCorpus, requireQueries } from "./require-corpus.js";
