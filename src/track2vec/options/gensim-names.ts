/** What to use instead of gensim's parameter names. */
import { misuse } from "../../system/index.js";
import type { Wording } from "./wording.js";

type OptionName = Wording["option"];

const olderName = (older: string, name: string) => (option: OptionName) =>
  `${option(older)} is gensim's older name of ${option(name)}.`;
const always = (text: string) => () => text;

/** For parameters without a matching option, and for two that gensim 4 renamed. */
const instead: Readonly<Record<string, (option: OptionName) => string>> = {
  sentences: always("Playlists or sentences are the first argument."),
  corpus_file: always("Playlists are the first argument; readSequences reads a file of them."),
  size: olderName("size", "vectorSize"),
  iter: olderName("iter", "epochs"),
  max_vocab_size: (option) =>
    `Nothing is pruned while tracks are counted; ${option("maxFinalVocab")} limits how many are kept.`,
  hashfxn: always("Leave it out: vectors start from seed and row alone."),
  null_word: always("Leave it out: nothing pads."),
  trim_rule: always("Leave tracks out of the playlists that you give."),
  sorted_vocab: always("Leave it out: the vocabulary is always in order of falling count."),
  batch_words: always("Leave it out: chunks have about 256 plays."),
  compute_loss: always("Leave it out: the result always has lossPerEpoch."),
  callbacks: always("onEpoch is called after each epoch."),
  comment: always("Leave it out: nothing is kept of it."),
};

/** gensim's parameters that are not options here, in gensim's spelling: "max_vocab_size". */
export const namesOfGensim: readonly string[] = Object.keys(instead);

/**
 * The hint for a parameter of gensim that is not an option here.
 *
 * @param name one of `namesOfGensim`; any other returns undefined
 * @param option how messages name options
 */
export function insteadOf(name: string, option: OptionName): string | undefined {
  return Object.hasOwn(instead, name) ? instead[name]!(option) : undefined;
}

/** @throws SegueError (misuse) if an option is one of `namesOfGensim`, in snake_case or camelCase */
export function requireNotGensims(given: object, option: OptionName): void {
  for (const name of Object.keys(given)) {
    const hint = insteadOf(
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      option,
    );
    if (hint !== undefined) throw misuse(`there is no option ${option(name)}`, hint);
  }
}
