/** Every verb, in the order in which `segue --help` shows them. A verb is one file with one `register` function. */
import { Command } from "commander";
import { packageVersion } from "../system/index.js";
import { printable } from "../workflow/terminal/text/printable.js";
import { registerAnalyze } from "./analyze.js";
import { registerBench } from "./bench.js";
import { registerCard } from "./card.js";
import { registerCheck } from "./check.js";
import { registerDownload } from "./download.js";
import { registerDump } from "./dump.js";
import { registerEvaluate } from "./evaluate.js";
import { registerExport } from "./export.js";
import { registerGc } from "./gc.js";
import { registerHelp } from "./help.js";
import { registerLogs } from "./logs.js";
import { refuseEmptyPaths } from "./options/empty-paths.js";
import { registerRecommend } from "./recommend.js";
import { registerResume } from "./resume.js";
import { registerRun } from "./run.js";
import { registerRuns } from "./runs.js";
import { registerSample } from "./sample.js";
import { registerServe } from "./serve.js";
import { registerShow } from "./show.js";
import { registerStudio } from "./studio.js";
import { registerTrain } from "./train.js";
import { registerWorker } from "./worker.js";

const verbs: ReadonlyArray<(program: Command) => void> = [
  registerRun,
  registerSample,
  registerTrain,
  registerDownload,
  registerAnalyze,
  registerStudio,
  registerEvaluate,
  registerServe,
  registerExport,
  registerRecommend,
  registerResume,
  registerRuns,
  registerShow,
  registerLogs,
  registerDump,
  registerCard,
  registerCheck,
  registerGc,
  registerWorker,
  registerBench,
  registerHelp,
];

export function createProgram(): Command {
  const program = new Command("segue")
    .description("What should play next? From raw playlists to a live, checked recommendation endpoint.")
    .version(packageVersion())
    .showHelpAfterError("(add --help for the options and an example)")
    .showSuggestionAfterError(true)
    .helpCommand(false)
    // What is typed may be a name out of a file.
    .configureOutput({ writeErr: (text) => process.stderr.write(printable(text)) })
    .enablePositionalOptions()
    .exitOverride()
    .hook("preAction", (_, command) => refuseEmptyPaths(command));
  for (const register of verbs) register(program);
  return program;
}
