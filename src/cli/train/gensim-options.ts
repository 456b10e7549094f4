/** gensim's options that `segue train` lacks or calls differently: recognised so that the error says what to write instead. */
import { Option } from "commander";
import { misuse } from "../../system/index.js";
import { insteadOf, namesOfGensim } from "../../track2vec/options/gensim-names.js";

/** Hints that differ between the command and the library. */
const inCommands: Readonly<Record<string, string>> = {
  sentences: "Playlists are --input.",
  corpus_file: "Playlists are --input.",
  compute_loss: "Leave it out: --json always has loss_per_epoch.",
  callbacks: "Leave it out: --checkpoint keeps each epoch, --validation judges it.",
};

/**
 * One option per spelling, hidden from --help. Using one throws a SegueError (misuse).
 *
 * @param name how messages name options: "vectorSize" as "--vector-size"
 */
export function gensimOptions(name: (option: string) => string): Option[] {
  return namesOfGensim.flatMap((theirs) =>
    [...new Set([theirs, theirs.replaceAll("_", "-")])].map((spelling) =>
      new Option(`--${spelling} [value]`)
        .hideHelp()
        .preset("")
        .argParser(() => {
          throw misuse(`there is no option --${spelling}`, inCommands[theirs] ?? insteadOf(theirs, name));
        }),
    ),
  );
}
