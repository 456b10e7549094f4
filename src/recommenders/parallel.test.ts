import { expect, it } from "vitest";
import { CorpusBuilder } from "../corpus/index.js";
import { fitRecommender, parallelRecommender } from "./index.js";

it("gives the same answers as the recommender itself, in order, from several threads", async () => {
  const builder = new CorpusBuilder();
  for (let p = 0; p < 50; p++)
    builder.add({ id: `p${p}`, tracks: [0, 1, 2].map((i) => `t${(p * (i + 1)) % 13}`) });
  const corpus = builder.build();
  const recommender = await fitRecommender("vstan", corpus);
  const pool = await parallelRecommender(recommender, corpus, 2);
  try {
    expect(pool).toMatchObject({ name: "vstan", lanes: 2 });
    const batches = Array.from({ length: 7 }, (_, b) =>
      Array.from({ length: 5 }, (_, i) => ({ tracks: [`t${(b + i) % 13}`, `t${(b * i) % 13}`] })),
    );
    const answers = await Promise.all(batches.map((contexts) => pool.recommend(contexts, 6)));
    expect(answers).toEqual(batches.map((contexts) => recommender.recommend(contexts, 6)));
    await expect(pool.recommend([{ tracks: [] }], 0)).rejects.toThrow();
    // As it was thrown there: with its code, and what to do about it.
    await expect(pool.recommend([{ tracks: [] }], 0)).rejects.toMatchObject({
      name: "SegueError",
      exitCode: 2,
    });
  } finally {
    await pool.close();
  }
});

it("fails if a question cannot be sent, answers the next one, and fails once closed", async () => {
  const builder = new CorpusBuilder();
  for (let p = 0; p < 9; p++) builder.add({ id: `p${p}`, tracks: ["a", "b", `c${p}`] });
  const corpus = builder.build();
  const pool = await parallelRecommender(await fitRecommender("popularity", corpus), corpus, 1);
  const asked = (tracks: unknown[]) => pool.recommend([{ tracks: tracks as string[] }], 2);
  try {
    // Of the tracks only the last is looked at.
    await expect(asked([() => {}, "a"])).rejects.toThrow(/could not be cloned/);
    expect(await asked([])).toMatchObject([{ tracks: ["a", "b"] }]);
  } finally {
    await pool.close();
  }
  await expect(asked([])).rejects.toThrow("a thread that recommends ended early");
});
