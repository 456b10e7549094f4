/**
 * Nearest tracks as a TensorFlow SavedModel, for TensorFlow Serving: `{"instances": ["Artist-Track", …]}` gives, for each,
 * `output_1` (cosines) and `output_2` (track ids), like Segue's own endpoint. The graph is that of the ONNX export, but with a fixed k,
 * since a row of `instances` is just one track. The query track is left out; an unknown one gets the first k tracks with score 0.
 * Messages: tensorflow/core/protobuf/{saved_model,meta_graph}.proto and tensorflow/core/framework/*.proto.
 */
import { join } from "node:path";
import { SegueError, writeAtomically } from "../../system/index.js";
import type { TrackVectors } from "../../track2vec/index.js";
import { NEVER, paddedUnits, scoreOffsets } from "./padded-units.js";
import { bytes, int, type Message, message, rawBytes, strings, within, writeMessage } from "./protobuf.js";

const FLOAT = 1;
const INT32 = 3;
const STRING = 7;
const INT64 = 9;
/** Protobuf messages, and so constants, are limited to 2 GiB. */
const MOST_BYTES = 2 ** 31 - 1;

/**
 * Writes `<folder>/1/saved_model.pb`, version 1 of the model.
 *
 * @throws SegueError if the model is larger than 2 GiB, the format's limit
 */
export async function writeSavedModel(vectors: TrackVectors, folder: string, k: number): Promise<void> {
  const model = modelOf(vectors, Math.min(k, vectors.length - 1));
  if (model.bytes > MOST_BYTES)
    throw new SegueError(
      `a SavedModel of ${vectors.length} tracks would have ${(model.bytes / 2 ** 30).toFixed(1)} GiB; the format is limited to 2`,
      { hint: "Export ONNX (which may be larger), or train with fewer tracks (a higher min_count)." },
    );
  await writeAtomically(join(folder, "1", "saved_model.pb"), (temporary) => writeMessage(temporary, model));
}

function modelOf(vectors: TrackVectors, k: number): Message {
  const n = vectors.length;
  const units = paddedUnits(vectors);
  const rows = BigInt64Array.from(vectors.tracks, (_, row) => BigInt(row));
  const types = (entries: Record<string, number>) =>
    Object.entries(entries).map(([name, type]) => attr(name, int(6, type)));
  const graph = message(
    node("input_1", "Placeholder", [], ...types({ dtype: STRING }), attr("shape", within(7, int(3, true)))),
    constant("any_length", INT32, [1], rawBytes(Int32Array.of(-1))),
    node("tracks", "Reshape", ["input_1", "any_length"], ...types({ T: STRING, Tshape: INT32 })),
    node(
      "table",
      "HashTableV2",
      [],
      ...types({ key_dtype: STRING, value_dtype: INT64 }),
      attr("shared_name", bytes(2, "segue_tracks")),
    ),
    texts("keys", vectors.tracks),
    constant("values", INT64, [n], rawBytes(rows)),
    node(
      "import",
      "LookupTableImportV2",
      ["table", "keys", "values"],
      ...types({ Tin: STRING, Tout: INT64 }),
    ),
    node("init", "NoOp", ["^import"]),
    constant("unknown", INT64, [], rawBytes(BigInt64Array.of(BigInt(n)))),
    node("row", "LookupTableFindV2", ["table", "tracks", "unknown"], ...types({ Tin: STRING, Tout: INT64 })),
    constant("vectors", FLOAT, [n + 1, vectors.size], rawBytes(units)),
    constant("axis", INT32, [], rawBytes(Int32Array.of(0))),
    node(
      "query",
      "GatherV2",
      ["vectors", "row", "axis"],
      ...types({ Tparams: FLOAT, Tindices: INT64, Taxis: INT32 }),
    ),
    node(
      "cosines",
      "MatMul",
      ["query", "vectors"],
      ...types({ T: FLOAT }),
      attr("transpose_b", int(5, true)),
    ),
    constant("offsets", FLOAT, [n + 1], rawBytes(scoreOffsets(vectors))),
    node("known", "AddV2", ["cosines", "offsets"], ...types({ T: FLOAT })),
    constant("depth", INT32, [], rawBytes(Int32Array.of(n + 1))),
    // Doubled, so that even a cosine of 1 falls below all others.
    constant("never", FLOAT, [], rawBytes(Float32Array.of(2 * NEVER))),
    constant("nothing", FLOAT, [], rawBytes(Float32Array.of(0))),
    node(
      "self",
      "OneHot",
      ["row", "depth", "never", "nothing"],
      ...types({ T: FLOAT, TI: INT64 }),
      attr("axis", int(3, -1)),
    ),
    node("others", "AddV2", ["known", "self"], ...types({ T: FLOAT })),
    constant("k", INT32, [], rawBytes(Int32Array.of(k))),
    node("best", "TopKV2", ["others", "k"], ...types({ T: FLOAT }), attr("sorted", int(5, true))),
    texts("ids", [...vectors.tracks, ""]),
    node(
      "output_2",
      "GatherV2",
      ["ids", "best:1", "axis"],
      ...types({ Tparams: STRING, Tindices: INT32, Taxis: INT32 }),
    ),
    node("output_1", "Identity", ["best"], ...types({ T: FLOAT })),
    within(4, int(1, 1087)),
  );
  const serving = message(
    mapEntry(1, "input_1", tensorInfo("input_1:0", STRING, undefined)),
    mapEntry(2, "output_1", tensorInfo("output_1:0", FLOAT, [-1, k])),
    mapEntry(2, "output_2", tensorInfo("output_2:0", STRING, [-1, k])),
    bytes(3, "tensorflow/serving/predict"),
  );
  const init = message(
    mapEntry(2, "__saved_model_init_op", message(bytes(1, "init"), within(3, int(3, true)))),
  );
  const metaGraph = message(
    within(1, message(bytes(4, "serve"), bytes(5, "2.8.0"))),
    within(2, graph),
    mapEntry(5, "serving_default", serving),
    mapEntry(5, "__saved_model_init_op", init),
  );
  return message(int(1, 1), within(2, metaGraph));
}

function mapEntry(field: number, key: string, value: Message): Message {
  return within(field, message(bytes(1, key), within(2, value)));
}

function attr(name: string, value: Message): Message {
  return mapEntry(5, name, value);
}

function node(
  name: string,
  op: string,
  inputs: readonly string[],
  ...attributes: readonly Message[]
): Message {
  return within(1, message(bytes(1, name), bytes(2, op), strings(3, inputs), ...attributes));
}

function shapeOf(lengths: readonly number[]): Message {
  return message(...lengths.map((length) => within(2, int(1, length))));
}

function constant(name: string, type: number, shape: readonly number[], content: Uint8Array): Message {
  const tensor = message(int(1, type), within(2, shapeOf(shape)), bytes(4, content));
  return node(name, "Const", [], attr("dtype", int(6, type)), attr("value", within(8, tensor)));
}

function texts(name: string, values: readonly string[]): Message {
  const tensor = message(int(1, STRING), within(2, shapeOf([values.length])), strings(8, values));
  return node(name, "Const", [], attr("dtype", int(6, STRING)), attr("value", within(8, tensor)));
}

function tensorInfo(name: string, type: number, shape: readonly number[] | undefined): Message {
  return message(bytes(1, name), int(2, type), within(3, shape ? shapeOf(shape) : int(3, true)));
}
