/** What every room uses: errors, files, randomness, progress. Knows nothing of playlists or models. */
export { besideUrl, distPath, packageRoot, packageVersion, readKernel } from "./assets.js";
export {
  isUnfinished,
  moveIntoPlace,
  temporaryBeside,
  writeAtomically,
  writeFileAtomic,
  writeNewFile,
} from "./atomic-file.js";
export { checkOutput } from "./check-output.js";
export { type ConfFile, readConfFile } from "./conf-file.js";
export { explainDiskError } from "./disk-error.js";
export {
  type Database,
  type DuckDbOptions,
  memoryAmount,
  parquetDamage,
  preloadDuckDb,
  uintColumn,
  withDuckDb,
} from "./duckdb.js";
export { editDistance } from "./edit-distance.js";
export { type ErrorData, errorData, errorFrom, isSegueError } from "./error-data.js";
export { errorAbout, messageOf, misuse, SegueError } from "./errors.js";
export { escapeHtml } from "./escape-html.js";
export { isGzip } from "./gzip.js";
export { requireKnown, requireObject, requireOptions } from "./known-options.js";
export { isLeftOver, ownerMark, sweepLeftovers, thisMachine } from "./leftovers.js";
export { usableCores, usableMemory } from "./machine.js";
export { makeFolder } from "./make-folder.js";
export { peakRssMb } from "./memory.js";
export { closest, didYouMean } from "./nearest.js";
export { longestNormalized, normalized } from "./normalized.js";
export { orderByCount } from "./order-by-count.js";
export { notTwice, refusePipe } from "./ordinary-file.js";
export { type PackedStrings, packStrings, pickStrings, unpackStrings } from "./packed-strings.js";
export { ByteColumn, ParquetWriter } from "./parquet-writer.js";
export { bornOf, exitCodeOf, isAlive, memoryFlags } from "./processes.js";
export { type Progress, type ProgressReport, silent, throttled } from "./progress.js";
export { firstTen, quoted, shortened } from "./quoted.js";
export { Random } from "./random.js";
export { remembered } from "./remembered.js";
export {
  readSafetensors,
  type Tensor,
  type Tensors,
  type TypedArray,
  writeSafetensors,
} from "./safetensors.js";
export { settleBoth } from "./settle-both.js";
export { sha256Of } from "./sha256.js";
export { shellWord } from "./shell-word.js";
export { atOnce, blocks, copySteps, inSlices, type Steps, Turns, untilAborted } from "./slices.js";
export { fillSql, sqlName, sqlPath, sqlString } from "./sql-text.js";
export { refuseTemporary, temporaryFolder } from "./temporary-folder.js";
export {
  type Head,
  type Line,
  lineBlocks,
  longestText,
  type NamedFile,
  readHead,
  type TextSource,
  textChunks,
} from "./text-source.js";
export { cut, textWidth } from "./text-width.js";
export { ownThread } from "./thread.js";
export {
  aFunction,
  aPath,
  aSignal,
  asWritten,
  besideWork,
  isUrl,
  listOf,
  longestTimer,
  numberWithin,
  oneOf,
  requireWithin,
  seeds,
  someText,
  thingWith,
  trueOrFalse,
  type ValueRange,
  wholeNumber,
} from "./value-range.js";
export { growMemory, wasmMemory } from "./wasm-memory.js";
