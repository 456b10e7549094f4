/** gensim's options that `segue train` has not, or by another name: known to it so that it can say what to write instead. */
import { Option } from "commander";
import { misuse } from "../system/index.js";
import { insteadOf, namesOfGensim } from "../track2vec/gensim-names.js";

/** Of those that a command does otherwise than code. */
const inCommands: Readonly<Record<string, string>> = {
  sentences: "Playlists are --input.",
  corpus_file: "Playlists are --input.",
  compute_loss: "Leave it out: --json always has loss_per_epoch.",
  callbacks: "Leave it out: --checkpoint keeps each epoch, --validation judges it.",
};

/**
 * One for each spelling, hidden from --help. To use one is misuse.
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
