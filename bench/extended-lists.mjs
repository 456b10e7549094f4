/**
 * How much of a playlist an extended list finds. A fifth of the playlists is held out; lists of thirty tracks are made from the title or
 * from the first tracks of each. Beside it: thirty lists of one track, each for all tracks before it.
 *
 *   node bench/extended-lists.mjs                          # or: playlists.csv.gz blend 300 (recommender, playlists)
 */

import { holdOut, pairedDifference } from "../dist/doors/evaluation.js";
import { extendPlaylist, fitRecommender, readPlaylists } from "../dist/index.js";
import { realPlaylists } from "./support.mjs";

const length = 30;
const [input = realPlaylists(), name = "blend", most = "300"] = process.argv.slice(2);
const { corpus } = await readPlaylists(input);
const { train, questions } = holdOut(corpus);
const recommender = await fitRecommender(name, train);
const playlists = questions
  .map(({ context, next, title }) => ({ title, tracks: [...context, next] }))
  .filter(({ tracks }) => tracks.length >= 2 * length)
  .slice(0, Number(most));

function oneByOne(context) {
  const added = [];
  for (let i = 0; i < length; i++) {
    const tracks = [...context.tracks, ...added];
    added.push(...extendPlaylist(recommender, train, { ...context, tracks }, 1));
  }
  return added;
}

const starts = {
  title: ({ title }) => ({ tracks: [], title }),
  "1 track": ({ tracks }) => ({ tracks: tracks.slice(0, 1) }),
  "5 tracks": ({ tracks }) => ({ tracks: tracks.slice(0, 5) }),
  "25 tracks": ({ tracks }) => ({ tracks: tracks.slice(0, 25) }),
};
for (const [start, contextOf] of Object.entries(starts)) {
  const found = { extended: [], byOne: [] };
  for (const playlist of playlists) {
    const context = contextOf(playlist);
    const rest = new Set(playlist.tracks.slice(context.tracks.length));
    const share = (list) => list.filter((track) => rest.has(track)).length / Math.min(length, rest.size);
    found.extended.push(share(extendPlaylist(recommender, train, context, length)));
    found.byOne.push(share(oneByOne(context)));
  }
  const percent = (value) => (100 * value).toFixed(1);
  const mean = (values) => percent(values.reduce((sum, value) => sum + value, 0) / values.length);
  const { low, high } = pairedDifference(Float64Array.from(found.extended), Float64Array.from(found.byOne));
  console.log(
    `${name}, ${start}: ${mean(found.extended)} % of ${length} tracks are in the rest of the playlist, one by one ${mean(found.byOne)} % (difference ${percent(low)} to ${percent(high)}), ${playlists.length} playlists`,
  );
}
