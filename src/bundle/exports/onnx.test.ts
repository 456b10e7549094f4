import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as ort from "onnxruntime-web";
import { chromium } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import type { TrackVectors } from "../../track2vec/index.js";
import { randomVectors, testFolder } from "../bundle.testkit.js";
import { writeOnnx } from "./onnx.js";

const at = testFolder();
let vectors: TrackVectors;

beforeAll(async () => {
  vectors = randomVectors(
    Array.from({ length: 3000 }, (_, i) => `Ártist ${i % 50}-Tráck "${i}" 東`),
    48,
  );
  await writeOnnx(vectors, at("model.onnx"));
  ort.env.wasm.numThreads = 1;
});

async function ask(session: ort.InferenceSession, tracks: string[], k: number) {
  const { neighbours, scores } = await session.run({
    track_ids: new ort.Tensor("string", tracks, [tracks.length]),
    k: new ort.Tensor("int64", BigInt64Array.of(BigInt(k)), [1]),
  });
  return {
    tracks: neighbours!.data as unknown as string[],
    scores: scores!.data as Float32Array,
    shape: scores!.dims,
  };
}

function expectExact(found: { tracks: string[]; scores: Float32Array }, asked: string[], k: number) {
  asked.forEach((track, q) => {
    const exact = vectors.nearest(track, k);
    for (let i = 0; i < k; i++) {
      expect(found.scores[q * k + i]).toBeCloseTo(exact.scores[i]!, 5);
      // Where two cosines are the same to six digits, either order is right.
      const name = found.tracks[q * k + i]!;
      if (name !== exact.tracks[i]) expect(vectors.similarity(track, name)).toBeCloseTo(exact.scores[i]!, 5);
    }
    expect(new Set(found.tracks.slice(q * k, (q + 1) * k)).size).toBe(k);
  });
}

describe("ONNX in ONNX Runtime", () => {
  it("answers 100 tracks as the exact scan does", async () => {
    const session = await ort.InferenceSession.create(readFileSync(at("model.onnx")));
    const asked = Array.from({ length: 100 }, (_, i) => vectors.tracks[i * 29]!);
    for (const k of [1, 20]) expectExact(await ask(session, asked, k), asked, k);
    const thousand = await ask(session, asked.slice(0, 3), 1000);
    expect(thousand.shape).toEqual([3, 1000]);
    expectExact(thousand, asked.slice(0, 3), 1000);
  });

  it("answers an unknown track with the first tracks at score 0, and never with more tracks than exist", async () => {
    const session = await ort.InferenceSession.create(readFileSync(at("model.onnx")));
    const unknown = await ask(session, ["nobody"], 4);
    expect([...unknown.tracks]).toEqual(vectors.tracks.slice(0, 4));
    expect([...unknown.scores]).toEqual([0, 0, 0, 0]);
    expect((await ask(session, [vectors.tracks[0]!], 10_000)).shape).toEqual([1, 2999]);
  });

  it("answers an empty input with no rows, of the requested length", async () => {
    const session = await ort.InferenceSession.create(readFileSync(at("model.onnx")));
    expect(await ask(session, [], 5)).toMatchObject({ shape: [0, 5], tracks: [] });
    expect((await ask(session, [], 10_000)).shape).toEqual([0, 2999]);
  });

  it("answers the same with the vectors in a file beside it", async () => {
    await writeOnnx(vectors, at("large.onnx"), { externalData: true });
    expect(readFileSync(at("large.onnx.data")).length).toBe(3001 * 48 * 4);
    const session = await ort.InferenceSession.create(readFileSync(at("large.onnx")), {
      externalData: [{ path: "large.onnx.data", data: readFileSync(at("large.onnx.data")) }],
    });
    const asked = [vectors.tracks[7]!];
    expectExact(await ask(session, asked, 10), asked, 10);
  });

  it("has the same bytes each time", async () => {
    await writeOnnx(vectors, at("again.onnx"));
    expect(readFileSync(at("again.onnx")).equals(readFileSync(at("model.onnx")))).toBe(true);
  });
});

const python = process.env.SEGUE_PYTHON ?? "python3";
const hasRuntime = spawnSync(python, ["-c", "import onnxruntime"]).status === 0;
if (!hasRuntime)
  console.log(
    `ONNX in Python skipped: ${python} has no onnxruntime (pip install onnxruntime, and set SEGUE_PYTHON to that Python)`,
  );

describe.skipIf(!hasRuntime)("ONNX in Python's ONNX Runtime", () => {
  it.each([false, true])(
    "answers as the exact scan does, vectors beside it: %s",
    async (externalData) => {
      const model = at(`python-${externalData}.onnx`);
      await writeOnnx(vectors, model, { externalData });
      const asked = vectors.tracks.slice(0, 100);
      writeFileSync(at("asked.json"), JSON.stringify(asked));
      const script = `
import json, sys
import numpy, onnxruntime
session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
asked = numpy.array(json.load(open(sys.argv[2])), dtype=object)
found, scores = session.run(["neighbours", "scores"], {"track_ids": asked, "k": numpy.array([10], dtype=numpy.int64)})
none, _ = session.run(["neighbours", "scores"], {"track_ids": asked[:0], "k": numpy.array([10], dtype=numpy.int64)})
assert none.shape == (0, 10), none.shape
json.dump({"tracks": found.flatten().tolist(), "scores": scores.flatten().tolist()}, open(sys.argv[3], "w"))
`;
      const ran = spawnSync(python, ["-c", script, model, at("asked.json"), at("found.json")], {
        encoding: "utf8",
      });
      expect(ran.status, ran.stderr).toBe(0);
      const found = JSON.parse(readFileSync(at("found.json"), "utf8")) as {
        tracks: string[];
        scores: number[];
      };
      expectExact({ tracks: found.tracks, scores: Float32Array.from(found.scores) }, asked, 10);
    },
    60_000,
  );
});

const browser = process.env.SEGUE_CHROMIUM ?? "/usr/bin/chromium";
if (!existsSync(browser))
  console.log(`ONNX in a browser skipped: no ${browser} (apt install chromium, or set SEGUE_CHROMIUM)`);

describe.skipIf(!existsSync(browser))("ONNX in Chromium", () => {
  it("answers as the exact scan does", async () => {
    const runtime = dirname(fileURLToPath(import.meta.resolve("onnxruntime-web")));
    const types: Record<string, string> = {
      ".mjs": "text/javascript",
      ".js": "text/javascript",
      ".wasm": "application/wasm",
    };
    const server = createServer((request, response) => {
      const name = new URL(request.url!, "http://x").pathname.slice(1);
      const path = name === "model.onnx" ? at(name) : join(runtime, name);
      if (name === "" || !existsSync(path)) return response.writeHead(name === "" ? 200 : 404).end();
      return response
        .writeHead(200, { "content-type": types[extname(name)] ?? "application/octet-stream" })
        .end(readFileSync(path));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const page = await chromium.launch({ executablePath: browser, args: ["--no-sandbox"] });
    try {
      const tab = await page.newPage();
      await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      const asked = vectors.tracks.slice(0, 100);
      // As text: what vitest makes of a dynamic import exists in its own modules alone.
      const found = await tab.evaluate<{ tracks: string[]; scores: number[] }>(`(async () => {
        const runtime = await import("/ort.wasm.min.mjs");
        runtime.env.wasm.numThreads = 1;
        const session = await runtime.InferenceSession.create("/model.onnx");
        const tracks = ${JSON.stringify(asked)};
        const { neighbours, scores } = await session.run({
          track_ids: new runtime.Tensor("string", tracks, [tracks.length]),
          k: new runtime.Tensor("int64", BigInt64Array.of(10n), [1]),
        });
        return { tracks: [...neighbours.data], scores: [...scores.data] };
      })()`);
      expectExact({ tracks: found.tracks, scores: Float32Array.from(found.scores) }, asked, 10);
    } finally {
      await page.close();
      server.close();
    }
  });
});
