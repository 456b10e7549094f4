/**
 * The last track of every playlist, asked of models that have not seen the playlist: ten parts, each asked of what the nine others
 * teach. Beside it the base protocol (nearest tracks to the last one, a random bet if that is unknown) at each grid point.
 *
 *   node bench/ten-parts.mjs                               # or: playlists.csv.gz blend,vstan (recommenders)
 */

import {
  bootstrapMeans,
  evaluateBaseProtocol,
  evaluateRecommender,
  questionsOf,
  trainingFacts,
} from "../dist/doors/evaluation.js";
import { trainTrack2Vec } from "../dist/doors/track2vec.js";
import { CorpusBuilder, fitRecommender, readPlaylists } from "../dist/index.js";
import { nearestOf } from "../dist/recommenders/index.js";
import { realPlaylists } from "./support.mjs";

const parts = 10;
const k = 100;
/** As in conf/base/params.yml, and with CBOW, too. */
const grid = [0, 1].flatMap((sg) => [3, 5, 10].map((minCount) => ({ sg, minCount })));
const track2vec = { epochs: 30, vectorSize: 48, window: 10, nsExponent: 0.75, seed: 42 };

const [input = realPlaylists(), names = "blend,vstan"] = process.argv.slice(2);
const { corpus } = await readPlaylists(input);
const { tracks, artists, offsets, items, playlistIds, titles } = corpus;
const playlists = playlistIds.map((id, p) => {
  const plays = Array.from(items.subarray(offsets[p], offsets[p + 1]));
  return {
    id,
    title: titles?.[p],
    tracks: plays.map((track) => tracks[track]),
    ...(artists && { artists: plays.map((track) => artists[track]) }),
  };
});
const corpusOf = (some) => {
  const builder = new CorpusBuilder();
  for (const playlist of some) builder.add(playlist);
  return builder.build();
};

/** The hit ratio of each question, by model. */
const hits = new Map();
const note = (model, { outcomes }) =>
  hits.set(model, [...(hits.get(model) ?? []), ...outcomes.values("hitRatio", k)]);

for (let part = 0; part < parts; part++) {
  const train = corpusOf(playlists.filter((_, p) => p % parts !== part));
  const questions = questionsOf(corpusOf(playlists.filter((_, p) => p % parts === part)));
  const asked = { ks: [k], facts: trainingFacts(train) };
  for (const { sg, minCount } of grid) {
    const { vectors } = await trainTrack2Vec(train, { ...track2vec, sg, minCount });
    const evaluation = await evaluateBaseProtocol(
      nearestOf(vectors, train),
      vectors.tracks,
      questions,
      asked,
    );
    note(`base, ${sg === 1 ? "skip-gram" : "CBOW"}, min_count ${minCount}`, evaluation);
  }
  for (const name of names.split(","))
    note(name, await evaluateRecommender(await fitRecommender(name, train), questions, asked));
  console.error(`${part + 1} of ${parts} parts`);
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const best = Math.max(
  ...[...hits].flatMap(([model, values]) => (model.startsWith("base") ? [mean(values)] : [])),
);
const percent = (value) => (100 * value).toFixed(1);
for (const [model, values] of hits) {
  const [{ low, high }] = bootstrapMeans([Float64Array.from(values)]);
  console.log(
    `${model}: hit ratio@${k} ${percent(mean(values))} % (${percent(low)} to ${percent(high)}), ${(mean(values) / best).toFixed(2)} times the best of the base protocol`,
  );
}
