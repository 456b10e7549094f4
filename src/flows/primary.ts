/** primary: the master table → playlist sequences by DuckDB SQL → model_input_full, train, validation, test. */
import type { CleanFacts } from "../playlists/index.js";
import { shortened } from "../system/index.js";
import { type FileArtifact, flow } from "../workflow/index.js";
import { noteUnused } from "./parameters/note-once.js";
import { primaryParameters } from "./parameters/parameters.js";
import { withOwnFiles } from "./places/own-files.js";
import { checkPlaces, placesOf } from "./places/places.js";

export const primary = flow("primary", {
  module: import.meta.url,
  description: "make sequences of the plays and split them into train, validation and test",
  parameters: primaryParameters,
  check: async ({ data, dev, ratio }, engine) => {
    await checkPlaces(data, engine);
    // Not refused: conf/local/params.yml may hold it for the times when only a sample is wanted.
    if (!dev && ratio !== primaryParameters.parse({}).ratio)
      noteUnused(["ratio"], " without dev: all playlists are taken\n  → to sample, add --dev");
  },
  preload: async () => {
    const [{ duckDb }, { preloadCharts }] = await Promise.all([
      import("../system/index.js"),
      import("../charts/index.js"),
      import("../playlists/index.js"),
      import("../analysis/index.js"),
    ]);
    await Promise.all([duckDb(), preloadCharts()]);
  },
})
  .step(
    "start",
    { description: "take the master table of the latest intermediate run", cache: false },
    async ({ client }) => {
      const source = client.flow("intermediate").latestSuccessfulRun;
      const clean = await source.artifact<CleanFacts>("clean");
      const { howToPart } = await import("../playlists/index.js");
      return {
        intermediateRun: await source.id(),
        master: await source.artifact<FileArtifact>("master"),
        // Missing in runs of earlier versions.
        howToPart: howToPart(clean),
        remedies: clean.remedies ?? [],
      };
    },
  )
  .step(
    "prepare_dataset",
    { description: "sequences, split 70/20/10" },
    async ({ parameters, artifacts, folder, progress, signal, card }) => {
      const { copiesLine, mergedNamesLines, partNames, prepareDataset } = await import(
        "../playlists/index.js"
      );
      const place = await placesOf(parameters.data);
      const { splitSeed, dev, ratio, minTracks, mergeVersions, mergeCapitals, memoryLimit } = parameters;
      const master = await artifacts.master.path();
      const { facts, tables } = await withOwnFiles(
        place("model_input_full"),
        folder,
        async (own, publish) => {
          const { files, corpora, ...facts } = await prepareDataset({
            master,
            outputFolder: own,
            seed: splitSeed,
            dev,
            ratio,
            minTracks,
            mergeVersions,
            mergeCapitals,
            howToPart: artifacts.howToPart,
            remedies: artifacts.remedies,
            memoryLimit,
            progress,
            signal,
          });
          const corpusPlace = (name: string) => `${place(name).replace(/\.parquet$/, "")}.safetensors`;
          const tables = {
            modelInputFull: await publish(files.model_input_full, place("model_input_full")),
            train: await publish(files.train, place("train")),
            validation: await publish(files.validation, place("validation")),
            test: await publish(files.test, place("test")),
            tracks: await publish(files.tracks, place("tracks")),
            fullCorpus: await publish(corpora.model_input_full, corpusPlace("model_input_full")),
            trainCorpus: await publish(corpora.train, corpusPlace("train")),
            validationCorpus: await publish(corpora.validation, corpusPlace("validation")),
            testCorpus: await publish(corpora.test, corpusPlace("test")),
          };
          return { facts, tables };
        },
      );
      console.log(
        `${facts.users} users, ${facts.tracks} tracks, ${facts.playlists} playlists, ${facts.artists} artists`,
      );
      console.log(
        `first row: ${JSON.stringify(facts.firstRow, (_, field) => (typeof field === "string" ? shortened(field) : field))}`,
      );
      console.log(
        `dropped ${facts.droppedPlaylists} playlists of fewer than ${minTracks} tracks (${facts.droppedRows} rows)`,
      );
      const { tracks, playlists } = facts.ambiguous;
      if (tracks + playlists > 0)
        console.log(
          `because of dashes in names, ${tracks} track ids and ${playlists} playlist ids each stand for more than one thing; each counts as one`,
        );
      for (const line of mergedNamesLines(facts)) console.log(line);
      const copies = copiesLine(facts);
      if (copies !== undefined) console.log(copies);
      const parts = partNames.map((part) => ({ part, ...facts.parts[part] }));
      console.log(parts.map(({ part, playlists }) => `${part} ${playlists}`).join(" · "));
      card.title("The dataset");
      card.table(parts, { caption: copies === undefined ? "The split" : `The split; ${copies}` });
      return { prepared: facts, ...tables };
    },
  )
  .step("end", { description: "how the data is distributed" }, async ({ artifacts, card, signal }) => {
    const { readCorpusFile } = await import("../corpus/index.js");
    const { analyzeCorpus, picturesOf } = await import("../analysis/index.js");
    const corpus = await readCorpusFile(await artifacts.fullCorpus.path());
    const analysis = await analyzeCorpus(corpus, { bootstrap: 0, signal });
    card.title("How the data is distributed");
    const pictures = picturesOf(corpus, analysis, "light");
    for (const [name, spec] of Object.entries(pictures)) {
      card.chart(spec, { caption: name.replaceAll("-", " ") });
    }
    console.log(`ready: ${artifacts.prepared.parts.train.playlists} playlists to train on`);
    return { pictures };
  });
