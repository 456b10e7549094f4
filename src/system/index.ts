/** What every room uses: errors, files, randomness, progress. Knows nothing of playlists or models. */
export { requireKnown, requireObject, requireOptions } from "./arguments/known-options.js";
export { closest, didYouMean } from "./arguments/nearest.js";
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
} from "./arguments/value-range.js";
export { besideUrl, distPath, packageRoot, packageVersion, readKernel } from "./assets.js";
export { countsOf } from "./counts-of.js";
export {
  type Database,
  type DuckDbOptions,
  duckDb,
  memoryAmount,
  parquetDamage,
  uintColumn,
  withDuckDb,
} from "./data/duckdb.js";
export { type PackedStrings, packStrings, pickStrings, unpackStrings } from "./data/packed-strings.js";
export { ByteColumn, ParquetWriter } from "./data/parquet-writer.js";
export {
  readSafetensors,
  type Tensor,
  type Tensors,
  type TypedArray,
  writeSafetensors,
} from "./data/safetensors.js";
export { fillSql, sqlName, sqlParquet, sqlPath, sqlString, sqlText } from "./data/sql-text.js";
export { explainDiskError } from "./errors/disk-error.js";
export { type ErrorData, errorData, errorFrom, isSegueError } from "./errors/error-data.js";
export { errorAbout, messageOf, misuse, SegueError } from "./errors/errors.js";
export {
  isUnfinished,
  moveIntoPlace,
  temporaryBeside,
  writeAtomically,
  writeFileAtomic,
  writeNewFile,
} from "./files/atomic-file.js";
export { checkOutput } from "./files/check-output.js";
export { type ConfFile, readConfFile } from "./files/conf-file.js";
export { flushFile } from "./files/flush-file.js";
export { isGzip } from "./files/gzip.js";
export { isLeftOver, ownerMark, sweepLeftovers, thisMachine } from "./files/leftovers.js";
export { makeFolder } from "./files/make-folder.js";
export { notTwice, refusePipe } from "./files/ordinary-file.js";
export { sha256Of } from "./files/sha256.js";
export { refuseTemporary, removeTemporary, temporaryFolder } from "./files/temporary-folder.js";
export { usableCores, usableMemory } from "./machine/machine.js";
export { peakRssMb } from "./machine/memory.js";
export { loadNative } from "./machine/native.js";
export { bornOf, exitCodeOf, isAlive, memoryFlags } from "./machine/processes.js";
export { ownThread } from "./machine/thread.js";
export { growMemory, type WasmMemory, type WasmModule, wasmMemory } from "./machine/wasm-memory.js";
export { orderByCount } from "./order-by-count.js";
export { type Progress, type ProgressReport, silent, throttled } from "./progress.js";
export { Random } from "./random.js";
export { remembered } from "./remembered.js";
export { settleBoth } from "./settle-both.js";
export { atOnce, blocks, copySteps, inSlices, type Steps, Turns, untilAborted } from "./slices.js";
export { editDistance } from "./text/edit-distance.js";
export { escapeHtml } from "./text/escape-html.js";
export { longestNormalized, normalized } from "./text/normalized.js";
export { firstTen, quoted, shortened } from "./text/quoted.js";
export { shellWord } from "./text/shell-word.js";
export {
  type Head,
  type Line,
  lineBlocks,
  longestText,
  type NamedFile,
  readHead,
  standardInput,
  type TextSource,
  textChunks,
} from "./text/text-source.js";
export { cut, textWidth } from "./text/text-width.js";
