/** The studio's server. */
import { once } from "node:events";
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { expect, it } from "vitest";
import { writeBundle } from "../bundle/index.js";
import { fitRecommender } from "../recommenders/index.js";
import { songCorpus, songs } from "../serving/serving.testkit.js";
import { folderOfEachTest } from "../system/files/temporary-folder.testkit.js";
import { buildPages } from "./browser.testkit.js";
import { startStudio } from "./index.js";

const at = folderOfEachTest("studio");

it("on this machine alone, answers to no other name on any route", async () => {
  buildPages();
  const studio = await startStudio({ corpus: songCorpus(), mapTracks: 10 });
  const { port } = new URL(studio.url);
  const answerTo = async (host: string, path: string) => {
    const [answer] = await once(request(`${studio.url}${path}`, { headers: { host } }).end(), "response");
    return `${answer.statusCode} ${await text(answer)}`;
  };
  for (const path of ["/", "/docs/", "/v1/studio/runs"]) {
    for (const host of ["evil.example", `evil.example:${port}`])
      expect(await answerTo(host, path)).toMatch(/^403 .*foreign-host.*start it with --host to share it/);
    expect(await answerTo(`localhost:${port}`, path)).toMatch(/^200 /);
  }
  await studio.close();
});

it("answers /invocations as the endpoint of its bundle does", async () => {
  buildPages();
  const catalogue = songCorpus();
  const popularity = (await fitRecommender("popularity", catalogue)).save();
  const bundle = at("bundle");
  await writeBundle(bundle, { catalogue, recommenders: { popularity }, parameters: { knn_k: 3 } });
  const studio = await startStudio({ bundle });
  const answer = await fetch(`${studio.url}/invocations`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ instances: [songs[0]] }),
  });
  const { predictions } = (await answer.json()) as { predictions: Array<{ output_2: string[] }> };
  expect(predictions[0]!.output_2).toHaveLength(3);
  await studio.close();
});
