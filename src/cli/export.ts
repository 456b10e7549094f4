/** `segue export`: writes a model's track vectors for other tools. */
import { type Command, Option } from "commander";
import { checkOutput, misuse, wholeNumber } from "../system/index.js";
import { addDatastoreOption, type DatastoreOptions } from "./datastore/datastore.js";
import { vectorsFor } from "./datastore/latest-bundle.js";
import { numberOption } from "./options/number-option.js";
import { ofGiven, ofOption } from "./options/of-option.js";
import { requireApart } from "./options/output-apart.js";

interface Options extends DatastoreOptions {
  readonly format: string;
  readonly output: string;
  readonly bundle?: string;
  readonly vectors?: string;
  readonly k: number;
  readonly json?: boolean;
}

export function registerExport(program: Command): void {
  addDatastoreOption(program.command("export"))
    .description(
      "write a model's track vectors for other tools: ONNX, SavedModel, word2vec, Parquet, safetensors",
    )
    .addOption(
      new Option("--format <format>", "what to write")
        .choices([
          "onnx",
          "savedmodel",
          "word2vec",
          "word2vec-binary",
          "word2vec-text",
          "parquet",
          "safetensors",
        ])
        .makeOptionMandatory(),
    )
    .requiredOption("-o, --output <path>", "the file to write; for savedmodel the model's folder")
    .addOption(
      new Option(
        "--bundle <bundle>",
        "the model: a bundle's folder or .tar.gz, a folder of bundles (its `current`, or else the latest), or a run (default: the latest run's)",
      ).conflicts("vectors"),
    )
    .option("--vectors <file>", "vectors instead of a bundle (.bin, .vec, .parquet, .safetensors)")
    .addOption(
      numberOption(
        "-k, --k <n>",
        "tracks per answer of a SavedModel; ONNX takes k with each query",
        wholeNumber(1),
      ).default(100),
    )
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      `
Examples:
  segue export --format onnx --output nearest.onnx
  segue export --bundle data/04_models --format savedmodel --output models/segue -k 100
  segue export --vectors vectors.bin --format parquet --output vectors.parquet`,
    )
    .action(exportModel);
}

async function exportModel(options: Options, command: Command): Promise<void> {
  if (options.format !== "savedmodel" && command.getOptionValueSource("k") === "cli")
    throw misuse(
      `--k is for a SavedModel, and would change nothing in ${options.format}`,
      options.format === "onnx" ? "leave it out: ONNX takes k with each query" : "leave it out",
    );
  const kind = options.format === "savedmodel" ? "folder" : "file";
  await ofOption("--output", () => checkOutput(options.output, kind));
  if (options.vectors !== undefined) {
    await requireApart(options.output, "--output", [options.vectors]);
  }
  const { exportVectors } = await import("../bundle/index.js");
  const vectors = await vectorsOf(options);
  await exportVectors(vectors, options.format, options.output, { k: options.k });
  if (options.json) {
    const { format, output } = options;
    console.log(JSON.stringify({ format, output, tracks: vectors.length, size: vectors.size }));
  } else {
    console.log(
      `${options.output}: ${vectors.length.toLocaleString("en")} tracks of ${vectors.size} dimensions`,
    );
  }
}

async function vectorsOf(options: Options) {
  if (options.vectors !== undefined) {
    const { loadVectors } = await import("../track2vec/index.js");
    const { vectors } = options;
    return ofOption("--vectors", () => loadVectors(vectors));
  }
  return ofGiven("--bundle", options.bundle, () => vectorsFor(options.bundle, options));
}
