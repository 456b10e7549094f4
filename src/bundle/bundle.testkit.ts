/** A small corpus, vectors and recommenders for tests of the bundle and its exports. */
import { join } from "node:path";
import { type Corpus, CorpusBuilder } from "../corpus/index.js";
import { fitRecommender } from "../recommenders/index.js";
import { folderOfTests } from "../system/files/temporary-folder.testkit.js";
import { Random } from "../system/index.js";
import { TrackVectors } from "../track2vec/index.js";

/** A temporary folder for a test file, removed after its tests. Returns a function that joins a name to it. */
export function testFolder(): (name: string) => string {
  const folder = folderOfTests("test");
  return (name) => join(folder, name);
}

export function smallCorpus(): Corpus {
  const random = new Random(7);
  const builder = new CorpusBuilder();
  for (let p = 0; p < 120; p++) {
    const numbers = Array.from({ length: 8 }, () => random.below(60));
    builder.add({
      id: `p${p}`,
      tracks: numbers.map((n) => `Ártist ${n % 7}-Track ${n}`),
      artists: numbers.map((n) => `Ártist ${n % 7}`),
    });
  }
  return builder.build();
}

export function randomVectors(tracks: readonly string[], size: number, seed = 1): TrackVectors {
  const random = new Random(seed);
  return new TrackVectors({
    tracks,
    size,
    vectors: Float32Array.from({ length: tracks.length * size }, () => random.normal()),
    counts: Float64Array.from(tracks, (_, row) => tracks.length - row),
  });
}

export async function smallInput() {
  const corpus = smallCorpus();
  const cooccurrence = await fitRecommender("item-to-item", corpus);
  const transitions = await fitRecommender("transitions", corpus);
  const input = {
    catalogue: { tracks: corpus.tracks, artists: corpus.artists! },
    recommenders: {
      cooccurrence: cooccurrence.save(),
      transitions: transitions.save(),
      again: cooccurrence.save(),
    },
    vectors: randomVectors([...corpus.tracks].reverse().slice(0, 50), 12),
    parameters: { knn_k: 100, grid: [3, 5, 10] },
    metrics: { "hit_ratio@100": 0.25 },
    dataFingerprint: "abc",
  };
  return { input, fitted: { cooccurrence, transitions } };
}
