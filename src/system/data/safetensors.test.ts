/** The format as its specification has it: https://github.com/huggingface/safetensors#format */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folderOfTests } from "../files/temporary-folder.testkit.js";
import { readSafetensors, writeSafetensors } from "./safetensors.js";

const folder = folderOfTests("safetensors");
const path = join(folder, "some.safetensors");

/** A file of a header and data, put together by hand. */
function write(header: unknown, data: Uint8Array = new Uint8Array(0)): void {
  const json = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  writeFileSync(path, Buffer.concat([length, json, data]));
}
const tensor = (dtype: string, shape: unknown, data_offsets: unknown) => ({ dtype, shape, data_offsets });

describe("writing", () => {
  it("writes length, header and data, byte by byte", async () => {
    await writeSafetensors(
      path,
      {
        b: { array: Uint8Array.of(7, 8, 9) },
        m: { array: Float32Array.of(1, -2, 0.5, 0, 3, 4), shape: [2, 3] },
        d: { array: Float64Array.of(1.5) },
      },
      { made: "here" },
    );
    const header =
      '{"__metadata__":{"made":"here"},' +
      '"d":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},' +
      '"m":{"dtype":"F32","shape":[2,3],"data_offsets":[8,32]},' +
      '"b":{"dtype":"U8","shape":[3],"data_offsets":[32,35]}}';
    const padded = header.padEnd(Math.ceil(header.length / 8) * 8);
    const expected = Buffer.concat([
      Buffer.from([padded.length, 0, 0, 0, 0, 0, 0, 0]),
      Buffer.from(padded),
      Buffer.from("000000000000f83f", "hex"),
      Buffer.from("0000803f" + "000000c0" + "0000003f" + "00000000" + "00004040" + "00008040", "hex"),
      Buffer.from([7, 8, 9]),
    ]);
    expect(padded.length).toBeLessThan(256);
    expect(readFileSync(path).toString("hex")).toBe(expected.toString("hex"));
  });

  it("refuses a shape that does not match the array", async () => {
    const wrong = writeSafetensors(path, { a: { array: Float32Array.of(1, 2, 3), shape: [2, 2] } });
    await expect(wrong).rejects.toThrow("tensor a of shape [2,2] does not have 3 values");
  });
});

describe("reading", () => {
  it("accepts files of other writers: any order, unaligned data, scalars, empty tensors, no metadata", async () => {
    const data = Buffer.alloc(1 + 8 + 4);
    data[0] = 5;
    data.writeFloatLE(2.5, 1);
    data.writeFloatLE(-1, 5);
    data.writeInt32LE(-7, 9);
    write(
      {
        scalar: tensor("I32", [], [9, 13]),
        none: tensor("F64", [0, 4], [13, 13]),
        floats: tensor("F32", [2, 1], [1, 9]),
        byte: tensor("U8", [1], [0, 1]),
      },
      data,
    );
    const { tensors, metadata } = await readSafetensors(path);
    expect(metadata).toEqual({});
    expect(tensors.floats).toEqual({ array: Float32Array.of(2.5, -1), shape: [2, 1] });
    expect(tensors.scalar).toEqual({ array: Int32Array.of(-7), shape: [] });
    expect(tensors.none).toEqual({ array: new Float64Array(0), shape: [0, 4] });
    expect(tensors.byte).toEqual({ array: Uint8Array.of(5), shape: [1] });
  });

  it.each([false, true])("reads 16-bit floats as 32-bit ones, in shared memory: %s", async (shared) => {
    // Both signs, one third, the smallest above zero, the largest below infinity, and what is no number.
    const half = [0x3c00, 0xc000, 0x3555, 0x0001, 0x7bff, 0xfc00, 0x7e00, 0x8000];
    const brain = [0x3f80, 0xc000, 0x3eab, 0x0001, 0x7f7f, 0xff80, 0x7fc0, 0x8000];
    const data = Buffer.alloc(1 + 32);
    for (const [at, bits] of [...half, ...brain].entries()) data.writeUInt16LE(bits, 1 + at * 2);
    write(
      {
        b: tensor("U8", [1], [0, 1]),
        half: tensor("F16", [2, 4], [1, 17]),
        brain: tensor("BF16", [8], [17, 33]),
      },
      data,
    );
    const { tensors } = await readSafetensors(path, { shared });
    expect(tensors.half!.shape).toEqual([2, 4]);
    expect(tensors.half!.array.buffer instanceof SharedArrayBuffer).toBe(shared);
    expect(tensors.half!.array).toBeInstanceOf(Float32Array);
    expect([...tensors.half!.array]).toEqual([1, -2, 0.333251953125, 2 ** -24, 65504, -Infinity, NaN, -0]);
    const largest = (2 - 2 ** -7) * 2 ** 127;
    expect([...tensors.brain!.array]).toEqual([1, -2, 0.333984375, 2 ** -133, largest, -Infinity, NaN, -0]);
  });

  it("refuses the format's other types, and says what to do", async () => {
    write({ ids: tensor("I64", [1], [0, 8]) }, new Uint8Array(8));
    await expect(readSafetensors(path)).rejects.toMatchObject({
      code: "unsupported-type",
      message: `${path}: tensor "ids" has data type "I64", which Segue does not read`,
      hint: "Save it as one of F64, F32, I32, U32, I16, U16, I8, U8, F16, BF16.",
    });
  });

  const four = new Uint8Array(4);
  it.each<[string, unknown, Uint8Array, RegExp]>([
    ["no JSON", "{not json", four, /the header is not JSON/],
    ["a list", "[1,2]   ", four, /does not begin with "\{"/],
    ["blanks before the header", " {}", new Uint8Array(0), /does not begin with "\{"/],
    ["an unknown type", { a: tensor("F17", [2], [0, 4]) }, four, /tensor "a" has data type "F17", which/],
    ["a type that every object has", { a: tensor("toString", [1], [0, 4]) }, four, /data type "toString"/],
    ["a tensor that is none", { a: null }, four, /tensor "a" has data type undefined/],
    ["a negative size", { a: tensor("F32", [-1], [0, 4]) }, four, /tensor "a" has an invalid shape/],
    ["a broken size", { a: tensor("F32", [0.5], [0, 4]) }, four, /has an invalid shape/],
    ["offsets of one number", { a: tensor("F32", [1], [0]) }, four, /tensor "a" has invalid data_offsets/],
    ["offsets that fall", { a: tensor("F32", [1], [4, 0]) }, four, /has -4 bytes, not 4/],
    ["a shape of other bytes", { a: tensor("F32", [2], [0, 4]) }, four, /shape \[2\] has 4 bytes, not 8/],
    ["a hole at the start", { a: tensor("U8", [2], [2, 4]) }, four, /"a" begins at byte 2, not 0/],
    [
      "an overlap",
      { a: tensor("U8", [3], [0, 3]), b: tensor("U8", [2], [2, 4]) },
      four,
      /"b" begins at byte 2, not 3/,
    ],
    [
      "data too short",
      { a: tensor("F32", [2], [0, 8]) },
      four,
      /cut short: 4 bytes of data, but the header says 8/,
    ],
    ["data too long", { a: tensor("U8", [1], [0, 1]) }, four, /3 bytes too many after the data/],
    ["metadata of numbers", { __metadata__: { a: 1 } }, new Uint8Array(0), /metadata must be strings/],
  ])("refuses %s", async (_, header, data, message) => {
    write(header, data);
    await expect(readSafetensors(path)).rejects.toMatchObject({
      code: "corrupt",
      message: expect.stringMatching(message),
    });
    await expect(readSafetensors(path)).rejects.toThrow(path);
  });

  it.each([
    [Buffer.alloc(7), /7 bytes are too few for a header/],
    [Buffer.from("ffffffffffffffff", "hex"), /the header claims 18446744073709552000 bytes/],
    [Buffer.from("6400000000000000", "hex"), /ends within its header \(8 of 108 bytes\)/],
  ])("refuses the first bytes %o", async (bytes, message) => {
    writeFileSync(path, bytes);
    await expect(readSafetensors(path)).rejects.toThrow(message);
  });

  it("refuses a header that is not UTF-8, and names a file that is not there", async () => {
    writeFileSync(
      path,
      Buffer.concat([Buffer.from([4, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('{"\xff"', "latin1")]),
    );
    await expect(readSafetensors(path)).rejects.toThrow("the header is not JSON");
    await expect(readSafetensors(join(folder, "none"))).rejects.toThrow(
      /cannot use .*none: there is no such file/,
    );
  });
});
