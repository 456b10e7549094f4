/** A path, or a promise that nobody waited for, is no corpus; in plain JavaScript it could pass for one. */
import { misuse } from "../system/index.js";
import type { Corpus } from "./corpus.js";

/**
 * @param of what wants it, for the message
 * @throws SegueError (misuse) where it is none
 */
export function requireCorpus(corpus: Corpus, of: string): void {
  const given: Partial<Corpus> | undefined = corpus;
  if (given?.tracks !== undefined && given.items !== undefined && given.offsets !== undefined) return;
  throw misuse(
    `${of} wants a corpus`,
    'write await readSequences("playlists.jsonl"), or make one with CorpusBuilder',
  );
}
