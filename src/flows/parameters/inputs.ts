/** The inputs of the intermediate flow. */
import { existsSync } from "node:fs";
import { misuse } from "../../system/index.js";
import { placesOf } from "../places/places.js";

/**
 * The given inputs, or else what `segue download` fetched.
 *
 * @throws SegueError (misuse) if there is neither
 */
export async function inputsOf(parameters: {
  readonly input: readonly string[];
  readonly data: string;
}): Promise<readonly string[]> {
  if (parameters.input.length > 0) return parameters.input;
  const place = await placesOf(parameters.data);
  const raw = place("raw_playlists");
  if (existsSync(raw)) return [raw];
  throw misuse(
    "there is nothing to read",
    `name your playlists: segue run --input my_playlists.csv\nor make some: segue sample; then: segue run --input ${place("sample_playlists")}\nor download some to ${raw}: segue download`,
  );
}
