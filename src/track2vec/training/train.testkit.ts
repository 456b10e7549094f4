/** Small corpora for the tests of training. */
import { type Corpus, CorpusBuilder } from "../../corpus/index.js";
import { Random } from "../../system/index.js";

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

/** Playlists of twelve of 1,200 tracks, each played one to `most` times in a row. */
export function inRuns({ playlists, most = 6 }: { playlists: number; most?: number }): Corpus {
  const random = new Random(1);
  const builder = new CorpusBuilder();
  for (let p = 0; p < playlists; p++) {
    const runs = Array.from({ length: 12 }, (_, run) =>
      Array<string>(1 + random.below(most)).fill(`t${(12 * p + run) % 1200}`),
    );
    builder.add({ id: `p${p}`, tracks: runs.flat() });
  }
  return builder.build();
}
