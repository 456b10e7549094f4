/** The worker thread of `Study`: first the analysis, which is quick, then vectors, then the map. */
import { parentPort, workerData } from "node:worker_threads";
import { analyzeCorpus, drawMap, mapVectors, picturesOf } from "../../analysis/index.js";
import { renderSvg } from "../../charts/index.js";
import { errorData, throttled } from "../../system/index.js";
import { TrackVectors } from "../../track2vec/index.js";
import type { StudyAnswer, StudyTask } from "./study.js";

const send = (answer: StudyAnswer) => parentPort!.postMessage(answer);
const { corpus, vectors, mapTracks, genres, seed = 1 } = workerData as StudyTask;
const progress = throttled((report) => send({ kind: "progress", report }), 200);

try {
  const analysis = await analyzeCorpus(corpus, { seed, top: 20 });
  const picture = async (theme: "light" | "dark") => {
    const spec = picturesOf(corpus, analysis, theme)["power-law"];
    return spec && renderSvg(spec, { theme });
  };
  send({
    kind: "analysis",
    analysis,
    powerLaw: { light: await picture("light"), dark: await picture("dark") },
  });
  const placed = await mapVectors(corpus, {
    vectors: vectors && new TrackVectors(vectors),
    seed,
    progress,
  });
  send({ kind: "map", map: await drawMap(corpus, placed, { tracks: mapTracks, genres, seed, progress }) });
} catch (error) {
  send({ kind: "failed", error: errorData(error) });
}
