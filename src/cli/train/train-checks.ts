/** Checks the options of `segue train` before training, which may take an hour. */
import { access, constants, stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Command } from "commander";
import { checkOutput, misuse } from "../../system/index.js";
import type { VectorFormat } from "../../track2vec/index.js";
import { ofOption } from "../options/of-option.js";
import { requireApart } from "../options/output-apart.js";
import { pathsOf } from "../options/paths-of.js";
import { type TrainFlags, wording } from "./train-options.js";

/** Refuses a validation that is neither a share nor a file, and options of a validation without one. */
export function refuseValidation({ validation }: TrainFlags, command: Command): void {
  for (const name of ["validationK", "patience"])
    if (validation === undefined && command.getOptionValueSource(name) === "cli")
      throw misuse(`${wording.option(name)} without --validation would change nothing`, howToValidate);
  const share = Number(validation);
  if (share <= 0 || share >= 1)
    throw misuse(`--validation ${validation} is not a share between 0 and 1`, howToValidate);
}

const howToValidate = "--validation 0.1 holds out every tenth playlist; or name a file of queries.";

/** @throws SegueError (misuse) if the format of --output or --from is unknown, or an output cannot be written */
export async function checkedFormat({
  format: named,
  output,
  from,
  checkpoint,
}: TrainFlags): Promise<VectorFormat> {
  const { formatOf, vectorFormats } = await import("../../track2vec/index.js");
  const known = `there are: ${vectorFormats.join(", ")}`;
  const format = named ?? formatOf(output);
  if (format === undefined)
    throw misuse(`--output: cannot tell the format of ${output}`, `Name one with --format; ${known}.`);
  const found = vectorFormats.find((each) => each === format);
  if (found === undefined) throw misuse(`there is no vector format "${format}"`, known);
  if (from !== undefined && formatOf(from) === undefined)
    throw misuse(
      `--from: cannot tell the format of ${from}`,
      "Its name should end in .bin, .txt, .parquet or .safetensors.",
    );
  await ofOption("--output", () => checkOutput(output));
  if (checkpoint !== undefined) await ofOption("--checkpoint", () => checkOutput(checkpoint));
  return found;
}

/** The files to read. Refuses outputs that would overwrite them, except that --output may be the file of --from. */
export async function checkedInputs(options: TrainFlags): Promise<string[]> {
  const { input, validation, resume, from, output, checkpoint } = options;
  if (checkpoint !== undefined && resolve(checkpoint) === resolve(output))
    throw misuse(
      `--output ${output} would overwrite the checkpoint`,
      "Name another file for one of the two.",
    );
  const paths = await ofOption("--input", () => pathsOf(input, { pipes: true }));
  // Checked before reading the playlists, which takes long. --from needs no check: it is read first.
  if (resume !== undefined) await ofOption("--resume", () => requireReadable(resume));
  if (validation !== undefined && Number.isNaN(Number(validation)))
    await ofOption("--validation", () => requireReadable(validation));
  const read = (...others: (string | undefined)[]) =>
    [...paths, validation, ...others].filter((path) => path !== undefined);
  await requireApart(output, "--output", read(resume));
  // A checkpoint that overwrites --from could not be resumed, since resuming needs the initial vectors.
  if (checkpoint !== undefined) await requireApart(checkpoint, "--checkpoint", read(from));
  return paths;
}

/** @throws if it cannot be opened, or is a folder */
async function requireReadable(path: string): Promise<void> {
  if ((await stat(path)).isDirectory()) throw misuse(`${path} is a folder`, "Name a file.");
  await access(path, constants.R_OK);
}
