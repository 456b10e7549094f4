/** The studio's server. */
import { once } from "node:events";
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { expect, it } from "vitest";
import { songCorpus } from "../serving/serving.testkit.js";
import { buildPages } from "./browser.testkit.js";
import { startStudio } from "./index.js";

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
