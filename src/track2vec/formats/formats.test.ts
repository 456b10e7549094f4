import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { folderOfTests } from "../../system/files/temporary-folder.testkit.js";
import { readSafetensors, withDuckDb, writeSafetensors } from "../../system/index.js";
import { hasGensim, python } from "../gensim.testkit.js";
import { TrackVectors } from "../vectors/vectors.js";
import { loadVectors, saveVectors, type VectorFormat, vectorFormats } from "./index.js";
import { writeVectorParquet } from "./parquet.js";
import { writeVectorTensors } from "./safetensors.js";
import { writeWord2VecBinary } from "./word2vec-binary.js";
import { writeWord2VecText } from "./word2vec-text.js";

const folder = folderOfTests("formats");
const file = (name: string) => join(folder, name);

const sample = new TrackVectors({
  tracks: ["Sigur Rós-Hoppípolla", "a b\tc\nd", "100%25 Pure", "%zz", "東京-夜 😀", "plain"],
  size: 3,
  vectors: Float32Array.from({ length: 18 }, (_, i) => Math.fround(Math.sin(i + 1) * 10 ** ((i % 9) - 4))),
  counts: Float64Array.of(9, 8, 7, 6, 5, 4),
  outputs: Float32Array.from({ length: 18 }, (_, i) => i),
});
/** Without the look at what they are given: bad files are written by them. */
const writers: Record<VectorFormat, (vectors: TrackVectors, path: string) => Promise<void>> = {
  "word2vec-binary": writeWord2VecBinary,
  "word2vec-text": writeWord2VecText,
  parquet: writeVectorParquet,
  safetensors: writeVectorTensors,
};
const extension: Record<VectorFormat, string> = {
  "word2vec-binary": "bin",
  "word2vec-text": "vec",
  parquet: "parquet",
  safetensors: "safetensors",
};

it("safetensors with 16-bit floats are read, as from Hugging Face", async () => {
  await saveVectors(sample, file("whole.safetensors"));
  const { tensors } = await readSafetensors(file("whole.safetensors"));
  // 0x3c00 is 1 in F16.
  const halves = new Uint16Array(sample.vectors.length).fill(0x3c00);
  await writeSafetensors(file("u16.safetensors"), {
    ...tensors,
    vectors: { array: halves, shape: tensors.vectors!.shape },
  });
  const bytes = readFileSync(file("u16.safetensors"), "latin1").replace('"U16"', '"F16"');
  writeFileSync(file("f16.safetensors"), bytes, "latin1");
  const loaded = await loadVectors(file("f16.safetensors"));
  expect(loaded.tracks).toEqual(sample.tracks);
  expect(loaded.vectors).toEqual(new Float32Array(halves.length).fill(1));
});

describe.each(vectorFormats)("%s", (format) => {
  const path = file(`sample.${extension[format]}`);

  it("restores what was saved, bit by bit", async () => {
    await saveVectors(sample, path);
    const loaded = await loadVectors(path);
    expect(loaded.tracks).toEqual(sample.tracks);
    expect(loaded.size).toBe(3);
    expect(loaded.vectors).toEqual(sample.vectors);
    if (format === "parquet" || format === "safetensors") expect(loaded.counts).toEqual(sample.counts);
    if (format === "safetensors") expect(loaded.outputs).toEqual(sample.outputs);
  });

  it("restores a name of 100,000 characters", async () => {
    const tracks = ["x".repeat(100_000), "b"];
    const long = file(`long.${extension[format]}`);
    await saveVectors(new TrackVectors({ tracks, size: 1, vectors: Float32Array.of(1, 2) }), long);
    expect((await loadVectors(long)).tracks).toEqual(tracks);
  });

  it("takes a name for a name, though it reads as a pattern", async () => {
    const [patterned, other] = [file(`v[1]*?.${extension[format]}`), file(`v1-2.${extension[format]}`)];
    await saveVectors(sample, patterned);
    await saveVectors(new TrackVectors({ tracks: ["other"], size: 1, vectors: Float32Array.of(1) }), other);
    expect((await loadVectors(patterned)).tracks).toEqual(sample.tracks);
  });

  it("refuses to write what cannot be loaded again, and leaves no file", async () => {
    const parts = { tracks: ["a", "b"], size: 2, vectors: Float32Array.of(1, 2, 3, 4) };
    const broken = Float32Array.of(1, 2, Number.NaN, 4);
    const unwritten = file(`unwritten.${extension[format]}`);
    for (const [changed, code, message] of [
      [{ vectors: broken }, "not-finite", 'the vector of track "b" has NaN'],
      [{ outputs: broken }, "not-finite", 'the output vector of track "b" has NaN'],
      [{ tracks: ["a", "a"] }, "duplicate-track", 'track "a" has two vectors'],
      [{ tracks: ["a", "b\ud83d"] }, "not-unicode", 'track "b\\ud83d" holds half a character'],
    ] as const)
      await expect(saveVectors(new TrackVectors({ ...parts, ...changed }), unwritten)).rejects.toMatchObject({
        code,
        message: expect.stringContaining(message),
      });
    expect(existsSync(unwritten)).toBe(false);
  });

  it("keeps byte order marks at the beginning of ids", async () => {
    const tracks = ["\ufeffmarked", "\ufeff\ufeffmarked twice, and long", "\ufeff", "marked"];
    const vectors = Float32Array.of(1, 2, 3, 4);
    await saveVectors(new TrackVectors({ tracks, size: 1, vectors }), file("marked"), format);
    expect((await loadVectors(file("marked"), format)).tracks).toEqual(tracks);
  });

  it("writes the same bytes for the same vectors", async () => {
    await saveVectors(sample, file("again"), format);
    expect(readFileSync(file("again")).equals(readFileSync(path))).toBe(true);
  });

  it("refuses a file truncated anywhere", async () => {
    const whole = readFileSync(path);
    // The last number of a text file still is one when digits are missing, so cut before it.
    const most = format === "word2vec-text" ? whole.lastIndexOf(" ") : whole.length - 1;
    const step = Math.max(1, Math.floor(most / 40));
    for (let length = 0; length < most; length += step) {
      writeFileSync(file("cut"), whole.subarray(0, length));
      await expect(loadVectors(file("cut"), format), `${length} bytes`).rejects.toMatchObject({
        code: "corrupt",
      });
    }
  });

  it("refuses a track that occurs twice and values that are not finite", async () => {
    const twice = new TrackVectors({ tracks: ["x", "x"], size: 2, vectors: Float32Array.of(1, 2, 3, 4) });
    await writers[format](twice, file("bad"));
    const load = async () => (await loadVectors(file("bad"), format)).indexOf("x");
    await expect(load()).rejects.toThrow(/twice|two vectors|more than once/);
    const broken = new TrackVectors({
      tracks: ["x", "y"],
      size: 2,
      vectors: Float32Array.of(1, 2, Number.NaN, 4),
    });
    await writers[format](broken, file("bad"));
    await expect(loadVectors(file("bad"), format).then((v) => v.units)).rejects.toThrow(/not finite/);
  });

  it("names a missing file", async () => {
    await expect(loadVectors(file("nowhere"), format)).rejects.toThrow("nowhere");
  });
});

describe("any ids and sizes", () => {
  it.each(["word2vec-binary", "word2vec-text", "safetensors"] as const)(
    "are restored from %s",
    async (format) => {
      const ids = fc.uniqueArray(fc.string({ unit: "grapheme" }), {
        minLength: 1,
        maxLength: 30,
      });
      await fc.assert(
        fc.asyncProperty(ids, fc.integer({ min: 1, max: 9 }), async (tracks, size) => {
          const vectors = Float32Array.from(
            { length: tracks.length * size },
            (_, i) => Math.cos(i * 7) / (i + 1),
          );
          vectors[0] = -0;
          await saveVectors(new TrackVectors({ tracks, size, vectors }), file("any"), format);
          const loaded = await loadVectors(file("any"), format);
          expect(loaded.tracks).toEqual(tracks);
          expect(loaded.vectors).toEqual(vectors);
        }),
        { numRuns: 40 },
      );
    },
  );
});

describe("word2vec text", () => {
  it.each([
    ["a 1 2\n", /first line is not/],
    ["2 2\na 1 2\nb 3\n", /line 3 is not a track and 2 numbers/],
    ["1 2\na 1 x\n", /line 2: "x" is not a number/],
    ["1 2\na 1 2\nb 3 4\n", /bytes too many/],
    ["3 2\na 1 2\nb 3 4\n", /cut short/],
  ])("%j is refused", async (text, message) => {
    writeFileSync(file("bad.txt"), text);
    await expect(loadVectors(file("bad.txt"))).rejects.toThrow(message);
  });

  it("accepts the empty key, which splitting text at each blank makes", async () => {
    const tracks = ["a", "", "b"];
    await saveVectors(new TrackVectors({ tracks, size: 2, vectors: new Float32Array(6) }), file("empty.txt"));
    expect((await loadVectors(file("empty.txt"))).tracks).toEqual(tracks);
  });

  it("reads keys with blanks and trailing blanks, as other writers make them", async () => {
    writeFileSync(file("other.txt"), "3 2\nNew York 1 2 \nSong 2.0 5 6\nb 3 4");
    expect((await loadVectors(file("other.txt"))).tracks).toEqual(["New York", "Song 2.0", "b"]);
  });
});

it("lists the formats if none is given", async () => {
  await expect(loadVectors(file("x.dat"))).rejects.toMatchObject({
    exitCode: 2,
    hint: expect.stringContaining("parquet"),
  });
});

it("reads ids of another type from Parquet as text", async () => {
  await withDuckDb({}, async (database) => {
    await database.run(
      `COPY (SELECT range AS track, [range::FLOAT, 1] AS vector FROM range(3)) TO '${file("n.parquet")}'`,
    );
    await database.run(
      `COPY (SELECT encode('Sæglópur') AS track, [1, 2] AS vector) TO '${file("b.parquet")}' (FORMAT parquet)`,
    );
  });
  expect((await loadVectors(file("n.parquet"))).tracks).toEqual(["0", "1", "2"]);
  expect((await loadVectors(file("b.parquet"))).tracks).toEqual(["Sæglópur"]);
});

it("lets DuckDB query the Parquet file", async () => {
  await saveVectors(sample, file("q.parquet"));
  await withDuckDb({}, async (database) => {
    const row = await database.row<{ track: string; n: number }>(
      `SELECT track, len(vector) AS n FROM '${file("q.parquet")}' ORDER BY count LIMIT 1`,
    );
    expect(row).toEqual({ track: "plain", n: 3 });
  });
});

describe.skipIf(!hasGensim)("gensim", () => {
  it.each(["word2vec-binary", "word2vec-text"] as const)(
    "reads %s, and what it writes is read",
    async (format) => {
      await saveVectors(sample, file("ours"), format);
      const binary = format === "word2vec-binary" ? "True" : "False";
      const done = spawnSync(
        python,
        [
          "-c",
          `
import json, sys, urllib.parse
from gensim.models import KeyedVectors
kv = KeyedVectors.load_word2vec_format(sys.argv[1], binary=${binary})
kv.save_word2vec_format(sys.argv[2], binary=${binary})
print(json.dumps([urllib.parse.unquote(key) for key in kv.index_to_key]))
`,
          file("ours"),
          file("theirs"),
        ],
        { encoding: "utf8" },
      );
      expect(done.stderr).toBe("");
      expect(JSON.parse(done.stdout)).toEqual(sample.tracks);
      const back = await loadVectors(file("theirs"), format);
      expect(back.tracks).toEqual(sample.tracks);
      for (let i = 0; i < 18; i++) expect(back.vectors[i]).toBeCloseTo(sample.vectors[i]!, 5);
    },
    60_000,
  );
});
