/** What each format says of each kind of damage: the file, what is wrong, and where. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folderOfTests } from "../../system/files/temporary-folder.testkit.js";
import { type Tensor, withDuckDb, writeSafetensors } from "../../system/index.js";
import { TrackVectors } from "../vectors/vectors.js";
import { loadVectors, saveVectors, type VectorFormat, vectorFormats } from "./index.js";

const folder = folderOfTests("loading");
const path = join(folder, "vectors");

const binary = (...parts: (string | number[])[]) =>
  writeFileSync(
    path,
    Buffer.concat(
      parts.map((part) =>
        typeof part === "string" ? Buffer.from(part, "latin1") : Buffer.from(Float32Array.from(part).buffer),
      ),
    ),
  );
const text = (lines: string) => writeFileSync(path, lines, "latin1");
const parquet = (select: string) =>
  withDuckDb({}, async (database) => {
    await database.run(`COPY (${select}) TO '${path}' (FORMAT parquet)`);
  });

/** The tensors of tracks "a" and "b" with two dimensions, some of them replaced or left out. */
const tensors = (other: Record<string, Tensor | undefined> = {}) => {
  const whole: Record<string, Tensor | undefined> = {
    vectors: { array: Float32Array.of(1, 2, 3, 4), shape: [2, 2] },
    "tracks.text": { array: Uint8Array.of(97, 98) },
    "tracks.ends": { array: Uint32Array.of(1, 2) },
    ...other,
  };
  const given = Object.entries(whole).filter((entry): entry is [string, Tensor] => entry[1] !== undefined);
  return writeSafetensors(path, Object.fromEntries(given));
};
const cut = async (format: VectorFormat) => {
  const tracks = ["a", "b"];
  await saveVectors(
    new TrackVectors({ tracks, size: 2, vectors: Float32Array.of(1, 2, 3, 4) }),
    path,
    format,
  );
  const whole = readFileSync(path);
  writeFileSync(path, whole.subarray(0, whole.length - 5));
};
/** The list of columns stays whole. */
const damageRows = async () => {
  const tracks = Array.from({ length: 500 }, (_, row) => `track ${row % 250} of ${row}`);
  await saveVectors(new TrackVectors({ tracks, size: 1, vectors: new Float32Array(500) }), path, "parquet");
  const whole = readFileSync(path);
  writeFileSync(path, whole.fill(0xff, 40, 60));
};
const rows = (...values: string[]) =>
  `SELECT * FROM (VALUES ${values.join(", ")}) AS t(track, "count", vector)`;
const floats = (list: string) => `${list}::FLOAT[]`;

type Case = readonly [damage: string, write: () => unknown, message: RegExp];
const cases: Record<VectorFormat, readonly Case[]> = {
  "word2vec-binary": [
    ["an empty file", () => binary(""), /the first line is not "<tracks> <dimensions>" but ""/],
    ["another format", () => binary("PAR1....\n"), /the first line is not .* but "PAR1\.\.\.\."/],
    ["no dimensions", () => binary("1 0\n", "a "), /the first line is not/],
    [
      "a cut",
      () => cut("word2vec-binary"),
      /cut short: 2 tracks of 2 dimensions need at least 18 bytes, 15 are/,
    ],
    [
      "a cut that longer keys hide",
      () => binary("2 2\n", "abcdefghij ", [1, 2], "b ", [3]),
      /cut short in row 2 of 2, which begins at byte 23/,
    ],
    [
      "a row without a key",
      () => binary("2 2\n", "abcdefghijklmnop ", [1, 2], "bb"),
      /no key where row 2 of 2 should begin, at byte 29/,
    ],
    [
      "bytes too many",
      () => binary("1 2\n", "a ", [1, 2], "b ", [3]),
      /6 bytes too many at byte 14, after the 1 tracks/,
    ],
    [
      "a wrong size",
      () => binary("2 1\n", "a ", [1, 2], "b ", [3, 4]),
      /bytes too many|is not finite|UTF-8|twice/,
    ],
    [
      "NaN",
      () => binary("2 2\n", "a ", [1, 2], "b ", [3, Number.NaN]),
      /row 2: value 2 of the vector of track "b" is NaN, which is not finite/,
    ],
    [
      "infinity",
      () => binary("1 1\n", "a ", [-Infinity]),
      /row 1: value 1 .* "a" is -Infinity, which is not finite/,
    ],
    ["a track twice", () => binary("2 1\n", "a ", [1], "a ", [2]), /track "a" occurs twice: row 1 and row 2/],
    [
      "keys that are not UTF-8",
      () => binary("1 1\n", "\xff ", [1]),
      /row 1 \(byte 4\): the key is not UTF-8/,
    ],
  ],
  "word2vec-text": [
    ["an empty file", () => text(""), /the first line is not "<tracks> <dimensions>" but ""/],
    ["no header", () => text("a 1 2\n"), /the first line is not .* but "a 1 2"/],
    ["a cut", () => text("3 2\na 1 2\nb 3 4\nc 5"), /line 4 is not a track and 2 numbers/],
    [
      "lines too few",
      () => text("3 1\nabcdefgh 1\nb 3\n"),
      /cut short after line 3: 2 tracks, but line 1 says 3/,
    ],
    [
      "far too few bytes",
      () => text("9 9\na 1\n"),
      /cut short: 9 tracks of 9 dimensions do not fit into 4 bytes/,
    ],
    ["lines too many", () => text("1 2\na 1 2\nb 3 4\n"), /6 bytes too many after the 1 tracks/],
    [
      "lines too many after an empty one",
      () => text("1 2\na 1 2\n\nb 3 4\n"),
      /7 bytes too many after the 1/,
    ],
    ["a wrong size", () => text("2 2\na 1 2\nb 3\n"), /line 3 is not a track and 2 numbers/],
    [
      "more numbers than line 1 tells",
      () => text("2 2\na 0.1 0.2 -3e-5\nb 0.4 0.5 0.6\n"),
      /each line has more than the 2 numbers that line 1 tells/,
    ],
    ["a value that is not a number", () => text("1 2\na 1 x7\n"), /line 2: "x7" is not a number/],
    [
      "NaN",
      () => text("2 1\na 1\nb nan\n"),
      /line 3: value 1 of the vector of track "b" is NaN, which is not finite/,
    ],
    [
      "a number too large",
      () => text("1 1\na 1e40\n"),
      /line 2: value 1 .* is Infinity, which is not finite/,
    ],
    ["a track twice", () => text("2 1\na 1\na 2\n"), /track "a" occurs twice: line 2 and line 3/],
    ["keys that are not UTF-8", () => text("1 1\n\xff 1\n"), /line 2: the key is not UTF-8/],
  ],
  parquet: [
    ["an empty file", () => text(""), /not a readable Parquet file/],
    ["another format", () => text("2 2\na 1 2\nb 3 4\n"), /not a readable Parquet file/],
    ["a cut", () => cut("parquet"), /not a readable Parquet file/],
    ["damaged rows", () => damageRows(), /not a readable Parquet file \(.*Snappy decompression failure/],
    [
      "other columns",
      () => parquet("SELECT 'a' AS track, 1.0 AS x"),
      /it has no column "vector", only track, x/,
    ],
    [
      "no rows",
      () => parquet(`SELECT * FROM (${rows(`('a', 1, ${floats("[1]")})`)}) WHERE false`),
      /no rows/,
    ],
    [
      "vectors of several sizes",
      () => parquet(rows(`('a', 1, ${floats("[1, 2]")})`, `('b', 1, ${floats("[1]")})`)),
      /its vectors have 2 different sizes/,
    ],
    [
      "NaN",
      () => parquet(rows(`('a', 1, ${floats("[1, 2]")})`, `('b', 1, ${floats("[1, 'nan'::FLOAT]")})`)),
      /row 2 has no track, no vector, or values that are not finite/,
    ],
    [
      "several broken rows",
      () =>
        parquet(
          rows(
            `('a', 1, ${floats("[1]")})`,
            `('b', 1, ${floats("[NULL]")})`,
            "('c', 1, NULL)",
            "(NULL, 1, [2]::FLOAT[])",
          ),
        ),
      /row 2 and 2 more have no track, no vector, or values that are not finite/,
    ],
    [
      "a track twice",
      () =>
        parquet(
          rows(`('b', 1, ${floats("[1]")})`, `('a', 1, ${floats("[2]")})`, `('a', 1, ${floats("[3]")})`),
        ),
      /track "a" comes more than once: rows 2, 3/,
    ],
    [
      "vectors that are no lists",
      () => parquet("SELECT 'a' AS track, 'x' AS vector"),
      /its column "vector" holds VARCHAR, not lists of numbers/,
    ],
    [
      "vectors of no dimension",
      () => parquet(rows("('a', 1, []::FLOAT[])")),
      /its vectors have no dimensions/,
    ],
    [
      "a number too large",
      () => parquet(rows("('a', 1, [1]::DOUBLE[])", "('b', 1, [1e300]::DOUBLE[])")),
      /row 2 has no track, no vector, or values that are not finite/,
    ],
    [
      "counts that are none",
      () => parquet(rows(`('a', 1, ${floats("[1]")})`, `('b', 1.5, ${floats("[2]")})`)),
      /row 2 has 1\.5 in "count", which is not a whole number/,
    ],
  ],
  safetensors: [
    ["an empty file", () => text(""), /0 bytes are too few for a header/],
    [
      "another format",
      () => text("2 2\na 1 2\nb 3 4\n"),
      /the header claims \d+ bytes|ends within its header/,
    ],
    ["a cut", () => cut("safetensors"), /cut short: \d+ bytes of data, but the header says \d+/],
    [
      "no vectors",
      () => tensors({ vectors: undefined }),
      /it has no tensor "vectors" of 32-bit floats in two dimensions/,
    ],
    [
      "vectors in 64 bits",
      () => tensors({ vectors: { array: Float64Array.of(1, 2, 3, 4), shape: [2, 2] } }),
      /no tensor "vectors" of 32-bit floats/,
    ],
    ["no ids", () => tensors({ "tracks.ends": undefined }), /it has no track ids/],
    [
      "ids too few",
      () => tensors({ "tracks.ends": { array: Uint32Array.of(2) } }),
      /1 track ids for 2 vectors/,
    ],
    [
      "ids that end before they begin",
      () => tensors({ "tracks.ends": { array: Uint32Array.of(2, 1) } }),
      /"tracks\.ends" falls at row 2, from 2 to 1/,
    ],
    [
      "ids beyond their text",
      () => tensors({ "tracks.ends": { array: Uint32Array.of(1, 9) } }),
      /"tracks\.text" has 2 bytes, but "tracks\.ends" ends at 9/,
    ],
    [
      "counts of another size",
      () => tensors({ counts: { array: Float64Array.of(1) } }),
      /"counts" is not 2 64-bit floats/,
    ],
    [
      "outputs of another size",
      () => tensors({ outputs: { array: Float32Array.of(1) } }),
      /"outputs" does not have the shape of "vectors"/,
    ],
    [
      "NaN",
      () => tensors({ vectors: { array: Float32Array.of(1, 2, 3, Number.NaN), shape: [2, 2] } }),
      /row 2 of "vectors" has NaN, which is not finite/,
    ],
    [
      "an infinite output",
      () => tensors({ outputs: { array: Float32Array.of(1, Infinity, 3, 4), shape: [2, 2] } }),
      /row 1 of "outputs" has Infinity, which is not finite/,
    ],
    [
      "counts that are no numbers",
      () => tensors({ counts: { array: Float64Array.of(1, Number.NaN) } }),
      /row 2 of "counts" has NaN, which is not a whole number/,
    ],
    [
      "counts below zero",
      () => tensors({ counts: { array: Float64Array.of(-1, 1) } }),
      /row 1 of "counts" has -1, which is not a whole number/,
    ],
    [
      "a track twice",
      () => tensors({ "tracks.text": { array: Uint8Array.of(97, 97) } }),
      /track "a" occurs twice: rows 1 and 2/,
    ],
    [
      "a key cut within a character",
      () => tensors({ "tracks.text": { array: Uint8Array.of(0xc3, 0xa9) } }),
      /the id of row 1 is not UTF-8: it ends within a character/,
    ],
    [
      "keys that are not UTF-8",
      () => tensors({ "tracks.text": { array: Uint8Array.of(97, 255) } }),
      /the id of row 2 is not UTF-8/,
    ],
  ],
};

describe.each(vectorFormats)("%s", (format) => {
  it.each(cases[format])("refuses %s", async (_, write, message) => {
    await write();
    const refused = loadVectors(path, format);
    await expect(refused).rejects.toMatchObject({
      name: "SegueError",
      code: "corrupt",
      message: expect.stringMatching(message),
    });
    await expect(refused).rejects.toThrow(path);
  });
});

it("takes damage anywhere in Parquet for damage, if not for other values", async () => {
  await parquet(rows(`('a', 1, ${floats("[1, 2]")})`, `('b', 2, ${floats("[3, 4]")})`));
  const whole = readFileSync(path);
  const met = new Set<string>();
  for (let at = 0; at < whole.length; at += 5) {
    writeFileSync(path, Buffer.from(whole).fill(whole[at]! ^ 0x15, at, at + 1));
    met.add(
      await loadVectors(path, "parquet").then(
        () => "loaded",
        (error) => `${error.name} ${error.code}`,
      ),
    );
  }
  expect([...met].sort()).toEqual(["SegueError corrupt", "loaded"]);
});

it.each(vectorFormats)("says why a file cannot be read: %s", async (format) => {
  for (const [file, why] of [
    [join(folder, "none"), "there is no such file or folder"],
    [folder, "it is a folder"],
  ] as const)
    await expect(loadVectors(file, format)).rejects.toMatchObject({
      name: "SegueError",
      code: "disk",
      message: `cannot use ${file}: ${why}`,
    });
});

it("points to the text format if gensim wrote keys with blanks", async () => {
  binary("2 2\n", "A-One Way ", [1, 2], "B-Two Ways ", [3, 4]);
  await expect(loadVectors(path, "word2vec-binary")).rejects.toMatchObject({
    code: "corrupt",
    hint: expect.stringContaining("binary=False"),
  });
});
