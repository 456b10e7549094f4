/** Typed arrays as NumPy's .npy files (format 1.0, one dimension, little-endian), which Python, Julia, R and Rust read. */

export type TypedArray =
  | Float64Array
  | Float32Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array
  | BigInt64Array
  | BigUint64Array;

const types = {
  "<f8": Float64Array,
  "<f4": Float32Array,
  "<i4": Int32Array,
  "<u4": Uint32Array,
  "<i2": Int16Array,
  "<u2": Uint16Array,
  "|i1": Int8Array,
  "|u1": Uint8Array,
  "<i8": BigInt64Array,
  "<u8": BigUint64Array,
} as const;

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0];

/** Excludes subclasses such as Buffer: their class would be lost. */
export function isTypedArray(value: unknown): value is TypedArray {
  return Object.values(types).some((type) => value instanceof type && value.constructor === type);
}

/** Encodes an array as the bytes of a .npy file. */
export function toNpy(array: TypedArray): Uint8Array {
  const descr = Object.entries(types).find(([, type]) => array instanceof type)![0];
  const dictionary = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${array.length},), }`;
  // The header ends with a newline and is padded so that the data starts at a multiple of 64.
  const padded = `${dictionary.padEnd(Math.ceil((10 + dictionary.length + 1) / 64) * 64 - 10 - 1)}\n`;
  const file = new Uint8Array(10 + padded.length + array.byteLength);
  file.set(magic);
  new DataView(file.buffer).setUint16(8, padded.length, true);
  file.set(new TextEncoder().encode(padded), 10);
  file.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), 10 + padded.length);
  return file;
}

/** Decodes a .npy file. @throws Error if the bytes are not such a file, or are truncated. */
export function fromNpy(file: Uint8Array): TypedArray {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (magic.some((byte, i) => file[i] !== byte)) throw new Error("not a .npy file of format 1.0");
  const start = 10 + view.getUint16(8, true);
  const header = new TextDecoder().decode(file.subarray(10, start));
  const type = types[/'descr': '([^']+)'/.exec(header)?.[1] as keyof typeof types];
  const length = Number(/'shape': \((\d+),\)/.exec(header)?.[1]);
  if (!type || Number.isNaN(length)) throw new Error(`cannot read this .npy header: ${header.trim()}`);
  // A copy, aligned for any type; slice() of a Buffer would not copy.
  const bytes = new Uint8Array(file.subarray(start));
  if (bytes.byteLength !== length * type.BYTES_PER_ELEMENT) throw new Error("the .npy file is cut short");
  return new type(bytes.buffer, 0, length);
}
