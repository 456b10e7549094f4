/** JSON that is read whole. */
import { longestText, messageOf, SegueError, type TextSource, textChunks } from "../../../system/index.js";

/** What to do with JSON that is too large. */
export const asJsonLines =
  "write it as JSON lines, one for each playlist or play: jq -c '.playlists[]' FILE > lines.jsonl, or '.[]' if the file is a list";

/** @throws SegueError code "too-large" if it exceeds the longest string of JavaScript (512 MiB) */
export async function wholeText(source: TextSource): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of textChunks(source)) {
    bytes += chunk.length;
    if (bytes > longestText)
      throw new SegueError(
        `${source.path} is too large: JSON other than JSON lines is read whole, and may have at most ${Math.round(longestText / 2 ** 20)} MiB`,
        { hint: asJsonLines, code: "too-large" },
      );
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Parses a file's whole text. @throws SegueError code "damaged", with the hint */
export function parseJson(text: string, path: string, hint: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SegueError(`${path} is not valid JSON: ${messageOf(error)}`, { hint, code: "damaged" });
  }
}
