/** The file that `segue recommend --output` writes: M3U, CSV or JSON lines, by its extension. */
import { basename, extname } from "node:path";
import { m3uText } from "../../playlists/m3u-text.js";
import type { Context } from "../../recommenders/index.js";
import type { LiveModel } from "../../serving/index.js";
import { checkOutput, misuse, writeFileAtomic } from "../../system/index.js";
import { ofOption } from "../options/of-option.js";
import type { Shown } from "./recommendation-text.js";

/** A playlist with its tracks as the catalogue spells them. */
export interface Asked extends Context {
  readonly id: string;
}

interface AnswersForm {
  /** What the file begins with. */
  readonly header: string;
  readonly textOf: (asked: Asked, answer: readonly Shown[]) => string;
}

const extensionOf = (output: string | undefined) => extname(output ?? "").toLowerCase();

/** Whether the file can hold a single playlist only. */
export const isM3u = (output: string | undefined): boolean => [".m3u", ".m3u8"].includes(extensionOf(output));

const isCsv = (output: string | undefined) => extensionOf(output) === ".csv";

/** No extension, as of /dev/stdout, is JSON lines too. */
const isJsonLines = (output: string) => ["", ".jsonl", ".ndjson", ".json"].includes(extensionOf(output));

/** Checks the file before it is written. Of other extensions, what is in the file would not be what its name says. */
export const checkAnswersFile = (output: string): Promise<void> =>
  ofOption("--output", () => {
    if (!isM3u(output) && !isCsv(output) && !isJsonLines(output))
      throw misuse(
        `cannot tell the form of ${output}`,
        "name it .csv for a table, .jsonl for JSON lines, or .m3u or .m3u8 for one playlist",
      );
    return checkOutput(output);
  });

/** Writes the answer to one question. Its playlist is named by the file, as that of a file that is read. */
export async function writeAnswer(
  output: string,
  live: LiveModel,
  context: Context,
  answer: readonly Shown[],
) {
  const { header, textOf } = answersForm(output, live);
  const id = basename(output).replace(/\.[^.]*$/, "");
  await ofOption("--output", () => writeFileAtomic(output, header + textOf({ ...context, id }, answer)));
}

/** @param output the file; undefined is standard output, which gets JSON lines */
export function answersForm(output: string | undefined, live: LiveModel): AnswersForm {
  if (isM3u(output))
    return { header: "", textOf: (_, answer) => m3uText(answer.map(({ track }) => live.view(track))) };
  if (isCsv(output))
    return {
      header: "playlist_id,rank,artist,track,track_id,score\n",
      textOf: ({ id }, answer) => rowsOf(live, id, answer),
    };
  return { header: "", textOf: lineOf };
}

const lineOf = ({ id, title }: Asked, tracks: readonly Shown[]) =>
  `${JSON.stringify({ playlist_id: id, title, tracks })}\n`;

/** Rows that Segue reads as playlists again. */
const rowsOf = (live: LiveModel, id: string, answer: readonly Shown[]) =>
  answer
    .map(({ track, score }, i) => {
      const { artist = "", title } = live.view(track);
      return `${[id, i + 1, artist, title, track, score ?? ""].map(csvField).join(",")}\n`;
    })
    .join("");

const csvField = (value: string | number) =>
  /[",\r\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value);
