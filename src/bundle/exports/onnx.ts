/**
 * Nearest tracks as one ONNX graph with the ids inside: string ids and k in, string ids and cosines out.
 *
 *   track_ids [N] ─ LabelEncoder ─ Gather(vectors) ─ Gemm(vectorsᵀ) ─ ScatterElements(self) ─ TopK(k) ─┬ scores [N, k]
 *                                                                                 ids ─ Gather ──────┴ track_ids [N, k]
 *
 * The query track itself is left out. An unknown track has a vector of zeros: every cosine is 0, so the answer is the first k tracks,
 * which track2vec orders by plays. An empty input gives an empty answer.
 * Messages: https://onnx.ai/onnx/repo-docs/IR.html
 */
import { basename } from "node:path";
import { writeAtomically } from "../../system/index.js";
import type { TrackVectors } from "../../track2vec/index.js";
import { NEVER, paddedUnits, scoreOffsets } from "./padded-units.js";
import {
  bytes,
  int,
  type Message,
  message,
  packedInts,
  rawBytes,
  strings,
  within,
  writeMessage,
} from "./protobuf.js";

const FLOAT = 1;
const INT64 = 7;
const STRING = 8;
/** A protobuf message is limited to 2 GiB; this leaves room for the ids. */
const MOST_INLINE_BYTES = 1.5 * 2 ** 30;

/** Writes `path` (model.onnx) and, if the vectors are too large for one message, `path`.data beside it. */
export async function writeOnnx(
  vectors: TrackVectors,
  path: string,
  options: { externalData?: boolean } = {},
): Promise<void> {
  const units = paddedUnits(vectors);
  const external = options.externalData ?? units.byteLength > MOST_INLINE_BYTES;
  const data = `${path}.data`;
  if (external) {
    await writeAtomically(data, (temporary) =>
      writeMessage(temporary, { pieces: [rawBytes(units)], bytes: units.byteLength }),
    );
  }
  const model = modelOf(vectors, units, external ? basename(data) : undefined);
  await writeAtomically(path, (temporary) => writeMessage(temporary, model));
}

function modelOf(vectors: TrackVectors, units: Float32Array, dataFile: string | undefined): Message {
  const n = vectors.length;
  const rows = Array.from(vectors.tracks, (_, row) => row);
  const graph = message(
    node(
      "LabelEncoder",
      ["track_ids"],
      ["row"],
      "ai.onnx.ml",
      attribute("keys_strings", STRINGS, strings(9, vectors.tracks)),
      attribute("values_int64s", INTS, packedInts(8, rows)),
      attribute("default_int64", INT, int(3, n)),
    ),
    node("Gather", ["vectors", "row"], ["query"]),
    node("Gemm", ["query", "vectors", "offsets"], ["all_scores"], "", attribute("transB", INT, int(3, 1))),
    node("Unsqueeze", ["row", "axis_one"], ["own_column"]),
    node("Shape", ["own_column"], ["own_shape"]),
    node(
      "ConstantOfShape",
      ["own_shape"],
      ["never"],
      "",
      attribute("value", TENSOR, within(5, tensor("", FLOAT, [1], Float32Array.of(NEVER)))),
    ),
    node(
      "ScatterElements",
      ["all_scores", "own_column", "never"],
      ["other_scores"],
      "",
      attribute("axis", INT, int(3, 1)),
    ),
    node("Min", ["k", "most"], ["within_k"]),
    topOfEach(),
    node("Gather", ["ids", "rows"], ["neighbours"]),
    bytes(2, "nearest_tracks"),
    within(
      5,
      dataFile
        ? outside("vectors", units, [n + 1, vectors.size], dataFile)
        : tensor("vectors", FLOAT, [n + 1, vectors.size], units),
    ),
    within(5, tensor("offsets", FLOAT, [n + 1], scoreOffsets(vectors))),
    within(5, tensor("zero", INT64, [1], BigInt64Array.of(0n))),
    within(5, tensor("axis_one", INT64, [1], BigInt64Array.of(1n))),
    within(5, tensor("most", INT64, [1], BigInt64Array.of(BigInt(n - 1)))),
    within(5, message(int(1, n + 1), int(2, STRING), strings(6, [...vectors.tracks, ""]), bytes(8, "ids"))),
    within(11, valueInfo("track_ids", STRING, ["N"])),
    within(11, valueInfo("k", INT64, [1])),
    within(12, valueInfo("neighbours", STRING, ["N", "K"])),
    within(12, valueInfo("scores", FLOAT, ["N", "K"])),
  );
  const opset = (domain: string, version: number) => within(8, message(bytes(1, domain), int(2, version)));
  return message(int(1, 8), bytes(2, "segue"), within(7, graph), opset("", 17), opset("ai.onnx.ml", 3));
}

/**
 * The nodes that compute `scores` and `rows` from `other_scores`. TopK of zero rows crashes ONNX Runtime (1.30 divides by the number of
 * rows), so for an empty input they are empty slices instead.
 */
function topOfEach(): Message {
  const branch = (name: string, scores: string, rows: string, ...nodes: readonly Message[]) =>
    attribute(
      name,
      GRAPH,
      within(
        6,
        message(
          ...nodes,
          bytes(2, name),
          within(12, valueInfo(scores, FLOAT, ["N", "K"])),
          within(12, valueInfo(rows, INT64, ["N", "K"])),
        ),
      ),
    );
  return message(
    node("Size", ["row"], ["asked"]),
    node("Equal", ["asked", "zero"], ["is_none_asked"]),
    node(
      "If",
      ["is_none_asked"],
      ["scores", "rows"],
      "",
      branch(
        "then_branch",
        "no_scores",
        "no_rows",
        node("Slice", ["other_scores", "zero", "within_k", "axis_one"], ["no_scores"]),
        node("Cast", ["no_scores"], ["no_rows"], "", attribute("to", INT, int(3, INT64))),
      ),
      branch(
        "else_branch",
        "top_scores",
        "top_rows",
        node("TopK", ["other_scores", "within_k"], ["top_scores", "top_rows"]),
      ),
    ),
  );
}

// AttributeProto.AttributeType
const INT = 2;
const TENSOR = 4;
const GRAPH = 5;
const INTS = 7;
const STRINGS = 8;

function attribute(name: string, type: number, value: Message): Message {
  return within(5, message(bytes(1, name), int(20, type), value));
}

function node(
  type: string,
  inputs: readonly string[],
  outputs: readonly string[],
  domain = "",
  ...attributes: readonly Message[]
): Message {
  return within(
    1,
    message(
      strings(1, inputs),
      strings(2, outputs),
      bytes(3, outputs[0]!),
      bytes(4, type),
      ...attributes,
      bytes(7, domain),
    ),
  );
}

function tensor(
  name: string,
  type: number,
  shape: readonly number[],
  values: Float32Array | BigInt64Array,
): Message {
  return message(
    ...shape.map((length) => int(1, length)),
    int(2, type),
    bytes(8, name),
    bytes(9, rawBytes(values)),
  );
}

function outside(name: string, values: Float32Array, shape: readonly number[], file: string): Message {
  const entry = (key: string, value: string) => within(13, message(bytes(1, key), bytes(2, value)));
  return message(
    ...shape.map((length) => int(1, length)),
    int(2, FLOAT),
    bytes(8, name),
    entry("location", file),
    entry("offset", "0"),
    entry("length", String(values.byteLength)),
    int(14, 1),
  );
}

function valueInfo(name: string, type: number, shape: ReadonlyArray<number | string>): Message {
  const dimensions = shape.map((length) =>
    within(1, typeof length === "number" ? int(1, length) : bytes(2, length)),
  );
  const tensorType = message(int(1, type), within(2, message(...dimensions)));
  return message(bytes(1, name), within(2, within(1, tensorType)));
}
