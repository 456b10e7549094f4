/** Argument checks for plain JavaScript callers, who may pass a path, or a promise without `await`. */
import { asWritten, misuse } from "../system/index.js";
import type { Catalogue, Corpus } from "./corpus.js";
import type { Query } from "./files/sequences-file.js";

/**
 * @param of the caller, for the message: "holdOut"
 * @throws SegueError (misuse) if it is not a corpus
 */
export function requireCorpus(corpus: Corpus, of: string): void {
  const given: Partial<Corpus> | undefined = corpus;
  if (Array.isArray(given?.tracks) && ArrayBuffer.isView(given.items) && ArrayBuffer.isView(given.offsets))
    return;
  throw misuse(
    `${of} needs a corpus`,
    'write await readSequences("playlists.jsonl"), or make one with CorpusBuilder',
  );
}

/**
 * @param of the caller, for the message: "holdOut"
 * @throws SegueError (misuse) if it is not a catalogue
 */
export function requireCatalogue(catalogue: Catalogue, of: string): void {
  if (Array.isArray((catalogue as Partial<Catalogue> | undefined)?.tracks)) return;
  throw misuse(
    `${of} needs a catalogue`,
    "give the corpus that the recommender was fitted on, or its bundle's",
  );
}

/**
 * @param of the caller, for the message: "twinSwap"
 * @throws SegueError (misuse) if it is not a list; names the first entry that is not a query
 */
export function requireQueries(queries: readonly Query[], of: string): void {
  const hint = 'a query is { context: ["Artist-Track", …], next: "Artist-Track" }; context may be []';
  if (!Array.isArray(queries)) throw misuse(`${of} needs a list of queries, got ${asWritten(queries)}`, hint);
  const wrong = queries.findIndex(
    (query: Query | undefined) => !Array.isArray(query?.context) || typeof query.next !== "string",
  );
  if (wrong >= 0)
    throw misuse(`queries[${wrong}] of ${of} is not a query: ${asWritten(queries[wrong])}`, hint);
}
