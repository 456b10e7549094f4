/** Playlists as numbered sequences, and the files that hold them. */
export { artistNumbers } from "./artist-numbers.js";
export { numberByAppearance } from "./by-appearance.js";
export { type CatalogueMark, catalogueMark } from "./catalogue-mark.js";
export { catalogueOf, catalogueTensors } from "./catalogue-tensors.js";
export { type Catalogue, type Corpus, CorpusBuilder, type Playlist, playlistCount } from "./corpus.js";
export {
  readCorpusFile,
  readCorpusPlays,
  writeCorpusFile,
} from "./corpus-file.js";
export { flawOf } from "./flaw.js";
export { type ReadOptions, visitJsonLines } from "./json-lines.js";
export { partOf, queriesOf } from "./parts.js";
export { plainName } from "./plain-name.js";
export { problemOfPlays } from "./problem-of-plays.js";
export { requireCatalogue, requireCorpus, requireQueries } from "./require-corpus.js";
export { problemOfSequence, type SequenceLine } from "./sequence-line.js";
export { type Query, readQueries, readSequences, type SequencesOptions } from "./sequences-file.js";
export { TrackIndex, trackIndex } from "./track-index.js";
export { findTwins, twinKey } from "./twins.js";
