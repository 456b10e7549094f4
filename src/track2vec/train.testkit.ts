/** Small corpora for the tests of training. */
import { type Corpus, CorpusBuilder } from "../corpus/index.js";
import { Random } from "../system/index.js";

/**
 * Playlists that stay within one of `groups` groups of tracks: tracks of a group should come to lie near each other.
 */
export function groupedCorpus({
  groups = 8,
  tracksPerGroup = 25,
  playlists = 600,
  length = 12,
  seed = 1,
  prefix = "",
} = {}): Corpus {
  const random = new Random(seed);
  const builder = new CorpusBuilder();
  for (let p = 0; p < playlists; p++) {
    const group = random.below(groups);
    const tracks = Array.from({ length }, () => `${prefix}g${group}-${random.below(tracksPerGroup)}`);
    builder.add({ id: `p${p}`, tracks });
  }
  return builder.build();
}
