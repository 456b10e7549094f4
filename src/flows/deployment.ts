/** deployment: the best model → a bundle → an endpoint → a real request to it, its answer compared with the bundle's. */
import { join } from "node:path";
import { SegueError } from "../system/index.js";
import { type FileArtifact, file, flow } from "../workflow/index.js";
import { checkDeployment, isForSageMaker } from "./parts/check-deployment.js";
import { deploymentParameters } from "./parts/parameters.js";
import { placesOf } from "./parts/places.js";
import { byHitRatio, gridChart, gridRow, type TrainedPoint } from "./parts/ranking.js";

/** SageMaker deletes no endpoint that is still being made, so a deployment that is stopped has to wait for it first. */
const cleanUpTime = "20m";

export const deployment = flow("deployment", {
  module: import.meta.url,
  description: "pack the best model, deploy it, and ask the endpoint a real question",
  parameters: deploymentParameters,
  check: checkDeployment,
  preload: () => Promise.all([import("./parts/build-bundle.js"), import("./parts/local-endpoint.js")]),
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
    async ({ parameters, artifacts, client, card }) => {
      const { buildBundle } = await import("./parts/build-bundle.js");
      const modelingRun = client.flow("modeling").run(artifacts.modelingRun);
      const test = await modelingRun
        .task("eval")
        .artifact<Record<string, unknown> & { k: number }>("testFigures");
      const folder = join((await placesOf(parameters.data))("models"), artifacts.modelingRun);
      const manifest = await buildBundle(folder, {
        model: await artifacts.model.path(),
        nearest: artifacts.nearestModel === null ? undefined : await artifacts.nearestModel.path(),
        train: await artifacts.train.path(),
        parameters: { knn_k: test.k },
        metrics: { test },
      });
      console.log(`bundle ${folder}: ${manifest.recommenders.join(", ")}; read back and checked`);
      card.markdown(`# Bundle\n\n\`${folder}\``);
      return { bundle: file(folder), bundleFolder: folder, recommenders: manifest.recommenders };
    },
  )
  .step(
    "deploy",
    { description: "start the endpoint", cache: false, grace: cleanUpTime },
    async ({ parameters, artifacts, run, progress, signal }) => {
      const bundle = await artifacts.bundle.path();
      if (isForSageMaker(parameters)) {
        const { deployToSageMaker } = await import("./parts/sagemaker.js");
        return {
          endpoint: await deployToSageMaker({ parameters, bundle, progress, signal }),
          expected: null,
        };
      }
      const { startEndpoint } = await import("./parts/local-endpoint.js");
      return startEndpoint({ parameters, bundle: artifacts.bundleFolder, run, signal });
    },
  )
  .step(
    "check",
    { description: "ask it, compare, stop it", cache: false, grace: cleanUpTime },
    async ({ parameters, artifacts, run, progress, signal }) => {
      const { endpoint, expected } = artifacts;
      if (endpoint.target === "planned") {
        console.log("dry run: nothing was deployed, there is nothing to check");
        return { check: null, endpoint };
      }
      if (endpoint.target === "sagemaker") {
        const { checkOnSageMaker } = await import("./parts/sagemaker.js");
        // A bundle that cannot be fetched must not keep the endpoint alive: the check fails on the missing folder, and deletes.
        const bundle = await artifacts.bundle.path().catch(() => artifacts.bundleFolder);
        return checkOnSageMaker({ parameters, endpoint, bundle, progress, signal });
      }
      const { checkLocal } = await import("./parts/local-endpoint.js");
      return checkLocal({ parameters, endpoint, expected, bundle: artifacts.bundleFolder, run, signal });
    },
  )
  .step("end", { description: "the report" }, async ({ artifacts, parameters, client, card }) => {
    const { ranking, check } = artifacts;
    const modelingRun = client.flow("modeling").run(artifacts.modelingRun);
    const test = await modelingRun.task("eval").artifact<{
      hitRatio: number;
      popularity: number;
      randomBet: number;
      k: number;
      rows: object[];
      slices: object[];
    }>("testFigures");
    const sorted = [...ranking].sort(byHitRatio);
    const best = sorted[0];
    if (best === undefined)
      throw new SegueError("the modeling run ranked no model", { hint: "segue run modeling" });
    card.title("What should play next?");
    card.values([
      { title: `hit ratio@${test.k}, test`, value: test.hitRatio.toFixed(4), note: best.name },
      { title: "popularity", value: test.popularity.toFixed(4) },
      { title: "random bet", value: test.randomBet.toFixed(4) },
      ...(check === null
        ? []
        : [
            {
              title: "endpoint p50",
              value: `${check.latency.p50.toFixed(1)} ms`,
              note: `p99 ${check.latency.p99.toFixed(1)} ms`,
            },
          ]),
    ]);
    card.markdown("## The grid\n\nEvery recommender on the validation part, best first.");
    card.table(sorted.map(gridRow), { highlight: 0 });
    card.chart(gridChart(sorted), { caption: "Hit ratio with its 95 % interval" });
    card.markdown("## The test\n\nOn playlists that neither training nor the choice has seen.");
    card.table(test.rows);
    card.table(test.slices, { caption: "Where it hits" });
    if (check !== null) {
      card.markdown(
        `## The endpoint\n\nAsked what should follow **${escapeMarkdown(check.track)}**, it answered:`,
      );
      card.table(check.answer.map(({ track, score }) => ({ track, score: score.toFixed(4) })));
    }
    const { endpoint } = artifacts;
    if (endpoint.target === "planned") {
      console.log("no endpoint was started: this was a dry run");
      return { kept: false };
    }
    const left = parameters.keep;
    const at = endpoint.target === "local" ? ` at ${endpoint.url} (stop it: kill ${endpoint.pid})` : "";
    console.log(left ? `the endpoint is left running${at}` : "the endpoint is stopped");
    return { kept: left };
  });

function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_[\]<>#]/g, (sign) => `\\${sign}`);
}
