/** modeling: train → one model per grid point, in parallel → the best by hit ratio@k on validation → its test figures. */
import { join } from "node:path";
import { SegueError, usableCores } from "../system/index.js";
import { type FileArtifact, file, flow } from "../workflow/index.js";
import { counted } from "../workflow/terminal/text/format.js";
import { checkedGrid, checkGrid } from "./grid/check-grid.js";
import { pointName, threadsOf } from "./grid/grid.js";
import { asTable, gridRow, isEmpty, leadOf, loggedRow, type TrainedPoint } from "./grid/ranking.js";
import { modelingParameters } from "./parameters/parameters.js";
import { gridCaption, gridChart } from "./report/hit-ratio-charts.js";

export const modeling = flow("modeling", {
  module: import.meta.url,
  description: "train the grid, keep the best by hit ratio, test it",
  parameters: modelingParameters,
  check: checkGrid,
  preload: () =>
    Promise.all([
      import("./grid/fit-point.js"),
      import("./model/model-folder.js"),
      import("./model/test-model.js"),
    ]),
})
  .step(
    "start",
    { description: "take the dataset of the latest primary run", cache: false },
    async ({ parameters, client }) => {
      const source = client.flow("primary").latestSuccessfulRun;
      const points = await checkedGrid(parameters);
      console.log(`${counted(points.length, "grid point")}: ${points.map(pointName).join(", ")}`);
      return {
        primaryRun: await source.id(),
        train: await source.artifact<FileArtifact>("trainCorpus"),
        validation: await source.artifact<FileArtifact>("validationCorpus"),
        test: await source.artifact<FileArtifact>("testCorpus"),
        points,
      };
    },
  )
  .foreach("train", { over: "points", description: "one grid point" }, async (task) => {
    const { fitPoint } = await import("./grid/fit-point.js");
    const { saveModel } = await import("./model/model-folder.js");
    const { divergedPoint } = await import("./grid/diverged-point.js");
    const { item: point, parameters, artifacts, progress, signal, card } = task;
    const began = performance.now();
    const fitted = await fitPoint({
      point,
      train: await artifacts.train.path(),
      questions: await artifacts.validation.path(),
      most: parameters.questions,
      k: parameters.knnK,
      seed: parameters.seed,
      threads: (plays) =>
        task.resources.cpus ?? threadsOf(task.index, artifacts.points, usableCores(), plays),
      progress,
      signal,
    }).catch((error) => ({ result: divergedPoint(point, error, (performance.now() - began) / 1000) }));
    card.title(pointName(point));
    card.table([gridRow(fitted.result)]);
    if (!("hits" in fitted)) {
      console.log(`${pointName(point)}: ${fitted.result.diverged}`);
      card.markdown(fitted.result.diverged!);
      return { result: fitted.result, model: null };
    }
    const folder = join(task.folder, "model");
    await saveModel(folder, fitted);
    console.log(
      `${pointName(point)}: hit ratio@${parameters.knnK} ${fitted.result.hitRatio.toFixed(4)}, ${fitted.result.fitSeconds.toFixed(1)} s`,
    );
    if (fitted.glance !== undefined) console.log(fitted.glance);
    if (fitted.result.lossPerEpoch.length > 0)
      card.chart(lossChart([fitted.result]), { caption: "Loss per epoch" });
    return { result: fitted.result, hits: fitted.hits, model: file(folder) };
  })
  .join(
    "keep_best",
    { description: "rank the grid by hit ratio" },
    async ({ inputs, parameters, artifacts, card }) => {
      const { rankGrid } = await import("./grid/rank-grid.js");
      const points = inputs.map((input) => ({ ...input }));
      const ranked = rankGrid(points, parameters.seed);
      const ranking = ranked.map(({ result }) => result);
      const nearest = ranked
        .filter((input) => input.result.base !== undefined && !isEmpty(input.result))
        .sort((a, b) => b.result.base!.hitRatio - a.result.base!.hitRatio)[0];
      const best = ranked[0]!;
      if (best.model === null) throw allDiverged(ranking);
      console.log(asTable(ranking.map(loggedRow)));
      console.log(
        `best: ${best.result.name}, hit ratio@${parameters.knnK} ${best.result.hitRatio.toFixed(4)} on validation, asked about ${counted(best.result.asked, "playlist")}`,
      );
      card.title("The grid");
      card.values([
        {
          title: `best hit ratio@${parameters.knnK}`,
          value: best.result.hitRatio.toFixed(4),
          note: best.result.name,
        },
        ...leadOf(ranking),
        { title: "grid points", value: ranking.length },
      ]);
      card.table(ranking.map(gridRow), { highlight: 0, caption: "Validation, best first" });
      card.chart(gridChart(ranking), { caption: gridCaption(`Hit ratio@${parameters.knnK}`) });
      const curves = ranking.filter((point) => point.lossPerEpoch.length > 0);
      if (curves.length > 0) {
        card.chart(lossChart(curves), { caption: "Loss per epoch" });
      }
      return {
        ranking,
        best: best.result,
        model: best.model,
        nearest: nearest?.result ?? null,
        nearestModel: nearest?.model ?? null,
        train: artifacts.train,
        test: artifacts.test,
      };
    },
  )
  .step(
    "eval",
    { description: "the test figures of the best" },
    async ({ parameters, artifacts, progress, signal, card }) => {
      const { testModel } = await import("./model/test-model.js");
      const k = parameters.knnK;
      const tested = await testModel({
        model: await artifacts.model.path(),
        nearest: artifacts.nearestModel === null ? undefined : await artifacts.nearestModel.path(),
        train: await artifacts.train.path(),
        questions: await artifacts.test.path(),
        most: parameters.questions,
        seed: parameters.seed,
        k,
        progress,
        signal,
      });
      console.log(asTable(tested.rows));
      card.title("Test figures");
      card.values([
        { title: `hit ratio@${k}, test`, value: tested.hitRatio.toFixed(4), note: artifacts.best.name },
        { title: "popularity", value: tested.popularity.toFixed(4) },
        { title: "random bet", value: tested.randomBet.toFixed(4) },
      ]);
      card.table(tested.rows, {
        caption: "On playlists that neither training nor the choice of the best has seen",
      });
      card.table(tested.slices, { caption: "Where it hits" });
      return {
        testHitRatio: tested.hitRatio,
        testFigures: tested,
        popularityHitRatio: tested.popularity,
        randomBetHitRatio: tested.randomBet,
      };
    },
  )
  .step("end", ({ artifacts, parameters }) => {
    const k = parameters.knnK;
    console.log(
      `hit ratio@${k}: validation ${artifacts.best.hitRatio.toFixed(4)}, test ${artifacts.testHitRatio.toFixed(4)}` +
        ` (popularity ${artifacts.popularityHitRatio.toFixed(4)}, random bet ${artifacts.randomBetHitRatio.toFixed(4)})`,
    );
  });

/** The grid does not fit the data: no resume could help. */
function allDiverged([first, ...others]: readonly TrainedPoint[]): SegueError {
  const which = others.length === 0 ? "the only grid point" : "every grid point";
  return new SegueError(`no model to keep: ${which} diverged`, {
    hint: `${first!.name}: ${first!.diverged}`,
    exitCode: 2,
    code: "diverged",
  });
}

function lossChart(points: readonly TrainedPoint[]): object {
  const values = points.flatMap((point) =>
    point.lossPerEpoch.map((loss, i) => ({ epoch: i + 1, loss, model: point.name })),
  );
  return {
    data: { values },
    mark: { type: "line", point: true },
    encoding: {
      x: { field: "epoch", type: "quantitative", title: "epoch" },
      y: { field: "loss", type: "quantitative", title: "loss", scale: { zero: false } },
      ...(points.length > 1 ? { color: { field: "model", type: "nominal", sort: null, title: null } } : {}),
    },
  };
}
