/** `segue train`: track vectors alone, from playlists to a file. */
import type { Command } from "commander";
import type { Corpus } from "../corpus/index.js";
import type { EpochReport, Validation } from "../track2vec/index.js";
import { ofOption } from "./options/of-option.js";
import { rawFileOptions } from "./playlists/raw-files.js";
import { interruptible } from "./terminal/interruptible.js";
import { terminalProgress } from "./terminal/terminal-progress.js";
import { checkedFormat, checkedInputs, refuseValidation } from "./train/train-checks.js";
import { addTrainOptions, settingsOf, type TrainFlags, wording } from "./train/train-options.js";
import {
  alreadyFinished,
  figuresOf,
  howToResume,
  nothingLearnt,
  trainingText,
} from "./train/training-text.js";

export function registerTrain(program: Command): void {
  addTrainOptions(program.command("train"))
    .description("learn track vectors from playlists (word2vec, with gensim's options)")
    .addHelpText(
      "after",
      `
A line of sequences:      {"playlist_id": "p1", "tracks": ["Artist-Track", …]}
A line of --validation:   {"context": ["Artist-Track", …], "next": "Artist-Track"}
Raw files are cleaned as in the intermediate and primary flows; the output says what is left out.

Examples:
  segue train --input playlists.jsonl.gz --sg 1 --epochs 30 --output vectors.bin --json
  segue train --input playlists.csv --validation 0.1 --checkpoint half.safetensors --output vectors.safetensors
  segue train --input mine.csv --columns artist=performer,track=song,playlist=list --output vectors.bin
  segue train --input news.jsonl --from vectors.safetensors --output vectors2.safetensors`,
    )
    .action(train);
}

async function train(options: TrainFlags, command: Command): Promise<void> {
  const { checkWord2VecOptions, loadVectors, saveVectors, startThreads, trainTrack2Vec } = await import(
    "../track2vec/index.js"
  );
  const { readPlaylists } = await import("./playlists/read-playlists.js");
  refuseValidation(options, command);
  const format = await checkedFormat(options);
  const inputs = await checkedInputs(options);
  const settings = settingsOf(options);
  checkWord2VecOptions(settings, [], wording);
  startThreads(settings.threads);
  const { progress, clear, tell } = terminalProgress();
  let ended = 0;
  const work = async (signal: AbortSignal) => {
    const from =
      options.from === undefined ? undefined : await ofOption("--from", () => loadVectors(options.from!));
    const { minTracks } = options;
    const reading = { progress, signal, tell, minTracks, ...rawFileOptions(options) };
    // Not assigned to a variable: the held-out playlists would be in memory twice.
    const { trained, validation } = await validationOf(await readPlaylists(inputs, reading), options, signal);
    const result = await trainTrack2Vec(trained, {
      ...settings,
      vectorSize: settings.vectorSize ?? from?.size ?? 48,
      from,
      validation,
      // Only with a checkpoint, since with `onEpoch` the threads wait after each epoch.
      ...(options.checkpoint && {
        checkpoint: options.checkpoint,
        onEpoch: ({ epoch }: EpochReport) => {
          ended = epoch;
          return undefined;
        },
      }),
      resume: options.resume || undefined,
      progress,
      signal,
      wording,
    });
    await saveVectors(result.vectors, options.output, format);
    clear();
    const { resume, output } = options;
    if (resume !== undefined && result.epochs === result.resumedEpochs)
      tell(alreadyFinished({ resume, output }, result));
    if (result.lossPerEpoch.every((loss) => loss === 0)) tell(nothingLearnt(settings.sample));
    const figures = figuresOf(result, {
      isValidated: validation !== undefined,
      isResumed: resume !== undefined,
    });
    if (options.json) console.log(JSON.stringify(figures));
    else console.log(trainingText(figures, result, options.output));
  };
  await interruptible(
    (signal) => work(signal).finally(clear),
    () => howToResume(options, ended),
  );
}

/** The validation, if any, and the playlists left to train on. */
async function validationOf(
  corpus: Corpus,
  { validation: told, validationK: k, patience, seed }: TrainFlags,
  signal: AbortSignal,
): Promise<{ trained: Corpus; validation?: Validation }> {
  if (told === undefined) return { trained: corpus };
  const share = Number(told);
  if (Number.isNaN(share)) {
    const { readQueries } = await import("../corpus/index.js");
    const queries = await ofOption("--validation", () => readQueries(told, { signal }));
    return { trained: corpus, validation: { k, patience, queries } };
  }
  const { holdBack } = await import("../track2vec/index.js");
  const { rest, queries } = holdBack(corpus, share, seed);
  return { trained: rest, validation: { k, patience, queries } };
}
