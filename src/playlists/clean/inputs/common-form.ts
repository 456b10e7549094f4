/** The common form of all input files. */
import { misuse, SegueError } from "../../../system/index.js";
import { detectForm, formTitles, type InputForm, inputForms } from "./forms.js";
import type { InputFile } from "./input-files.js";

/** Advice on combining files of different forms. */
export const byThemselves =
  "clean each form separately, segue run intermediate --input FILES --data FOLDER, then pass all of their FOLDER/02_processed/master_playlists.parquet as --input";

/** @throws SegueError if files have different forms, or another one than `format` */
export async function commonForm(
  files: readonly InputFile[],
  format: "auto" | InputForm,
): Promise<InputForm> {
  if (format !== "auto" && !inputForms.includes(format))
    throw misuse(`there is no format "${format}"`, `the formats are auto, ${inputForms.join(", ")}`);
  const forms: InputForm[] = [];
  // One by one, because the number of open files is limited.
  for (const file of files) forms.push(file.form ?? (await detectForm(file)));
  const wanted = format === "auto" ? forms[0]! : format;
  const odd = forms.findIndex((form) => form !== wanted);
  if (odd !== -1)
    throw new SegueError(
      format === "auto"
        ? `${files[odd]!.path} is ${formTitles[forms[odd]!]}, but ${files[0]!.path} is ${formTitles[wanted]}`
        : `${files[odd]!.path} is ${formTitles[forms[odd]!]}, not ${formTitles[wanted]}`,
      {
        hint: forms.every((form) => form === forms[0])
          ? `leave out the format: ${formTitles[forms[odd]!]} is detected`
          : byThemselves,
        // A resumed run would have the same inputs.
        exitCode: 2,
        code: "different-forms",
      },
    );
  return wanted;
}
