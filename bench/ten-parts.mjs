/**
 * The last track of every playlist, asked of models that have not seen the playlist: ten parts, each asked of what the nine others
 * teach. Beside it the base protocol (nearest tracks to the last one, a random bet if that is unknown) at each grid point.
 *
 *   node bench/ten-parts.mjs                               # or: playlists.csv.gz blend,vstan (recommenders)
 */

import { bootstrapMeans } from "../dist/doors/evaluation.js";
import { trainTrack2Vec } from "../dist/doors/track2vec.js";
import { CorpusBuilder, fitRecommender, readPlaylists } from "../dist/index.js";
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

/** For each model, 1 for each playlist whose last track is among its first k, else 0; of a random bet, the chance of it. */
const hits = new Map();
const note = (model, values) => hits.set(model, [...(hits.get(model) ?? []), ...values]);

function baseHits(vectors, asked) {
  const known = new Set(vectors.tracks);
  return asked.map(({ tracks }) => {
    const [last, next] = tracks.slice(-2);
    if (!known.has(next)) return 0;
    if (!known.has(last)) return k / known.size;
    return Number(vectors.nearest(last, k).tracks.includes(next));
  });
}

for (let part = 0; part < parts; part++) {
  const train = new CorpusBuilder();
  const asked = [];
  for (const [p, playlist] of playlists.entries()) {
    if (p % parts === part) asked.push(playlist);
    else train.add(playlist);
  }
  const learned = train.build();
  for (const { sg, minCount } of grid) {
    const { vectors } = await trainTrack2Vec(learned, { ...track2vec, sg, minCount });
    note(`base, ${sg === 1 ? "skip-gram" : "CBOW"}, min_count ${minCount}`, baseHits(vectors, asked));
  }
  for (const name of names.split(",")) {
    const recommender = await fitRecommender(name, learned);
    const questions = asked.map(({ title, tracks }) => ({ title, tracks: tracks.slice(0, -1) }));
    const answers = recommender.recommend(questions, k);
    note(
      name,
      answers.map((answer, i) => Number(answer.tracks.includes(asked[i].tracks.at(-1)))),
    );
  }
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
