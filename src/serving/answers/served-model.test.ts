import { expect, it } from "vitest";
import { CorpusBuilder } from "../../corpus/index.js";
import { fitRecommender } from "../../recommenders/index.js";
import { LiveModel } from "./served-model.js";

/** A model of tracks that are each in so many playlists. */
async function modelOf(plays: Readonly<Record<string, readonly [artist: string, playlists: number]>>) {
  const builder = new CorpusBuilder();
  for (const [id, [artist, playlists]] of Object.entries(plays))
    for (let p = 0; p < playlists; p++)
      builder.add({ id: `${id} ${p}`, tracks: [id, "Z-z", "Y-y"], artists: [artist, "Z", "Y"] });
  const catalogue = builder.build();
  return (...recommenders: string[]) =>
    Promise.all(
      recommenders.map(async (name) => [name, await fitRecommender(name, catalogue)] as const),
    ).then(
      (fitted) =>
        new LiveModel({
          version: "1",
          catalogue,
          recommenders: Object.fromEntries(fitted),
          defaultRecommender: recommenders[0]!,
        }),
    );
}

const plays = {
  "Alpha-Sun - Radio Edit": ["Alpha", 1],
  "Alpha feat. Beta-Sun (Remastered 2011)": ["Alpha feat. Beta", 3],
  "Alpha-Sun (Live)": ["Alpha", 9],
  "Gamma-Moon Rise - Mono": ["Gamma", 2],
  "Gamma Moon-Rise (Remastered)": ["Gamma Moon", 2],
  "Jay-Z feat. Beta-Sky": ["Jay-Z feat. Beta", 1],
  "Delta-Star": ["Delta", 1],
  "delta-star": ["delta", 2],
} as const;

it.each([
  ["alpha - sun", "Alpha feat. Beta-Sun (Remastered 2011)"],
  ["Alpha-Sun - 2009 Remaster", "Alpha feat. Beta-Sun (Remastered 2011)"],
  ["Alpha-Sun - Radio edit", "Alpha-Sun - Radio Edit"],
  ["alpha sun live", "Alpha-Sun (Live)"],
  ["DELTA-STAR", "delta-star"],
  // Of two artists: which is meant cannot be told.
  ["Gamma-Moon Rise", "Gamma-Moon Rise"],
  ["jay-z - sky", "Jay-Z feat. Beta-Sky"],
  ["Jay-Z", "Jay-Z"],
  ["Alpha-Sunrise", "Alpha-Sunrise"],
  ["Sun", "Sun"],
  ["", ""],
])("matches %s to the most played version by one artist: %s", async (asked, meant) => {
  const live = await (await modelOf(plays))("transitions", "popularity");
  expect(await live.meant(["Delta-Star", asked, "Z-z"])).toEqual(["Delta-Star", meant, "Z-z"]);
});

it("matches the first of several versions if plays are unknown", async () => {
  const live = await (await modelOf(plays))("transitions");
  expect(await live.meant(["alpha - sun"])).toEqual(["Alpha-Sun - Radio Edit"]);
});

it("lets other work run while it looks up a thousand names with many similar tracks", async () => {
  const tracks = Array.from({ length: 15_000 }, (_, i) => `The Love-Love of the ${i} (feat. The Love)`);
  const live = new LiveModel({
    version: "1",
    catalogue: { tracks },
    recommenders: { none: { name: "none", recommend: () => [], save: () => ({}) as never } },
    defaultRecommender: "none",
  });
  await live.search();
  let turns = 0;
  const tick = setInterval(() => turns++, 1);
  const names = new Array<string>(1000).fill("The Love-Of Love");
  expect(await live.meant(names)).toEqual(names);
  clearInterval(tick);
  expect(turns).toBeGreaterThan(3);
});
