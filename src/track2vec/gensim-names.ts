/** What gensim's parameters are called here, for whom writes them as there. */
import { misuse } from "../system/index.js";

/** Of those that have no option of their own, and of two that gensim 4 renamed. */
const instead: Readonly<Record<string, string>> = {
  sentences: "Playlists or sentences are the first argument.",
  corpus_file: "Playlists are the first argument; readSequences reads a file of them.",
  size: "It is vectorSize.",
  iter: "It is epochs.",
  max_vocab_size: "Nothing is pruned while tracks are counted; maxFinalVocab limits how many are kept.",
  hashfxn: "Leave it out: vectors start from seed and row alone.",
  null_word: "Leave it out: nothing pads.",
  trim_rule: "Leave tracks out of the playlists that you give.",
  sorted_vocab: "Leave it out: the vocabulary is always in order of falling count.",
  batch_words: "Leave it out: chunks have about 256 plays.",
  compute_loss: "Leave it out: the result always has lossPerEpoch.",
  callbacks: "onEpoch is called after each epoch.",
  comment: "Leave it out: nothing is kept of it.",
};

/** @throws SegueError (misuse) where an option is one of gensim's that there is not here, in snake_case or camelCase */
export function requireNotGensims(given: object): void {
  for (const name of Object.keys(given)) {
    const theirs = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    if (Object.hasOwn(instead, theirs)) throw misuse(`there is no option ${name}`, instead[theirs]);
  }
}
