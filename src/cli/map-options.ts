/** The options of every verb that draws the map of music. */
import { type Command, InvalidArgumentError } from "commander";
import { wholeNumber } from "../system/index.js";
import { numberOption } from "./number-option.js";

export interface MapOptions {
  readonly mapTracks: number;
  readonly genres: readonly string[];
}

/** Adds --map-tracks and --genres. */
export function addMapOptions(command: Command): Command {
  return command
    .addOption(
      numberOption("--map-tracks <n>", "how many tracks the map shows at most", wholeNumber(4)).default(5000),
    )
    .option("--genres <words>", "words in titles that colour the map", words, ["rock", "rap", "country"]);
}

function words(text: string): string[] {
  const list = text.split(",").map((word) => word.trim());
  if (list.some((word) => word === "") || list.length > 8)
    throw new InvalidArgumentError("It should be one to eight words with commas between.");
  return list;
}
