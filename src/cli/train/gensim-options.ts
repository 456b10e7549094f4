/** gensim's options that `segue train` lacks or calls differently: recognised so that the error says what to write instead. */
import { insteadOf, namesOfGensim } from "../../track2vec/options/gensim-names.js";

/** Hints that differ between the command and the library. */
const inCommands: Readonly<Record<string, string>> = {
  sentences: "Playlists are --input.",
  corpus_file: "Playlists are --input.",
  compute_loss: "Leave it out: --json always has loss_per_epoch.",
  callbacks: "Leave it out: --checkpoint keeps each epoch, --validation judges it.",
};

/**
 * What to write instead, by every spelling of the name; for `addOtherNames`.
 *
 * @param name how messages name options: "vectorSize" as "--vector-size"
 */
export function insteadOfGensims(name: (option: string) => string): Record<string, string> {
  const hints: Record<string, string> = {};
  for (const theirs of namesOfGensim)
    for (const spelling of [theirs, theirs.replaceAll("_", "-")])
      hints[spelling] = inCommands[theirs] ?? insteadOf(theirs, name)!;
  return hints;
}
