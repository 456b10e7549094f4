/** A small generated corpus whose artists' counts follow a power law, with genres in its titles. */
import { type Corpus, CorpusBuilder } from "../corpus/index.js";
import { Random } from "../system/index.js";

export function generatedCorpus(playlists = 400, seed = 7): Corpus {
  const random = new Random(seed);
  const builder = new CorpusBuilder();
  const genres = ["rock", "rap", "country", "chill"];
  for (let p = 0; p < playlists; p++) {
    const genre = random.below(genres.length);
    const length = 5 + random.below(40);
    const artists: string[] = [];
    const tracks: string[] = [];
    for (let i = 0; i < length; i++) {
      const rank = Math.floor((1 - random.next()) ** -1.1);
      const artist = `${genres[genre]} artist ${rank}`;
      artists.push(artist);
      tracks.push(`${artist}-song ${random.below(1 + Math.ceil(20 / rank))}`);
    }
    builder.add({ id: `p${p}`, tracks, artists, title: `${genres[genre]} number ${p}` });
  }
  return builder.build();
}
