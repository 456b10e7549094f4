/** The thread of `Study`: first the analysis, which is quick, then vectors where there are none, then the map. */
import { parentPort, workerData } from "node:worker_threads";
import { analyzeCorpus, drawMap, picturesOf } from "../analysis/index.js";
import { renderSvg } from "../charts/index.js";
import { messageOf, throttled } from "../system/index.js";
import { TrackVectors, trainTrack2Vec } from "../track2vec/index.js";
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
  const placed = vectors
    ? new TrackVectors(vectors)
    : (
        await trainTrack2Vec(corpus, {
          vectorSize: 48,
          window: 10,
          minCount: 3,
          epochs: 10,
          sg: true,
          seed,
          progress,
        })
      ).vectors;
  send({ kind: "map", map: await drawMap(corpus, placed, { tracks: mapTracks, genres, seed, progress }) });
} catch (error) {
  send({ kind: "failed", message: messageOf(error) });
}
