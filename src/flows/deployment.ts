/** deployment: the best model → a bundle → an endpoint → a real request, whose answer is compared with the bundle's. */
import { join } from "node:path";
import type { CheckResult } from "../deployment/index.js";
import { type Client, type FileArtifact, file, flow, type RunReader } from "../workflow/index.js";
import { checkDeployment, isForSageMaker } from "./endpoint/check-deployment.js";
import { keptEndpoint } from "./endpoint/kept-endpoint.js";
import type { TrainedPoint } from "./grid/ranking.js";
import type { RefitOptions } from "./model/refit.js";
import { deploymentParameters } from "./parameters/parameters.js";
import { placesOf } from "./places/places.js";

/**
 * SageMaker cannot delete an endpoint that is still being created, which one that does not start is for half an hour. A stopped
 * deployment gives up after an hour, and says what remains.
 */
const cleanUpTime = "65m";

export const deployment = flow("deployment", {
  module: import.meta.url,
  description: "pack the best model, deploy it, and ask the endpoint a real question",
  parameters: deploymentParameters,
  check: checkDeployment,
  preload: () => Promise.all([import("./model/build-bundle.js"), import("./endpoint/local-endpoint.js")]),
})
  .step(
    "start",
    { description: "take the models of the latest modeling run", cache: false },
    async ({ client }) => {
      const source = client.flow("modeling").latestSuccessfulRun;
      const [model, nearestModel, train, ranking] = await Promise.all([
        source.artifact<FileArtifact>("model"),
        source.artifact<FileArtifact | null>("nearestModel"),
        source.artifact<FileArtifact>("train"),
        source.artifact<readonly TrainedPoint[]>("ranking"),
      ]);
      return { modelingRun: await source.id(), model, nearestModel, train, ranking };
    },
  )
  .step(
    "build",
    { description: "write the bundle and read it back" },
    async ({ parameters, artifacts, client, folder: own, resources, progress, signal, card }) => {
      const { buildBundle } = await import("./model/build-bundle.js");
      const modelingRun = client.flow("modeling").run(artifacts.modelingRun);
      const test = await modelingRun
        .task("eval")
        .artifact<Record<string, unknown> & { k: number }>("testFigures");
      const { refit } = parameters;
      const models = refit
        ? await refitted(modelingRun, client, own, { threads: resources.cpus, progress, signal })
        : {
            model: await artifacts.model.path(),
            nearest: await artifacts.nearestModel?.path(),
            train: await artifacts.train.path(),
          };
      const name = `${artifacts.modelingRun}${refit ? "-refit" : ""}`;
      const folder = join((await placesOf(parameters.data))("models"), name);
      const manifest = await buildBundle(folder, {
        ...models,
        parameters: { knn_k: test.k, ...(refit && { refit }) },
        metrics: { test },
      });
      console.log(`bundle ${folder}: ${manifest.recommenders.join(", ")}; read back and checked`);
      if (!refit)
        console.log("it knows only the tracks of the train part; --refit refits it on all playlists");
      card.title("Bundle");
      card.markdown(`\`${folder}\``);
      return { bundle: file(folder), bundleFolder: folder, recommenders: manifest.recommenders };
    },
  )
  .step(
    "deploy",
    { description: "start the endpoint", cache: false, grace: cleanUpTime },
    async ({ parameters, artifacts, client, run, progress, signal }) => {
      const bundle = await artifacts.bundle.path();
      if (isForSageMaker(parameters)) {
        const { deployToSageMaker } = await import("./endpoint/sagemaker.js");
        return {
          endpoint: await deployToSageMaker({ parameters, bundle, progress, signal }),
          expected: null,
        };
      }
      const { startEndpoint } = await import("./endpoint/local-endpoint.js");
      return startEndpoint({ parameters, bundle: artifacts.bundleFolder, client, run, signal });
    },
  )
  .step(
    "check",
    { description: "ask it, compare, stop it", cache: false, grace: cleanUpTime },
    async ({ parameters, artifacts, client, run, progress, signal }) => {
      const { endpoint, expected } = artifacts;
      if (endpoint.target === "planned") {
        console.log("dry run: nothing was deployed, there is nothing to check");
        return { check: null, endpoint };
      }
      if (endpoint.target === "sagemaker") {
        const { checkOnSageMaker } = await import("./endpoint/sagemaker.js");
        // A bundle that cannot be fetched must not keep the endpoint alive: the check then fails on the missing folder, and deletes it.
        const bundle = await artifacts.bundle.path().catch(() => artifacts.bundleFolder);
        return saying(await checkOnSageMaker({ parameters, endpoint, bundle, progress, signal }));
      }
      const { checkLocal } = await import("./endpoint/local-endpoint.js");
      const bundle = artifacts.bundleFolder;
      return saying(await checkLocal({ parameters, endpoint, expected, bundle, client, run, signal }));
    },
  )
  .step("end", { description: "the report" }, async ({ artifacts, parameters, client, card }) => {
    const { readReportFacts, drawReport } = await import("./report/report.js");
    const { ranking, check, modelingRun, endpoint } = artifacts;
    const { refit, keep } = parameters;
    drawReport(card, { ...(await readReportFacts(client, modelingRun)), ranking, check, refit });
    if (endpoint.target === "planned") {
      console.log("no endpoint was started: this was a dry run");
      return { kept: false };
    }
    console.log(keep ? `the endpoint keeps running: ${keptEndpoint(endpoint)}` : "the endpoint is stopped");
    return { kept: keep };
  });

/** Prints the result of a check. */
function saying<T extends { readonly check: CheckResult }>(done: T): T {
  const { track, answer, latency } = done.check;
  const first = answer.slice(0, 3).map((each) => each.track);
  console.log(`asked what follows ${track}: ${first.join(", ")}`);
  console.log(
    `p50 ${latency.p50.toFixed(1)} ms, p99 ${latency.p99.toFixed(1)} ms over ${latency.calls} calls`,
  );
  return done;
}

/** Refits the models of a modeling run on all playlists of its primary run, in folders below `own`. */
async function refitted(
  modelingRun: RunReader,
  client: Client,
  own: string,
  options: Omit<RefitOptions, "full" | "seed">,
): Promise<{ model: string; nearest: string | undefined; train: string }> {
  const { refitModels } = await import("./model/refit.js");
  const [best, nearest, primaryRun, { parameters }] = await Promise.all([
    modelingRun.artifact<TrainedPoint>("best"),
    modelingRun.artifact<TrainedPoint | null>("nearest"),
    modelingRun.task("start").artifact<string>("primaryRun"),
    modelingRun.record(),
  ]);
  const corpus = await client.flow("primary").run(primaryRun).artifact<FileArtifact>("fullCorpus");
  const full = await corpus.path();
  const points = nearest === null || nearest.name === best.name ? [best] : [best, nearest];
  const models = points.map((point, i) => ({ point, folder: join(own, `refit-${i}`) }));
  const { playlists, tracks, seconds } = await refitModels(models, {
    ...options,
    full,
    seed: Number(parameters.seed),
  });
  console.log(
    `refitted on all ${playlists} playlists (${tracks} tracks) in ${seconds.toFixed(1)} s: ${points.map(({ name }) => name).join(", ")}`,
  );
  return { model: models[0]!.folder, nearest: models[1]?.folder, train: full };
}
