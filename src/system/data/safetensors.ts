/**
 * Arrays in a file, in the safetensors format (https://github.com/huggingface/safetensors): eight bytes with the length of a
 * JSON header, the header, then the arrays, little-endian. Files above 2 GB work, since they are written and read in pieces. The
 * same arrays always give the same bytes.
 */
import { type FileHandle, open } from "node:fs/promises";
import { explainDiskError } from "../errors/disk-error.js";
import { SegueError } from "../errors/errors.js";
import { flushFile } from "../files/flush-file.js";
import { refusePipe } from "../files/ordinary-file.js";
import { halfFloats } from "./half-floats.js";

export type TypedArray =
  | Float32Array
  | Float64Array
  | Int32Array
  | Uint32Array
  | Uint16Array
  | Int16Array
  | Uint8Array
  | Int8Array;

export interface Tensor {
  readonly array: TypedArray;
  /** Rows first; its product is the array's length. Default: one dimension. */
  readonly shape?: readonly number[];
}

export interface Tensors {
  readonly tensors: Readonly<Record<string, Required<Tensor>>>;
  readonly metadata: Readonly<Record<string, string>>;
}

const types = {
  F64: Float64Array,
  F32: Float32Array,
  I32: Int32Array,
  U32: Uint32Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
} as const;
type DataType = keyof typeof types;
/** The types that can be read; 16-bit floats become 32-bit ones. */
type ReadType = DataType | keyof typeof halfFloats;

const readTypes = [...Object.keys(types), ...Object.keys(halfFloats)];
const isHalf = (type: ReadType): type is keyof typeof halfFloats => Object.hasOwn(halfFloats, type);
const storedAs = (type: ReadType) => (isHalf(type) ? Uint16Array : types[type]);
/** Valid types of the format that Segue does not read. */
const otherType = /^(BOOL|C64|[IU]64|F4|F6_E\dM\d|F8_E\dM\d)$/;

/** The format's own limit. */
const MOST_HEADER_BYTES = 100_000_000;
/** Node's `read` and `write` take less than 2 GiB per call. */
const PIECE_BYTES = 1 << 28;
const READ_BYTES = 1 << 23;

/**
 * Writes arrays to `path` (not atomically: wrap it in `writeAtomically`).
 *
 * @param onBytes receives every byte in order, for a checksum
 */
export async function writeSafetensors(
  path: string,
  tensors: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>> = {},
  onBytes?: (bytes: Uint8Array) => void,
): Promise<void> {
  const entries = Object.entries(tensors).map(([name, { array, shape }]) => {
    const full = shape ?? [array.length];
    if (full.reduce((product, length) => product * length, 1) !== array.length)
      throw new Error(`tensor ${name} of shape [${full}] does not have ${array.length} values`);
    return { name, array, shape: full, type: typeOf(array) };
  });
  // Wide types first, so that every array is aligned.
  entries.sort((a, b) => b.array.BYTES_PER_ELEMENT - a.array.BYTES_PER_ELEMENT || (a.name < b.name ? -1 : 1));
  const header: Record<string, unknown> = {};
  if (Object.keys(metadata).length > 0) header.__metadata__ = metadata;
  let at = 0;
  for (const { name, array, shape, type } of entries) {
    header[name] = { dtype: type, shape, data_offsets: [at, (at += array.byteLength)] };
  }
  const json = Buffer.from(JSON.stringify(header));
  const padded = Buffer.alloc(8 + Math.ceil(json.length / 8) * 8, " ");
  padded.writeBigUInt64LE(BigInt(padded.length - 8));
  json.copy(padded, 8);
  const file = await open(path, "w");
  try {
    await writeWhole(file, padded, onBytes);
    for (const { array } of entries)
      await writeWhole(file, new Uint8Array(array.buffer, array.byteOffset, array.byteLength), onBytes);
    await flushFile(file);
  } finally {
    await file.close();
  }
}

/**
 * Reads all arrays of a file; 16-bit floats (F16, BF16) as Float32Array.
 *
 * @param options.shared puts the arrays into shared memory, for worker threads
 * @param options.onBytes receives every byte in order, for a checksum
 * @throws SegueError if it is not a safetensors file, is truncated, or its header does not match its data; code
 *   "unsupported-type" if Segue does not read an array's type, "disk" if the file cannot be read
 */
export async function readSafetensors(
  path: string,
  options: { shared?: boolean; onBytes?: (bytes: Uint8Array) => void } = {},
): Promise<Tensors> {
  const bad = (what: string) =>
    new SegueError(`${path}: ${what}`, {
      code: "corrupt",
      hint: "The file is damaged or not a safetensors file.",
    });
  await refusePipe(path);
  const file = await open(path, "r").catch((error: unknown) => {
    throw explainDiskError(error, path);
  });
  try {
    const { size } = await file.stat();
    if (size < 8) throw bad(`${size} bytes are too few for a header`);
    const length = new Uint8Array(8);
    await readWhole(file, length, 0);
    const headerBytes = Number(new DataView(length.buffer).getBigUint64(0, true));
    if (headerBytes > MOST_HEADER_BYTES) throw bad(`the header claims ${headerBytes} bytes`);
    if (8 + headerBytes > size) throw bad(`it ends within its header (${size} of ${8 + headerBytes} bytes)`);
    const header = new Uint8Array(headerBytes);
    await readWhole(file, header, 8);
    options.onBytes?.(length);
    options.onBytes?.(header);
    const { entries, metadata, dataBytes } = parseHeader(header, path, bad);
    const held = size - 8 - headerBytes;
    if (held < dataBytes) throw bad(`cut short: ${held} bytes of data, but the header says ${dataBytes}`);
    if (held > dataBytes) throw bad(`${held - dataBytes} bytes too many after the data`);
    const buffer = options.shared ? new SharedArrayBuffer(dataBytes) : new ArrayBuffer(dataBytes);
    await readWhole(file, new Uint8Array(buffer), 8 + headerBytes, options.onBytes);
    const tensors: Record<string, Required<Tensor>> = {};
    for (const { name, type, shape, from, to } of entries) {
      const Type = storedAs(type);
      const length = (to - from) / Type.BYTES_PER_ELEMENT;
      const stored =
        from % Type.BYTES_PER_ELEMENT === 0
          ? new Type(buffer as ArrayBuffer, from, length)
          : new Type((buffer as ArrayBuffer).slice(from, to));
      tensors[name] = { array: isHalf(type) ? widened(type, stored, options.shared) : stored, shape };
    }
    return { tensors, metadata };
  } catch (error) {
    throw explainDiskError(error, path);
  } finally {
    await file.close();
  }
}

function widened(type: keyof typeof halfFloats, stored: TypedArray, shared = false): Float32Array {
  const bytes = stored.length * Float32Array.BYTES_PER_ELEMENT;
  const floats = new Float32Array(
    (shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes)) as ArrayBuffer,
  );
  halfFloats[type](stored as Uint16Array, floats);
  return floats;
}

interface Entry {
  name: string;
  type: ReadType;
  shape: number[];
  from: number;
  to: number;
}

function parseHeader(bytes: Uint8Array, path: string, bad: (what: string) => SegueError) {
  // The format requires this; a JSON parser would accept leading whitespace.
  if (bytes[0] !== 0x7b) throw bad('the header does not begin with "{"');
  let header: Record<string, unknown>;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw bad("the header is not JSON");
  }
  const entries: Entry[] = [];
  for (const [name, value] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
    if (!(typeof dtype === "string" && readTypes.includes(dtype))) {
      const what = `tensor "${name}" has data type ${JSON.stringify(dtype)}`;
      if (typeof dtype !== "string" || !otherType.test(dtype)) throw bad(`${what}, which does not exist`);
      throw new SegueError(`${path}: ${what}, which Segue does not read`, {
        code: "unsupported-type",
        hint: `Save it as one of ${readTypes.join(", ")}.`,
      });
    }
    const type = dtype as ReadType;
    const isSize = (length: unknown) => Number.isSafeInteger(length) && (length as number) >= 0;
    if (!(Array.isArray(shape) && shape.every(isSize))) throw bad(`tensor "${name}" has an invalid shape`);
    if (!(Array.isArray(offsets) && offsets.length === 2 && offsets.every(isSize)))
      throw bad(`tensor "${name}" has invalid data_offsets`);
    const [from, to] = offsets as [number, number];
    const needed =
      shape.reduce((product: number, length: number) => product * length, 1) *
      storedAs(type).BYTES_PER_ELEMENT;
    if (to - from !== needed)
      throw bad(`tensor "${name}" of shape [${shape}] has ${to - from} bytes, not ${needed}`);
    entries.push({ name, type, shape: shape as number[], from, to });
  }
  entries.sort((a, b) => a.from - b.from || a.to - b.to);
  let dataBytes = 0;
  for (const { name, from, to } of entries) {
    if (from !== dataBytes) throw bad(`tensor "${name}" begins at byte ${from}, not ${dataBytes}`);
    dataBytes = to;
  }
  const metadata = (header.__metadata__ ?? {}) as Record<string, unknown>;
  if (typeof metadata !== "object" || Object.values(metadata).some((value) => typeof value !== "string"))
    throw bad("its metadata must be strings by name");
  return { entries, metadata: metadata as Record<string, string>, dataBytes };
}

function typeOf(array: TypedArray): DataType {
  return (Object.keys(types) as DataType[]).find((type) => array instanceof types[type])!;
}

/** Calls `onBytes` while the piece is being written, so that the disk and the checksum work in parallel. */
async function writeWhole(
  file: FileHandle,
  bytes: Uint8Array,
  onBytes?: (bytes: Uint8Array) => void,
): Promise<void> {
  for (let from = 0; from < bytes.length; from += PIECE_BYTES) {
    const end = Math.min(from + PIECE_BYTES, bytes.length);
    const writing = writePiece(file, bytes, from, end);
    onBytes?.(bytes.subarray(from, end));
    await writing;
  }
}

async function writePiece(file: FileHandle, bytes: Uint8Array, from: number, end: number): Promise<void> {
  for (let at = from; at < end; ) {
    const { bytesWritten } = await file.write(bytes, at, end - at);
    at += bytesWritten;
  }
}

/** Reads one piece ahead of `onBytes`, so that the disk and the checksum work in parallel. */
async function readWhole(
  file: FileHandle,
  into: Uint8Array,
  position: number,
  onBytes?: (bytes: Uint8Array) => void,
): Promise<void> {
  const readPiece = async (from: number) => {
    const end = Math.min(from + READ_BYTES, into.length);
    for (let at = from; at < end; ) {
      const { bytesRead } = await file.read(into, at, end - at, position + at);
      if (bytesRead === 0) throw new SegueError("the file became shorter while being read");
      at += bytesRead;
    }
    return end;
  };
  let from = 0;
  let reading = readPiece(0);
  while (from < into.length) {
    const end = await reading;
    reading = end < into.length ? readPiece(end) : Promise.resolve(end);
    onBytes?.(into.subarray(from, end));
    from = end;
  }
}
