/** The one form that all files of a cleaning have. */
import { misuse, SegueError } from "../../system/index.js";
import { detectForm, formTitles, type InputForm, inputForms } from "./forms.js";
import type { InputFile } from "./input-files.js";

/** How files of different forms come to one master table. */
export const byThemselves =
  "clean each form by itself, segue run intermediate --input FILES --data FOLDER, and then give all of their FOLDER/02_processed/master_playlists.parquet as --input";

/** @throws SegueError where files are of two forms, or of another than was said */
export async function commonForm(
  files: readonly InputFile[],
  format: "auto" | InputForm,
): Promise<InputForm> {
  if (format !== "auto" && !inputForms.includes(format))
    throw misuse(`there is no format "${format}"`, `the formats are auto, ${inputForms.join(", ")}`);
  const forms: InputForm[] = [];
  // One by one: no more files can be open at once than the system lets a process have.
  for (const file of files) forms.push(await detectForm(file));
  const wanted = format === "auto" ? forms[0]! : format;
  const odd = forms.findIndex((form) => form !== wanted);
  if (odd !== -1)
    throw new SegueError(
      format === "auto"
        ? `${files[odd]!.path} is ${formTitles[forms[odd]!]}, but ${files[0]!.path} is ${formTitles[wanted]}`
        : `${files[odd]!.path} is ${formTitles[forms[odd]!]}, not ${formTitles[wanted]}`,
      {
        hint: byThemselves,
        code: "different-forms",
      },
    );
  return wanted;
}
