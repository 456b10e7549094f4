/**
 * Writes protobuf's wire format (https://protobuf.dev/programming-guides/encoding/). A message is a list of pieces, so that large arrays
 * are written to a file without being copied.
 */
import { type FileHandle, open } from "node:fs/promises";
import { flushFile } from "../../system/index.js";

export interface Message {
  readonly pieces: readonly Uint8Array[];
  readonly bytes: number;
}

const VARINT = 0;
const LENGTH = 2;
/** `write` accepts less than 2 GiB at a time. */
const WRITE_BYTES = 1 << 28;

export function message(...fields: readonly Message[]): Message {
  return {
    pieces: fields.flatMap((field) => field.pieces),
    bytes: fields.reduce((sum, field) => sum + field.bytes, 0),
  };
}

/** An integer, enum or boolean field; negative numbers as two's complement of 64 bits. */
export function int(field: number, value: number | bigint | boolean): Message {
  return whole([...varint(BigInt(field * 8 + VARINT)), ...varint(BigInt.asUintN(64, BigInt(value)))]);
}

/** A string or bytes field. */
export function bytes(field: number, value: string | Uint8Array): Message {
  const held = typeof value === "string" ? Buffer.from(value) : value;
  return within(field, { pieces: [held], bytes: held.byteLength });
}

/** A field that is a message itself. */
export function within(field: number, value: Message): Message {
  const head = Uint8Array.from([...varint(BigInt(field * 8 + LENGTH)), ...varint(BigInt(value.bytes))]);
  return { pieces: [head, ...value.pieces], bytes: head.length + value.bytes };
}

/** A repeated string field, as a single piece. */
export function strings(field: number, values: readonly string[]): Message {
  const tag = varint(BigInt(field * 8 + LENGTH));
  const lengths = values.map((value) => Buffer.byteLength(value));
  const most = lengths.reduce((sum, length) => sum + length + tag.length + 5, 0);
  const held = Buffer.allocUnsafe(most);
  let at = 0;
  values.forEach((value, i) => {
    for (const byte of tag) held[at++] = byte;
    for (const byte of varint(BigInt(lengths[i]!))) held[at++] = byte;
    at += held.write(value, at);
  });
  return { pieces: [held.subarray(0, at)], bytes: at };
}

/** A repeated integer field in packed form. */
export function packedInts(field: number, values: readonly number[]): Message {
  return bytes(field, Uint8Array.from(values.flatMap((value) => varint(BigInt.asUintN(64, BigInt(value))))));
}

/** The memory of a typed array; little-endian, as on all machines that Node supports. */
export function rawBytes(array: Float32Array | BigInt64Array | Int32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

export async function writeMessage(path: string, { pieces }: Message): Promise<void> {
  const file = await open(path, "w");
  try {
    await writePieces(file, pieces);
    await flushFile(file);
  } finally {
    await file.close();
  }
}

async function writePieces(file: FileHandle, pieces: readonly Uint8Array[]): Promise<void> {
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      const { bytesWritten } = await file.write(piece, at, Math.min(WRITE_BYTES, piece.length - at));
      at += bytesWritten;
    }
  }
}

function varint(value: bigint): number[] {
  const out: number[] = [];
  for (; value > 127n; value >>= 7n) out.push(Number(value & 127n) | 128);
  out.push(Number(value));
  return out;
}

function whole(values: readonly number[]): Message {
  return { pieces: [Uint8Array.from(values)], bytes: values.length };
}
