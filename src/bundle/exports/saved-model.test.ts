import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { SegueError } from "../../system/index.js";
import { TrackVectors } from "../../track2vec/index.js";
import { randomVectors, testFolder } from "../bundle.testkit.js";
import { exportVectors } from "./export-vectors.js";

const at = testFolder();
const vectors = randomVectors(
  Array.from({ length: 2000 }, (_, i) => `Ártist ${i % 50}-Tráck "${i}" 東`),
  48,
);

describe("a SavedModel", () => {
  it("is in the folder that TensorFlow Serving expects, with the same bytes each time", async () => {
    await exportVectors(vectors, "savedmodel", at("one"), { k: 20 });
    await exportVectors(vectors, "savedmodel", at("two"), { k: 20 });
    const bytes = readFileSync(join(at("one"), "1", "saved_model.pb"));
    expect(bytes.length).toBeGreaterThan(2001 * 48 * 4);
    expect(readFileSync(join(at("two"), "1", "saved_model.pb")).equals(bytes)).toBe(true);
  });

  it("is refused for one track, and for a format that does not exist", async () => {
    const one = new TrackVectors({ tracks: ["a"], size: 1, vectors: Float32Array.of(1) });
    await expect(exportVectors(one, "savedmodel", at("x"))).rejects.toThrow(SegueError);
    await expect(exportVectors(vectors, "keras", at("x"))).rejects.toThrow('no export format "keras"');
  });
});

const python = process.env.SEGUE_PYTHON ?? "python3";
const hasTensorFlow = spawnSync(python, ["-c", "import tensorflow"]).status === 0;
if (!hasTensorFlow)
  console.log(
    `SavedModel in TensorFlow skipped: ${python} has no tensorflow (pip install tensorflow-cpu, and set SEGUE_PYTHON to that Python)`,
  );

describe.skipIf(!hasTensorFlow)("a SavedModel in TensorFlow", () => {
  it("answers 100 tracks as the exact scan does, and unknown ones", async () => {
    await exportVectors(vectors, "savedmodel", at("model"), { k: 20 });
    const asked = [...Array.from({ length: 100 }, (_, i) => vectors.tracks[i * 19]!), "nobody"];
    writeFileSync(at("asked.json"), JSON.stringify(asked));
    const script = `
import json, sys
import tensorflow as tf
model = tf.saved_model.load(sys.argv[1])
serve = model.signatures["serving_default"]
asked = json.load(open(sys.argv[2]))
answers = []
for shape in ([len(asked)], [len(asked), 1]):
    out = serve(input_1=tf.reshape(tf.constant(asked), shape))
    answers.append({"tracks": [[t.decode() for t in row] for row in out["output_2"].numpy().tolist()], "scores": out["output_1"].numpy().tolist()})
json.dump(answers, open(sys.argv[3], "w"))
`;
    const done = spawnSync(
      python,
      ["-c", script, join(at("model"), "1"), at("asked.json"), at("answers.json")],
      {
        encoding: "utf8",
        env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3" },
      },
    );
    expect(done.status, done.stderr).toBe(0);
    const answers = JSON.parse(readFileSync(at("answers.json"), "utf8")) as Array<{
      tracks: string[][];
      scores: number[][];
    }>;
    for (const { tracks, scores } of answers) {
      for (let q = 0; q < 100; q++) {
        const exact = vectors.nearest(asked[q]!, 20);
        for (let i = 0; i < 20; i++) {
          expect(scores[q]![i]).toBeCloseTo(exact.scores[i]!, 5);
          const name = tracks[q]![i]!;
          if (name !== exact.tracks[i])
            expect(vectors.similarity(asked[q]!, name)).toBeCloseTo(exact.scores[i]!, 5);
        }
      }
      expect(tracks[100]).toEqual(vectors.tracks.slice(0, 20));
      expect(scores[100]).toEqual(new Array(20).fill(0));
    }
  }, 120_000);
});
