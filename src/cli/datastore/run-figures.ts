/** The figures of a modeling run, and of a deployment run those of the modeling run that it deployed, for the studio to compare. */
import type { TestFigures, TrainedPoint } from "../../flows/index.js";
// Not through the room's door, which is slow to load.
import { orNone } from "../../flows/report/data-runs.js";
import type { RunFigures } from "../../studio/index.js";
import type { Client, RunReader } from "../../workflow/index.js";

/** Those that there are so far; none for runs of other flows. */
export async function runFigures(client: Client, run: RunReader): Promise<RunFigures> {
  const modeling = run.flow === "deployment" ? await modelingOf(client, run) : run;
  if (modeling?.flow !== "modeling") return { groups: [] };
  const [record, start, ranking, test] = await Promise.all([
    orNone(modeling.record()),
    orNone(modeling.task("start").artifacts()),
    orNone(modeling.task("keep_best").artifact<TrainedPoint[]>("ranking")),
    orNone(modeling.task("eval").artifact<TestFigures>("testFigures")),
  ]);
  const best = ranking?.[0];
  if (record === undefined || ranking === undefined || best === undefined) return { groups: [] };
  const { knnK, questions } = record.parameters;
  const tested = test && [
    { name: `hit ratio@${test.k}`, value: test.hitRatio, interval: test.interval },
    ...(test.base === undefined
      ? []
      : [{ name: `nearest tracks, base protocol, @${test.k}`, value: test.base }]),
    { name: `popularity@${test.k}`, value: test.popularity },
    { name: `random bet@${test.k}`, value: test.randomBet },
    { name: "playlists asked", value: test.queries.toLocaleString("en") },
  ];
  return {
    groups: [
      { title: "Test figures", figures: [{ name: "best model", value: best.name }, ...(tested ?? [])] },
      {
        title: `Hit ratio@${knnK} on the validation part`,
        figures: ranking.map(({ name, hitRatio, interval, diverged }) =>
          diverged === undefined ? { name, value: hitRatio, interval } : { name, value: "diverged" },
        ),
      },
    ],
    questions: [start?.validation?.sha, start?.test?.sha, questions].join(),
  };
}

async function modelingOf(client: Client, deployment: RunReader): Promise<RunReader | undefined> {
  const id = await orNone(deployment.task("start").artifact<string>("modelingRun"));
  return id === undefined ? undefined : client.flow("modeling").run(id);
}
